using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain;
using Meridian.Domain.Machine;

namespace Meridian.Journal.Writing;

/// <summary>What became true in one batch, and the state after it.</summary>
/// <param name="Sequence">The batch's place in the journal.</param>
/// <param name="State">The state after it.</param>
/// <param name="Events">What happened.</param>
public sealed record Published(long Sequence, DomainState State, ImmutableArray<DomainEvent> Events);

/// <summary>
/// The one writer's rhythm: decide on a batch, make it durable, then make it true here, then tell. Not thread-safe: its
/// host calls one method at a time.
/// </summary>
/// <param name="journal">Where decisions are kept.</param>
/// <param name="clock">The writer's time.</param>
/// <param name="snapshotEvery">A snapshot is taken after so many batches.</param>
public sealed class DomainWriter(IJournal journal, WriterClock clock, int snapshotEvery = 20_000)
{
    private long _epoch;
    private long _snapshotSequence;
    private DomainState? _before;

    /// <summary>The state after everything durable.</summary>
    public DomainState State { get; private set; } = DomainState.Empty;

    /// <summary>The place of the last durable batch.</summary>
    public long Sequence { get; private set; }

    /// <summary>Takes the journal over and reads the state from it. Also the way back after a failed append.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellation)
    {
        var recovery = await journal.TakeAsync(cancellation);
        var state = recovery.SnapshotSequence == 0 ? DomainState.Empty : DomainState.FromBytes(recovery.Snapshot.Span);
        foreach (var batch in recovery.Batches)
            state = state.Evolve(Decode(batch.Events));

        _epoch = recovery.Epoch;
        _snapshotSequence = recovery.SnapshotSequence;
        Sequence = recovery.SnapshotSequence + recovery.Batches.Count;
        State = state;
        _before = null;
        if (recovery.Batches.Count > 0)
            clock.NotBefore(recovery.Batches[^1].At);
    }

    /// <summary>
    /// Decides on the commands in order; returns when what was decided is durable. When this throws, the caller reopens
    /// the writer: memory may differ from the journal.
    /// </summary>
    public async ValueTask<(Published Published, ImmutableArray<Decision> Decisions)> ExecuteAsync(
        IReadOnlyList<DomainCommand> commands, CancellationToken cancellation)
    {
        var now = clock.Now();
        var (next, decisions) = DomainMachine.DecideAll(State, commands, now);
        var events = decisions.SelectMany(d => d.Events).ToImmutableArray();
        if (!events.IsEmpty)
        {
            await journal.AppendAsync(_epoch, new(Sequence + 1, now, Encode(events)), cancellation); // First durable,
            Sequence++;
            _before = State;
            State = next; // then true here,
        }

        return (new(Sequence, State, events), decisions); // then told to others.
    }

    /// <summary>
    /// Keeps a snapshot when enough was decided since the last one. A failure costs only time at the next start. It is of the
    /// state before the last batch, so that one always follows it and tells the next writer what time it was.
    /// </summary>
    public async ValueTask SnapshotIfDueAsync(CancellationToken cancellation)
    {
        if (_before is not { } state || Sequence - 1 - _snapshotSequence < snapshotEvery)
            return;
        await journal.SaveSnapshotAsync(_epoch, Sequence - 1, state.ToBytes(), cancellation);
        _snapshotSequence = Sequence - 1;
    }

    private static byte[] Encode(ImmutableArray<DomainEvent> events) => MemoryPackSerializer.Serialize(events);

    private static ImmutableArray<DomainEvent> Decode(ReadOnlyMemory<byte> events)
    {
        try
        {
            return MemoryPackSerializer.Deserialize<ImmutableArray<DomainEvent>>(events.Span);
        }
        catch (MemoryPackSerializationException failure)
        {
            throw new JournalException("The journal holds events that this version of Meridian cannot read: use the version that wrote it.", failure);
        }
    }
}
