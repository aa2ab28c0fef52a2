namespace Meridian.Journal;

/// <summary>
/// The store of what was decided: batches of events in one sequence, and snapshots. A seam: SQLite today, PostgreSQL
/// later, a simulated disk in tests.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Takes the next epoch, which fences every earlier writer out, and reads what is needed to begin: the latest
    /// snapshot and the batches after it.
    /// </summary>
    ValueTask<Recovery> TakeAsync(CancellationToken cancellation);

    /// <summary>
    /// Appends a batch after the sequence given, and returns when it is durable. Throws
    /// <see cref="StaleEpochException"/> when another writer has taken over and <see cref="JournalException"/> when the
    /// store failed; after either, nobody knows whether the batch is there until the journal is read again.
    /// </summary>
    ValueTask AppendAsync(long epoch, JournalBatch batch, CancellationToken cancellation);

    /// <summary>Keeps a snapshot of the state after the sequence; older snapshots may go.</summary>
    ValueTask SaveSnapshotAsync(long epoch, long sequence, ReadOnlyMemory<byte> state, CancellationToken cancellation);
}

/// <summary>A batch of decided events.</summary>
/// <param name="Sequence">Its place, from 1, without gaps.</param>
/// <param name="At">The writer's time.</param>
/// <param name="Events">The events, encoded.</param>
public sealed record JournalBatch(long Sequence, DateTimeOffset At, ReadOnlyMemory<byte> Events);

/// <summary>What a writer begins with.</summary>
/// <param name="Epoch">Its right to append.</param>
/// <param name="SnapshotSequence">The sequence of the snapshot, or 0 for none.</param>
/// <param name="Snapshot">The state of that time, encoded; empty for none.</param>
/// <param name="Batches">What was decided since, in order.</param>
public sealed record Recovery(
    long Epoch, long SnapshotSequence, ReadOnlyMemory<byte> Snapshot, IReadOnlyList<JournalBatch> Batches);

/// <summary>The store failed; the message says what to do.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The disk has no room for another batch; nothing acknowledged is lost, and the writer goes on once there is some.</summary>
public sealed class JournalFullException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>Another writer has taken over; this one must stop.</summary>
public sealed class StaleEpochException(long epoch)
    : JournalException($"Epoch {epoch} is over: another writer has taken this journal. This one stops.");
