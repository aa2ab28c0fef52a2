using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Meridian.Journal.Sqlite;

/// <summary>
/// The journal in one SQLite file. Write-ahead log with <c>synchronous=FULL</c>: a commit has reached the disk before it
/// returns, so it survives a power cut. Batches are chained by SHA-256, so a changed or missing one is found on reading.
/// </summary>
public sealed class SqliteJournal : IJournal, IDisposable
{
    /// <summary>Changes with every change of the events' layout that older code or newer code could misread.</summary>
    public const long FormatVersion = 8;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS epoch (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL);
        INSERT OR IGNORE INTO epoch VALUES (1, 0);
        CREATE TABLE IF NOT EXISTS batch (
          sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, events BLOB NOT NULL, chain BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS snapshot (sequence INTEGER PRIMARY KEY, state BLOB NOT NULL, digest BLOB NOT NULL);
        """;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly Lock _lock = new();
    private byte[] _chain = [];

    /// <summary>Opens the journal at the path, and makes it where there is none.</summary>
    public SqliteJournal(string path)
    {
        _path = path;
        var options = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        _connection = new(options.ToString());
        Guard(() =>
        {
            _connection.Open();
            Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=2000;");
            var version = Scalar("PRAGMA user_version");
            if (version != 0 && version != FormatVersion)
            {
                throw new JournalException(
                    $"The journal '{path}' has format {version}; this version of Meridian reads {FormatVersion}: use the version that wrote it, or another data folder.");
            }

            Run(Schema);
            Run($"PRAGMA user_version = {FormatVersion}");
        });
    }

    /// <inheritdoc/>
    public ValueTask<Recovery> TakeAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            Recovery? recovery = null;
            Guard(() =>
            {
                var epoch = Scalar("UPDATE epoch SET number = number + 1 RETURNING number");
                var (sequence, snapshot) = LatestSnapshot();
                recovery = new(epoch, sequence, snapshot, ReadBatches(sequence));
            });
            return ValueTask.FromResult(recovery!);
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(long epoch, JournalBatch batch, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Guard(() =>
            {
                var chain = Chain(_chain, batch);
                using var transaction = _connection.BeginTransaction(deferred: false);
                RefuseStale(epoch);
                using var insert = Command(
                    "INSERT INTO batch VALUES ($sequence, $at, $events, $chain)", ("$sequence", batch.Sequence),
                    ("$at", batch.At.UtcTicks), ("$events", batch.Events.ToArray()), ("$chain", chain));
                insert.Transaction = transaction;
                insert.ExecuteNonQuery();
                transaction.Commit();
                _chain = chain;
            });
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SaveSnapshotAsync(long epoch, long sequence, ReadOnlyMemory<byte> state, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Guard(() =>
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                RefuseStale(epoch);
                using var insert = Command(
                    "INSERT OR REPLACE INTO snapshot VALUES ($sequence, $state, $digest)", ("$sequence", sequence),
                    ("$state", state.ToArray()), ("$digest", SHA256.HashData(state.Span)));
                insert.ExecuteNonQuery();
                using var forget = Command("DELETE FROM snapshot WHERE sequence < $sequence", ("$sequence", sequence));
                forget.ExecuteNonQuery();
                transaction.Commit();
            });
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private (long Sequence, byte[] State) LatestSnapshot()
    {
        using var query = Command("SELECT sequence, state, digest FROM snapshot ORDER BY sequence DESC LIMIT 1");
        using var row = query.ExecuteReader();
        if (!row.Read())
            return (0, []);
        var state = row.GetFieldValue<byte[]>(1);
        if (!SHA256.HashData(state).AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(2)))
            throw new JournalException($"The snapshot in '{_path}' is damaged: restore the file from a backup.");
        return (row.GetInt64(0), state);
    }

    private List<JournalBatch> ReadBatches(long after)
    {
        var batches = new List<JournalBatch>();
        _chain = ChainAt(after);
        using var query = Command(
            "SELECT sequence, at, events, chain FROM batch WHERE sequence > $after ORDER BY sequence", ("$after", after));
        using var row = query.ExecuteReader();
        while (row.Read())
        {
            var batch = new JournalBatch(
                row.GetInt64(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero), row.GetFieldValue<byte[]>(2));
            var chain = Chain(_chain, batch);
            if (batch.Sequence != after + batches.Count + 1 || !chain.AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(3)))
                throw new JournalException($"Batch {batch.Sequence} in '{_path}' is damaged or missing: restore the file from a backup.");
            _chain = chain;
            batches.Add(batch);
        }

        return batches;
    }

    private byte[] ChainAt(long sequence)
    {
        using var query = Command("SELECT chain FROM batch WHERE sequence = $sequence", ("$sequence", sequence));
        return (byte[]?)query.ExecuteScalar() ?? new byte[SHA256.HashSizeInBytes];
    }

    private static byte[] Chain(byte[] before, JournalBatch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        hash.AppendData(BitConverter.GetBytes(batch.Sequence));
        hash.AppendData(BitConverter.GetBytes(batch.At.UtcTicks));
        hash.AppendData(batch.Events.Span);
        return hash.GetHashAndReset();
    }

    private void RefuseStale(long epoch)
    {
        if (Scalar("SELECT number FROM epoch") != epoch)
            throw new StaleEpochException(epoch);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == 13)
        {
            throw new JournalFullException(
                $"The disk under the journal '{_path}' is full. Nothing acknowledged is lost: free some space, and the writer goes on.",
                failure);
        }
        catch (SqliteException failure)
        {
            throw new JournalException(
                $"The journal '{_path}' failed: {failure.Message} Check the disk and that no other process holds the file.", failure);
        }
    }

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private long Scalar(string sql)
    {
        using var command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
