using System.Text.RegularExpressions;
using Meridian.JobFiles;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Meridian.Tests.Architecture;

public sealed partial class DocumentTests
{
    public static TheoryData<string> JobFileDocuments => ["docs/job-file.md", "docs/job-file.zh-CN.md"];

    [Fact]
    public void Both_readmes_have_the_same_commands()
    {
        var english = Commands("README.md").ToList();
        Assert.Contains("./meridian demo", english);
        Assert.Equal(english, Commands("README.zh-CN.md"));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void The_job_of_the_readme_is_accepted(string readme)
    {
        var job = Repository.Read(readme).Split("<<'YAML'\n")[1].Split("\nYAML\n")[0];
        Assert.Empty(JobFile.Parse(job, readme).Diagnostics);
    }

    [Theory]
    [MemberData(nameof(JobFileDocuments))]
    public void Every_job_in_the_reference_is_accepted(string document)
    {
        var jobs = Blocks(document, "yaml").ToList();
        Assert.NotEmpty(jobs);
        Assert.All(jobs, job => Assert.Empty(JobFile.Parse(job, document).Diagnostics));
    }

    [Fact]
    public void Both_references_have_the_same_jobs() =>
        Assert.Equal(Blocks("docs/job-file.md", "yaml"), Blocks("docs/job-file.zh-CN.md", "yaml"));

    [Theory]
    [MemberData(nameof(JobFileDocuments))]
    public void The_reference_explains_every_key_and_shows_it_in_a_job(string document)
    {
        var keys = SchemaKeys("", Schema()).ToList();
        var shown = Blocks(document, "yaml").SelectMany(JobKeys).ToHashSet(StringComparer.Ordinal);
        var explained = Repository.Read(document).Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .SelectMany(line => Quoted().Matches(line.Split('|')[1]).Select(match => match.Groups["key"].Value))
            .ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Contains(key, shown));
        Assert.All(keys, key => Assert.True(IsExplained(key, keys, explained), $"{key} is not explained"));
    }

    /// <summary>By its whole path or, in the tables of constraints and services, by its last word; a map by its members.</summary>
    private static bool IsExplained(string key, List<string> keys, HashSet<string> explained) =>
        explained.Contains(key)
        || explained.Contains(key.Split('.')[^1]) && key.StartsWith("constraints.", StringComparison.Ordinal)
        || explained.Contains(key.Split('.')[^1]) && key.StartsWith("service.", StringComparison.Ordinal)
        || key.Contains(".latency.", StringComparison.Ordinal)
        || key.StartsWith("service.users[].", StringComparison.Ordinal)
        || keys.Exists(other => other.StartsWith(key + ".", StringComparison.Ordinal) || other.StartsWith(key + "[].", StringComparison.Ordinal));

    private static IEnumerable<string> Commands(string readme) =>
        from block in Blocks(readme, "")
        from line in block.Split('\n')
        where line.StartsWith("./", StringComparison.Ordinal)
        select line.Split(" #")[0].TrimEnd();

    private static IEnumerable<string> Blocks(string document, string language) => Fence()
        .Matches(Repository.Read(document))
        .Where(match => match.Groups["language"].Value == language)
        .Select(match => match.Groups["text"].Value);

    private static System.Text.Json.JsonElement Schema() =>
        System.Text.Json.JsonDocument.Parse(Repository.Read("docs/job.schema.json")).RootElement;

    private static IEnumerable<string> SchemaKeys(string prefix, System.Text.Json.JsonElement schema)
    {
        if (schema.TryGetProperty("items", out var items))
            foreach (var key in SchemaKeys(prefix + "[]", items))
                yield return key;
        if (!schema.TryGetProperty("properties", out var properties))
            yield break;
        foreach (var property in properties.EnumerateObject())
        {
            var name = prefix.Length == 0 ? property.Name : $"{prefix}.{property.Name}";
            yield return name;
            foreach (var key in SchemaKeys(name, property.Value))
                yield return key;
        }
    }

    private static IEnumerable<string> JobKeys(string job)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(job));
        return Keys("", stream.Documents[0].RootNode);
    }

    private static IEnumerable<string> Keys(string prefix, YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(child =>
        {
            var name = prefix.Length == 0 ? $"{child.Key}" : $"{prefix}.{child.Key}";
            return Keys(name, child.Value).Prepend(name);
        }),
        YamlSequenceNode list => list.Children.SelectMany(child => Keys(prefix + "[]", child)),
        _ => [],
    };

    [GeneratedRegex(
        @"^```(?<language>\w*)\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Fence();

    [GeneratedRegex("`(?<key>[^`]+)`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quoted();
}
