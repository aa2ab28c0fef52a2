using System.Globalization;
using System.Reflection;
using MemoryPack;
using Meridian.Domain;
using Meridian.Journal.Sqlite;
using Meridian.Tests.Architecture;
using Xunit;

namespace Meridian.Tests.Golden;

/// <summary>
/// Events as they lie in journals, one by one, in a file under version control. Every line that was ever written in this
/// format must be read as what it was. After an event or field was added, write the file anew by
/// <c>MERIDIAN_GOLDEN=write tests/Tests/bin/Release/net10.0/Meridian.Tests -class Meridian.Tests.Golden.GoldenEventTests</c>.
/// </summary>
public sealed class GoldenEventTests
{
    private const string File = "tests/Tests/Golden/events.txt";
    private const string Again = "Write it anew: MERIDIAN_GOLDEN=write tests/Tests/bin/Release/net10.0/Meridian.Tests -class Meridian.Tests.Golden.GoldenEventTests";

    [Fact]
    public void Every_event_that_was_ever_written_in_this_format_is_read_as_what_it_was()
    {
        var golden = Read();
        if (Environment.GetEnvironmentVariable("MERIDIAN_GOLDEN") == "write")
            golden = Write(golden);

        Assert.True(golden.Format == SqliteJournal.FormatVersion, $"{File} is of format {golden.Format}, the journal of {SqliteJournal.FormatVersion}. {Again}");
        Assert.Empty(golden.Entries.SelectMany(Misread));
    }

    [Fact]
    public void Every_event_lies_in_the_file_as_it_is_written_today()
    {
        var known = Read().Entries.Select(entry => entry.Bytes).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(EventTypes()
            .Where(type => !known.Contains(BytesOf(type)))
            .Select(type => $"{type.Name} is new in {File}, or its bytes changed. Where older bytes are no longer read right, raise SqliteJournal.FormatVersion first. {Again}"));
    }

    [Fact]
    public void Bytes_that_lost_or_swapped_a_field_are_found()
    {
        var entry = Read().Entries.First(e => e.Type == nameof(Meridian.Domain.Jobs.TaskStopOrdered));
        var bytes = Convert.FromBase64String(entry.Bytes);
        bytes[^1] ^= 1;

        Assert.NotEmpty(Misread(entry with { Bytes = Convert.ToBase64String(bytes) }));
    }

    private sealed record Entry(string Type, string Bytes, IReadOnlyList<string> Facts);

    private sealed record GoldenFile(long Format, IReadOnlyList<Entry> Entries);

    private static IEnumerable<string> Misread(Entry entry)
    {
        DomainEvent? read = null;
        string? failure = null;
        try
        {
            read = MemoryPackSerializer.Deserialize<DomainEvent>(Convert.FromBase64String(entry.Bytes));
        }
        catch (Exception broken) when (broken is MemoryPackSerializationException or ArgumentException or FormatException or OverflowException)
        {
            failure = broken.Message;
        }

        // Fields that were added since are there beside the old ones.
        var facts = failure is null ? Sample.Facts(read).ToHashSet(StringComparer.Ordinal) : [];
        var lost = entry.Facts.Where(fact => !facts.Contains(fact)).ToList();
        return lost.Count == 0 && read?.GetType().Name == entry.Type
            ? []
            : [$"{entry.Type} is read as {read?.GetType().Name ?? failure} without {string.Join(' ', lost.Take(3))}: raise SqliteJournal.FormatVersion, or add fields at the end only."];
    }

    private static IEnumerable<Type> EventTypes() => typeof(DomainEvent).Assembly
        .GetType("Meridian.Domain.EventFormatter", throwOnError: true)!
        .GetCustomAttributes<MemoryPackUnionAttribute>().Select(union => union.Type);

    private static string BytesOf(Type type) =>
        Convert.ToBase64String(MemoryPackSerializer.Serialize((DomainEvent)Sample.Of(type)));

    private static GoldenFile Read()
    {
        var lines = Repository.Has(File) ? Repository.Read(File).Split('\n', StringSplitOptions.RemoveEmptyEntries) : ["format 0"];
        var entries = new List<Entry>();
        foreach (var line in lines.Skip(1))
        {
            if (line[0] == ' ')
                ((List<string>)entries[^1].Facts).Add(line[1..]);
            else
                entries.Add(new(line.Split(' ')[0], line.Split(' ')[1], new List<string>()));
        }

        return new(long.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), entries);
    }

    /// <summary>Keeps what lies there in this format, and adds what is written today.</summary>
    private static GoldenFile Write(GoldenFile golden)
    {
        var kept = golden.Format == SqliteJournal.FormatVersion ? golden.Entries : [];
        Assert.Empty(kept.SelectMany(Misread));
        var today = EventTypes().Select(type => new Entry(type.Name, BytesOf(type), [.. Sample.Facts(Sample.Of(type))]));
        var entries = kept.Concat(today).DistinctBy(e => e.Bytes).OrderBy(e => e.Type, StringComparer.Ordinal).ToList();
        var text = $"format {SqliteJournal.FormatVersion}\n" + string.Concat(
            entries.Select(e => $"{e.Type} {e.Bytes}\n" + string.Concat(e.Facts.Select(f => $" {f}\n"))));
        System.IO.File.WriteAllText(Path.Combine(Repository.Root, File), text);
        return new(SqliteJournal.FormatVersion, entries);
    }
}
