using System.Collections.Concurrent;
using Meridian.Domain;

namespace Meridian.ControlPlane.Agents;

/// <summary>
/// The logs of attempts, one file each, written where the agent says: a chunk that comes twice is written twice to the
/// same place. Logs are not in the journal; losing the folder loses logs and nothing else.
/// </summary>
public sealed class AttemptLogs(string folder)
{
    /// <summary>The most that is kept of one attempt's log.</summary>
    public const long BytesMax = 64L << 20;

    private readonly ConcurrentDictionary<AttemptId, long> _ended = new();

    /// <summary>The attempt's log file; it may not exist yet.</summary>
    public string PathOf(AttemptId attempt) =>
        Path.Combine(folder, (attempt.Job / 1000).ToString("d6"), $"{attempt.Job}-{attempt.Task}-{attempt.Number}.log");

    /// <summary>Whether the whole log is here.</summary>
    public bool IsComplete(AttemptId attempt) => _ended.TryGetValue(attempt, out _);

    /// <summary>
    /// Writes a chunk at its offset and returns up to where the log is here. A chunk beyond the end is not written: the
    /// agent sends again from what was acknowledged.
    /// </summary>
    public long Write(AttemptId attempt, long offset, ReadOnlySpan<byte> data, bool isEnd)
    {
        var path = PathOf(attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        var length = RandomAccess.GetLength(file);
        if (offset < 0 || offset > length || offset + data.Length > BytesMax)
            return Math.Min(length, BytesMax);

        RandomAccess.Write(file, data, offset);
        var end = Math.Max(length, offset + data.Length);
        if (isEnd)
            _ended[attempt] = end;
        return end;
    }
}
