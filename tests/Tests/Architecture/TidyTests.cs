using System.Text.RegularExpressions;
using Xunit;

namespace Meridian.Tests.Architecture;

public sealed partial class TidyTests
{
    private const int LinesMax = 400;

    [Fact]
    public void No_source_file_is_longer_than_400_lines() => Assert.Empty(Repository.SourcesIn("src")
        .Select(path => (path, lines: Repository.Read(path).AsSpan().Count('\n')))
        .Where(file => file.lines > LinesMax)
        .Select(file => $"{file.path} has {file.lines} lines"));

    [Fact]
    public void No_work_is_left_as_a_note_in_the_code() => Assert.Empty(
        Places(Repository.SourcesIn("src").Concat(Repository.SourcesIn("tests")), LeftWork()));

    [Fact]
    public void No_file_names_a_folder_of_the_machine_that_it_was_written_on() =>
        Assert.Empty(Places(TextFiles(), MachineFolder()));

    [Fact]
    public void No_file_names_a_package_registry() => Assert.Empty(Places(TextFiles(), Registry()));

    [Fact]
    public void The_rules_of_this_class_find_what_they_look_for()
    {
        Assert.Matches(LeftWork(), "// TO" + "DO: later");
        Assert.Matches(MachineFolder(), "cd /ro" + "ot/x");
        Assert.Matches(MachineFolder(), "\"/wo" + "rk/main\"");
        Assert.DoesNotMatch(MachineFolder(), "share/work/x");
        Assert.Matches(Registry(), "htt" + "ps://registry.npm" + "js.org/react");
        Assert.DoesNotMatch(Registry(), "registry.example.org");
    }

    private static IEnumerable<string> Places(IEnumerable<string> paths, Regex what) =>
        from path in paths
        from line in Repository.Read(path).Split('\n').Index()
        where what.IsMatch(line.Item)
        select $"{path}:{line.Index + 1}: {what.Match(line.Item).Value}";

    /// <summary>Files without a zero byte at their beginning; the others are pictures and the like.</summary>
    private static IEnumerable<string> TextFiles() => Repository.Files.Where(path =>
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, path));
        var head = new byte[4096];
        return !head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)).Contains((byte)0);
    });

    [GeneratedRegex(@"\b(?:T[O]DO|F[I]XME|H[A]CK)\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LeftWork();

    [GeneratedRegex(@"(?<![\w.~}\])*-])/(?:work|root)/", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MachineFolder();

    [GeneratedRegex(
        @"npm[j]s\.(?:org|com)|npm[m]irror|nu[g]et\.org|py[p]i\.org|proxy\.go[l]ang|https?://[^/\s""']*\b(?:artifactory|mirrors?|nexus|registry)\b(?!\.example\.)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Registry();
}
