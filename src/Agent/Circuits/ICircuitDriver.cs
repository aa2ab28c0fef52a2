using System.Collections.Immutable;
using System.Net;
using Meridian.Primitives;

namespace Meridian.Agent.Circuits;

/// <summary>A circuit that leaves this node, as the control plane asks for it.</summary>
/// <param name="Id">Its number, which is that of its transfer.</param>
/// <param name="Number">The number by which this host knows it, unique among those in force: mark, priority and class.</param>
/// <param name="Peer">The agent at the other end.</param>
/// <param name="Address">That agent's depot; nothing where its address is a name that does not resolve.</param>
/// <param name="Rate">The rate to hold.</param>
public sealed record CircuitWish(long Id, int Number, string Peer, IPAddress? Address, Bandwidth Rate)
{
    /// <summary>What the first link of its path carries.</summary>
    public Bandwidth LinkCapacity { get; init; }

    /// <summary>The next site of its path.</summary>
    public string NextSite { get; init; } = "";

    /// <summary>The locators of the sites of its path after this one, in order, the last being the peer's; none leaves the path to routes.</summary>
    public ImmutableArray<SegmentLocator> Segments { get; init; } = [];

    /// <summary>When it ends, whatever else is heard.</summary>
    public DateTimeOffset Until { get; init; } = DateTimeOffset.MaxValue;
}

/// <summary>What is in force of a circuit.</summary>
/// <param name="Id">Its number.</param>
/// <param name="IsInForce">Whether it is held.</param>
/// <param name="Rate">At which rate; zero when it is not.</param>
/// <param name="Path">By what the packets leave, such as <c>eth0 via 10.0.0.1</c> or <c>eth0 through fc00:b::1 fc00:c::4</c>; empty for the host's own routing.</param>
/// <param name="Code">Why it is not in force, as a stable word of <see cref="CircuitCodes"/>; empty when it is.</param>
/// <param name="About">What the code is about.</param>
/// <param name="MendedCount">How often something of it was gone or changed, and was put right.</param>
public sealed record CircuitState(long Id, bool IsInForce, Bandwidth Rate, string Path, string Code, string About, int MendedCount);

/// <summary>Why a circuit is not in force.</summary>
public static class CircuitCodes
{
    /// <summary>The peer's address is not known.</summary>
    public const string NoAddress = "no-address";

    /// <summary>The host has no route to the peer.</summary>
    public const string NoRoute = "no-route";

    /// <summary>The peer is on this host, where nothing is to be held.</summary>
    public const string SameHost = "same-host";

    /// <summary>The device's queueing was set up by somebody else, whom this driver leaves alone.</summary>
    public const string ForeignQdisc = "foreign-qdisc";

    /// <summary>A tool of the system refused.</summary>
    public const string ToolFailed = "tool-failed";

    /// <summary>The host's kernel or its tools know no segment routing.</summary>
    public const string NoSegmentRouting = "no-segment-routing";

    /// <summary>Another agent holds the circuits of this host's network.</summary>
    public const string HostTaken = "host-taken";
}

/// <summary>
/// Puts circuits into force on this host. Asked again and again with everything that is wanted: it compares that with what
/// is there, makes what is missing, mends what was changed, and removes what it once made and nobody wants any more.
/// </summary>
public interface ICircuitDriver : IAsyncDisposable
{
    /// <summary>The driver's name, such as <c>pace</c>.</summary>
    string Name { get; }

    /// <summary>How this node's own segments stood when it last looked; nothing where it has none.</summary>
    SegmentState? Segment { get; }

    /// <summary>Brings what is in force to what is wanted. Says for each wish, in order, how it stands; never throws but for being cancelled.</summary>
    Task<IReadOnlyList<CircuitState>> ReconcileAsync(IReadOnlyList<CircuitWish> wishes, CancellationToken cancellation);
}

/// <summary>Installs nothing: the receiving depot asks for no more than the rate.</summary>
public sealed class PaceDriver : ICircuitDriver
{
    /// <inheritdoc/>
    public string Name => "pace";

    /// <inheritdoc/>
    public SegmentState? Segment => null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<CircuitState>> ReconcileAsync(IReadOnlyList<CircuitWish> wishes, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<CircuitState>>(
            [.. wishes.Select(w => new CircuitState(w.Id, IsInForce: true, w.Rate, Path: "", Code: "", About: "", MendedCount: 0))]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
