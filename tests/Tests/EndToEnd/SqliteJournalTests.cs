using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.Journal;
using Meridian.Journal.Sqlite;
using Meridian.Journal.Writing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Meridian.Tests.EndToEnd;

public sealed class SqliteJournalTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-journal-").FullName;

    private string JournalPath => Path.Combine(_folder, "journal.db");

    [Fact]
    public async Task A_stale_epoch_cannot_append_and_changes_nothing()
    {
        using var old = new SqliteJournal(JournalPath);
        var first = (await old.TakeAsync(Cancellation)).Epoch;
        await old.AppendAsync(first, Batch(1), Cancellation);
        using var young = new SqliteJournal(JournalPath);
        var second = (await young.TakeAsync(Cancellation)).Epoch;

        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.AppendAsync(first, Batch(2), Cancellation));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.SaveSnapshotAsync(first, 1, new byte[] { 1 }, Cancellation));
        await young.AppendAsync(second, Batch(2), Cancellation);

        var read = await young.TakeAsync(Cancellation);
        Assert.Equal([1, 2], read.Batches.Select(b => b.Sequence));
        Assert.Equal(0, read.SnapshotSequence);
    }

    [Theory]
    [InlineData("UPDATE batch SET events = x'00' WHERE sequence = 2", "Batch 2 ")]
    [InlineData("UPDATE batch SET at = at + 1 WHERE sequence = 3", "Batch 3 ")]
    [InlineData("DELETE FROM batch WHERE sequence = 2", "Batch 3 ")]
    [InlineData("UPDATE snapshot SET state = x'00'", "The snapshot ")]
    public async Task What_was_changed_in_the_file_is_refused_on_reading(string harm, string named)
    {
        await WriteAsync(batches: 3, snapshotAt: named.StartsWith("The snapshot", StringComparison.Ordinal) ? 3 : 0);
        Execute(harm);

        using var journal = new SqliteJournal(JournalPath);
        var refusal = await Assert.ThrowsAsync<JournalException>(async () => await journal.TakeAsync(Cancellation));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(JournalPath, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("restore the file from a backup", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_journal_is_refused_by_name()
    {
        await File.WriteAllTextAsync(JournalPath, new string('x', 8192), Cancellation);

        var refusal = Assert.Throws<JournalException>(() => new SqliteJournal(JournalPath));

        Assert.Contains(JournalPath, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_named_loses_nothing_and_the_writer_goes_on_when_there_is_room()
    {
        using var disk = new SmallMount(_folder, "2m");
        using var journal = new SqliteJournal(JournalPath);
        var writer = new DomainWriter(journal, new(TimeProvider.System));
        await writer.OpenAsync(Cancellation);
        await writer.ExecuteAsync([Declare(0)], Cancellation);
        disk.Fill();

        var acknowledged = 1;
        var refusal = await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            for (; acknowledged < 1000; acknowledged++)
                await writer.ExecuteAsync([Declare(acknowledged)], Cancellation);
        });
        Assert.Contains("disk", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("full", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(JournalPath, refusal.Message, StringComparison.Ordinal);

        disk.Free();
        await writer.OpenAsync(Cancellation);
        await writer.ExecuteAsync([Declare(1000)], Cancellation);

        Assert.All(Enumerable.Range(0, acknowledged).Append(1000), i => Assert.Contains(new SiteId($"site-{i}"), writer.State.Sites.Sites.Keys));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JournalBatch Batch(long sequence) => new(sequence, Noon.AddSeconds(sequence), new byte[] { 1, 2, (byte)sequence });

    private static DeclareSite Declare(int number) => new(new(
        new($"site-{number}"), "a small site", "here", "core", "east", "cn", Latitude: 0, Longitude: 0, Pue: 1.2,
        [.. Enumerable.Repeat(400.0, 24)], [.. Enumerable.Repeat(0.5m, 24)]));

    private async Task WriteAsync(int batches, int snapshotAt)
    {
        using var journal = new SqliteJournal(JournalPath);
        var epoch = (await journal.TakeAsync(Cancellation)).Epoch;
        for (var i = 1; i <= batches; i++)
            await journal.AppendAsync(epoch, Batch(i), Cancellation);
        if (snapshotAt > 0)
            await journal.SaveSnapshotAsync(epoch, snapshotAt, new byte[] { 7, 7 }, Cancellation);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = JournalPath, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0);
    }
}
