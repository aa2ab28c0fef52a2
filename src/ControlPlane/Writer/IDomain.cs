using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Journal.Writing;

namespace Meridian.ControlPlane.Writer;

/// <summary>The domain as the rest of the control plane sees it: commands go to the one writer, reads come from its published state.</summary>
public interface IDomain
{
    /// <summary>The latest published state. Immutable: keep a reference for a consistent look.</summary>
    Published Latest { get; }

    /// <summary>
    /// Asks the writer. Returns when the decision is durable. Throws <see cref="Journal.JournalException"/> when the
    /// journal failed; the command may then be sent again.
    /// </summary>
    ValueTask<Decision> ExecuteAsync(DomainCommand command, CancellationToken cancellation);

    /// <summary>
    /// Everything published after the sequence, in order, for as long as the caller reads. A reader that falls too far
    /// behind, or asks for what is no longer kept, gets one item without events first: look at its state and go on.
    /// </summary>
    IAsyncEnumerable<Published> FollowAsync(long after, CancellationToken cancellation);
}

/// <summary>Shorthand.</summary>
public static class DomainReading
{
    /// <summary>The latest published state.</summary>
    public static DomainState State(this IDomain domain) => domain.Latest.State;
}
