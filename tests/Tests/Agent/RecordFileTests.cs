using Meridian.Agent.Attempts;
using Xunit;

namespace Meridian.Tests.Agent;

public sealed class RecordFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-records-").FullName;

    private string FilePath => Path.Combine(_folder, "records");

    [Fact]
    public void What_was_flushed_is_read_back_in_order()
    {
        var records = Some();

        Write(records);

        Assert.Equal(records, RecordFile.Read(FilePath));
    }

    [Fact]
    public void A_file_torn_at_any_byte_gives_the_records_before_the_tear()
    {
        var records = Some();
        Write(records);
        var whole = File.ReadAllBytes(FilePath);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            var read = RecordFile.Read(FilePath);
            Assert.Equal(records.Take(read.Count), read);
            Assert.True(read.Count < records.Count);
        }
    }

    [Fact]
    public void A_flipped_bit_ends_the_file_where_it_is()
    {
        var records = Some();
        Write(records);
        var bytes = File.ReadAllBytes(FilePath);
        bytes[^1] ^= 1;
        File.WriteAllBytes(FilePath, bytes);

        var read = RecordFile.Read(FilePath);

        Assert.Equal(records.Take(records.Count - 1), read);
    }

    [Fact]
    public void A_file_begun_anew_holds_what_it_was_given_and_takes_more_after_a_torn_tail()
    {
        Write(Some());
        using (var torn = File.Open(FilePath, FileMode.Append))
            torn.Write([9, 0, 0, 0, 1, 7]);
        var kept = RecordFile.Read(FilePath);

        using (var file = RecordFile.Begin(FilePath, kept))
        {
            file.Append(new Paid(9));
            file.Flush();
        }

        Assert.Equal([.. kept, new Paid(9)], RecordFile.Read(FilePath));
    }

    [Fact]
    public void Only_its_owner_reads_the_file()
    {
        Write(Some());

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(IEnumerable<AgentRecord> records)
    {
        using var file = RecordFile.Begin(FilePath, []);
        foreach (var record in records)
            file.Append(record);
        file.Flush();
    }

    private static List<AgentRecord> Some() =>
    [
        new Accepted(new() { Key = new() { Job = 1, Task = 2, Attempt = 3 }, Command = { "true" } }),
        new Owed(new() { Sequence = 4, Attempt = new() { Key = new() { Job = 1 } } }),
        new Paid(4),
        new Heard(new() { Job = 1, Task = 2, Attempt = 3 }),
        new Finished(new() { Job = 5 }),
    ];
}
