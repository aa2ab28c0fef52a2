using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Meridian.Domain.Machine;
using Meridian.Journal.Writing;

namespace Meridian.ControlPlane.Writer;

/// <summary>Where the writer publishes, and everyone else reads without ever blocking it.</summary>
public sealed class StateFeed
{
    private const int KeptMax = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<Published> _kept = new();
    private readonly List<Channel<Published>> _followers = [];

    /// <summary>The latest published state.</summary>
    public Published Latest { get; private set; } = new(Sequence: 0, DomainState.Empty, []);

    /// <summary>Makes the state visible and tells the followers.</summary>
    public void Publish(Published published)
    {
        lock (_lock)
        {
            Latest = published;
            if (published.Events.IsEmpty)
                return;
            _kept.Enqueue(published);
            if (_kept.Count > KeptMax)
                _kept.Dequeue();
            foreach (var follower in _followers)
                follower.Writer.TryWrite(published);
        }
    }

    /// <summary>As <see cref="IDomain.FollowAsync"/>.</summary>
    public async IAsyncEnumerable<Published> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<Published>(
            new BoundedChannelOptions(KeptMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        var backlog = Join(channel, after);
        try
        {
            var last = after;
            foreach (var item in backlog)
            {
                last = item.Sequence;
                yield return item;
            }

            await foreach (var item in channel.Reader.ReadAllAsync(cancellation))
            {
                // A gap means that this reader was too slow and lost some: it gets a fresh look instead.
                if (item.Sequence != last + 1 && item.Sequence > last)
                    yield return item with { Events = [] };
                if (item.Sequence > last)
                    yield return item;
                last = Math.Max(last, item.Sequence);
            }
        }
        finally
        {
            lock (_lock)
                _followers.Remove(channel);
        }
    }

    private List<Published> Join(Channel<Published> channel, long after)
    {
        lock (_lock)
        {
            _followers.Add(channel);
            var covered = after == Latest.Sequence || (_kept.Count > 0 && _kept.Peek().Sequence <= after + 1);
            return covered
                ? [.. _kept.Where(p => p.Sequence > after)]
                : [Latest with { Events = [] }];
        }
    }
}
