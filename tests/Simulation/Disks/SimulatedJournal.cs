using System.Collections.Immutable;
using MemoryPack;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Machine;
using Meridian.Journal;

namespace Meridian.Simulation.Disks;

/// <summary>The process ends here.</summary>
internal sealed class CrashException() : Exception("The process was killed.");

/// <summary>
/// A journal on a simulated disk. An append may fail or kill its process, before it is durable or after; what was not
/// flushed is lost when the machine goes down.
/// </summary>
internal sealed class SimulatedJournal(World world) : IJournal
{
    private readonly List<JournalBatch> _durable = [];
    private readonly List<JournalBatch> _unflushed = [];
    private long _epoch;
    private long _toldSequence;
    private (long Sequence, byte[] State) _snapshot = (0, []);

    /// <summary>What the durable batches say, read back from their bytes.</summary>
    internal DomainState Truth { get; private set; } = DomainState.Empty;

    internal bool IsFlushed => _unflushed.Count == 0;

    internal DomainState Replay() =>
        _durable.Aggregate(DomainState.Empty, (state, batch) => state.Evolve(Decode(batch.Events)));

    /// <summary>The machine goes down.</summary>
    internal void LoseUnflushed()
    {
        if (_unflushed.FirstOrDefault(b => b.Sequence <= _toldSequence) is { } lost)
            world.Violate($"batch {lost.Sequence} was acknowledged and is lost with the machine");
        _unflushed.Clear();
    }

    /// <inheritdoc/>
    public ValueTask<Recovery> TakeAsync(CancellationToken cancellation)
    {
        Flush();
        if (world.FaultStrikes(0.05))
            throw new JournalException("The disk did not answer.");
        _epoch++;
        return ValueTask.FromResult(new Recovery(
            _epoch, _snapshot.Sequence, _snapshot.State, _durable.Skip((int)_snapshot.Sequence).ToList()));
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(long epoch, JournalBatch batch, CancellationToken cancellation)
    {
        if (epoch != _epoch && !world.Options.WithoutFencing)
            throw new StaleEpochException(epoch);
        if (batch.Sequence != _durable.Count + _unflushed.Count + 1 && !world.Options.WithoutFencing)
            throw new JournalException("The sequence is taken.");
        MayFail();
        _unflushed.Add(world.Options.LosesRefunds ? WithoutRefunds(batch) : batch);
        world.Note(batch.Events.Span);
        if (!world.Options.AcknowledgesBeforeFlush)
            Flush();
        else
            world.After(TimeSpan.FromMilliseconds(300), Flush);
        MayFail();
        _toldSequence = batch.Sequence;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SaveSnapshotAsync(long epoch, long sequence, ReadOnlyMemory<byte> state, CancellationToken cancellation)
    {
        if (epoch != _epoch && !world.Options.WithoutFencing)
            throw new StaleEpochException(epoch);
        if (sequence <= _durable.Count)
            _snapshot = (sequence, state.ToArray());
        return ValueTask.CompletedTask;
    }

    private void MayFail()
    {
        if (world.FaultStrikes(0.004))
            throw new JournalException("The disk failed.");
        if (world.FaultStrikes(0.003))
            throw new CrashException();
    }

    private void Flush()
    {
        foreach (var batch in _unflushed)
        {
            if (batch.Sequence == _durable.Count + 1)
            {
                _durable.Add(batch);
                Truth = Truth.Evolve(Decode(batch.Events));
            }
            else
            {
                // Only without fencing: two writers write over each other.
                if (batch.Sequence <= _toldSequence)
                    world.Violate($"batch {batch.Sequence} was acknowledged and is written over by another writer");
                _durable[(int)batch.Sequence - 1] = batch;
                Truth = Replay();
            }
        }

        _unflushed.Clear();
    }

    private static JournalBatch WithoutRefunds(JournalBatch batch) => batch with
    {
        Events = MemoryPackSerializer.Serialize(
            Decode(batch.Events).Where(e => e is not MoneyMoved { Reason: "refund" }).ToImmutableArray()),
    };

    private static ImmutableArray<DomainEvent> Decode(ReadOnlyMemory<byte> events) =>
        MemoryPackSerializer.Deserialize<ImmutableArray<DomainEvent>>(events.Span);
}
