using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Journal;
using Meridian.Journal.Writing;
using Xunit;

namespace Meridian.Tests.Api;

/// <summary>The one writer in memory: the real rules and the real feed, without a journal.</summary>
internal sealed class FakeDomain(TimeProvider time) : IDomain
{
    private readonly StateFeed _feed = new();
    private readonly Lock _lock = new();

    /// <summary>Whether the journal refuses to store anything.</summary>
    public bool IsJournalBroken { get; set; }

    public Published Latest => _feed.Latest;

    public ValueTask<Decision> ExecuteAsync(DomainCommand command, CancellationToken cancellation)
    {
        if (IsJournalBroken)
            throw new JournalException("the disk is full");
        return ValueTask.FromResult(Execute(command));
    }

    public IAsyncEnumerable<Published> FollowAsync(long after, CancellationToken cancellation) =>
        _feed.FollowAsync(after, cancellation);

    /// <summary>Decides and publishes; the command must not be refused.</summary>
    public long Do(DomainCommand command)
    {
        var decision = Execute(command);
        Assert.Null(decision.Fault);
        return decision.Value;
    }

    /// <summary>Begins again from the state.</summary>
    public void Restore(DomainState state)
    {
        lock (_lock)
            _feed.Publish(new(Latest.Sequence, state, []));
    }

    private Decision Execute(DomainCommand command)
    {
        lock (_lock)
        {
            var (next, decisions) = DomainMachine.DecideAll(Latest.State, [command], time.GetUtcNow());
            if (!decisions[0].Events.IsEmpty)
                _feed.Publish(new(Latest.Sequence + 1, next, decisions[0].Events));
            return decisions[0];
        }
    }
}
