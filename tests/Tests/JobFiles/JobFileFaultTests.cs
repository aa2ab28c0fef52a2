using Meridian.JobFiles;
using Xunit;

namespace Meridian.Tests.JobFiles;

public sealed class JobFileFaultTests
{
    private const string Head = "name: render\ncommand: [povray]\n";

    [Theory]
    [InlineData("comand: [a]", 3, 1, "Unknown key 'comand'", "'command'")]
    [InlineData("deadline: 5m", 3, 1, "Unknown key 'deadline'", "under 'constraints'")]
    [InlineData("gpus: 1", 3, 1, "Unknown key 'gpus'", "'accelerators'")]
    [InlineData("wibble: 1", 3, 1, "Unknown key 'wibble'", "Known keys: name, project")]
    [InlineData("resources: { memory: 512 }", 3, 22, "'512' is not a size", "512MiB")]
    [InlineData("resources: { memory: 512Mbps }", 3, 22, "'512Mbps' is not a size", "MiB")]
    [InlineData("resources: { cpu: 0 }", 3, 19, "0 is not possible", "0.001")]
    [InlineData("resources: { cpu: -1 }", 3, 19, "-1 is not possible", "0.001")]
    [InlineData("resources: { cpu: many }", 3, 19, "'many' is not a number of cores", "500m")]
    [InlineData("resources: { cpus: 2 }", 3, 14, "Unknown key 'cpus' in resources", "'cpu'")]
    [InlineData("resources: big", 3, 12, "Expected resources, found 'big'", "cpu, memory, disk")]
    [InlineData("accelerators: { fraction: 1.5 }", 3, 27, "1.5 is not possible", "at most 1")]
    [InlineData("accelerators: { count: 0 }", 3, 24, "0 is out of range", "1 to 4096")]
    [InlineData("array: 0", 3, 8, "0 is out of range", "1 to 1000000")]
    [InlineData("array: -4", 3, 8, "-4 is out of range", "1 to 1000000")]
    [InlineData("array: 1000001", 3, 8, "1000001 is out of range", "1 to 1000000")]
    [InlineData("array: 99999999999999999999", 3, 8, "out of range", "1 to 1000000")]
    [InlineData("array: \"24\"", 3, 8, "Expected a whole number", "without quotes")]
    [InlineData("array: [1]", 3, 8, "Expected a whole number, found a list", "1000000")]
    [InlineData("array:", 3, 7, "Expected a whole number, found nothing", "1000000")]
    [InlineData("gang: perhaps", 3, 7, "Expected true or false", "true or false")]
    [InlineData("gang: true\ngang: false", 4, 1, "The key 'gang' is given twice", "Keep one")]
    [InlineData("after: [Bad_Name]", 3, 9, "'Bad_Name' is not a job's name", "a-z")]
    [InlineData("after: prepare", 3, 8, "Expected a list, found 'prepare'", "[prepare]")]
    [InlineData("project: UPPER", 3, 10, "'UPPER' is not a name", "a-z")]
    [InlineData("inputs: [{ mount: scene }]", 3, 10, "'dataset' is missing in an input", "Add 'dataset:'")]
    [InlineData("inputs: [{ dataset: scene@0 }]", 3, 21, "'scene@0' is not a dataset's name", "name@version")]
    [InlineData("inputs: [{ dataset: s, mount: /etc }]", 3, 31, "'/etc' is not a relative path", "below the working directory")]
    [InlineData("inputs: [{ dataset: s, mount: a/../../b }]", 3, 31, "leaves the working directory", "'..'")]
    [InlineData("inputs: [{ dataset: s, mount: a//b }]", 3, 31, "not a plain path", "//")]
    [InlineData("inputs: [{ dataset: a, mount: x }, { dataset: b, mount: x }]", 3, 57, "Two inputs share the mount 'x'", "of its own")]
    [InlineData("inputs: [{ dataset: a, mount: x }, { dataset: b, mount: x/y }]", 3, 57, "inside another", "of its own")]
    [InlineData("outputs: [{ name: f, path: ../f }]", 3, 28, "leaves the working directory", "'..'")]
    [InlineData("outputs: [{ name: f }, { name: f }]", 3, 32, "Two outputs are named 'f'", "of its own")]
    [InlineData("environment: { 2X: a }", 3, 16, "'2X' is not the name", "not beginning with a digit")]
    [InlineData("environment: { X: [a] }", 3, 19, "Expected text, found a list", "\"\"")]
    [InlineData("environment: { X: }", 3, 19, "Expected text, found nothing", "\"\"")]
    [InlineData("constraints: { latency: { to: east } }", 3, 25, "'max' is missing in latency", "Add 'max:'")]
    [InlineData("constraints: { latency: { to: east, max: 5 } }", 3, 42, "'5' is not a duration", "ms")]
    [InlineData("constraints: { deadline: tomorrow }", 3, 26, "'tomorrow' is not a deadline", "30m")]
    [InlineData("constraints: { deadline: 2026-03-01T18:00:00 }", 3, 26, "not a deadline", "offset")]
    [InlineData("constraints: { budget: 5 }", 3, 24, "'5' is not an amount of money", "5 CNY")]
    [InlineData("constraints: { isolation: none }", 3, 27, "'none' is not known here", "sandbox, plain")]
    [InlineData("constraints: { network: lan }", 3, 25, "'lan' is not known here", "none, host")]
    [InlineData("objective: quick", 3, 12, "'quick' is not known here", "cheapest, fastest, greenest, balanced")]
    [InlineData("duration: 20", 3, 11, "'20' is not a duration", "1h30m")]
    [InlineData("duration: 0s", 3, 11, "out of range", "more than zero")]
    [InlineData("duration: 10m\ntimeout: 5m", 4, 10, "shorter than the duration", "Raise 'timeout'")]
    [InlineData("retries: 1000", 3, 10, "1000 is out of range", "0 to 100")]
    [InlineData("service: { port: 70000 }", 3, 18, "70000 is out of range", "65535")]
    [InlineData("service: { health: healthz }", 3, 20, "'healthz' is not a path", "/healthz")]
    [InlineData("array: 2\nservice: { replicas: 3 }", 3, 1, "Both 'array' and 'service.replicas'", "Keep 'replicas'")]
    [InlineData("container: &a image", 3, 12, "Anchors are not allowed", "Write the value out")]
    [InlineData("container: *a", 3, 12, "Aliases are not allowed", "Write the value out")]
    [InlineData("container: !!str image", 3, 12, "Tags are not allowed", "Remove the tag")]
    [InlineData("<<: { array: 2 }", 3, 1, "Merge keys are not allowed", "Write the value out")]
    [InlineData("[a]: 2", 3, 1, "A key is text, not a list", "plain word")]
    [InlineData("---\nname: second", 3, 1, "more than one document", "its own file")]
    [InlineData("resources: { cpu: 1", 4, 1, "not valid YAML", "indentation")]
    public void A_fault_is_reported_where_it_stands_and_says_what_to_do(
        string lines, int line, int column, string message, string hint)
    {
        var result = JobFile.Parse(Head + lines + "\n", "render.yaml");

        var fault = Assert.Single(result.Diagnostics);
        Assert.Null(result.Spec);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Contains(hint, fault.Hint, StringComparison.Ordinal);
        Assert.Equal(("render.yaml", (long)line, (long)column), (fault.File, fault.Line, fault.Column));
    }

    [Theory]
    [InlineData("command: [povray]", 1, 1, "'name' is missing")]
    [InlineData("name: render", 1, 1, "nothing to run")]
    [InlineData("name: render\ncommand: []", 2, 10, "names no program")]
    [InlineData("name: render\ncommand: {}", 2, 10, "Expected a list of texts, or one text, found a mapping")]
    [InlineData("name: render\ncommand: [[a]]", 2, 10, "names no program")]
    [InlineData("- name: render", 1, 1, "Expected the job, found a list")]
    [InlineData("", 1, 1, "holds no job")]
    [InlineData("# only a comment", 1, 1, "holds no job")]
    [InlineData("a\0b", 1, 2, "not text in UTF-8")]
    [InlineData("name: \"a\nb", 1, 7, "not valid YAML")]
    public void A_file_without_a_job_says_what_is_missing(string text, int line, int column, string message)
    {
        var result = JobFile.Parse(text, "job.yaml");

        var fault = Assert.Single(result.Diagnostics);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(((long)line, (long)column), (fault.Line, fault.Column));
    }

    [Fact]
    public void Every_fault_is_reported_in_the_order_of_the_file_and_in_both_languages()
    {
        const string text = """
            name: Render
            command: [povray]
            array: 0
            resources: { memory: 4, cpu: x, dsk: 1GiB }
            inputs:
              - { dataset: scene, mount: /abs }
              - { mount: b }
            gang: 7
            """;

        var result = JobFile.Parse(text, "job.yaml");

        Assert.Equal([1L, 3, 4, 4, 4, 6, 7, 8], result.Diagnostics.Select(fault => fault.Line));
        Assert.All(result.Diagnostics, fault =>
        {
            Assert.Contains(fault.MessageZh, c => c > '\u4e00');
            Assert.Contains(fault.HintZh, c => c > '\u4e00');
        });
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_without_being_expanded()
    {
        var lines = Enumerable.Range(1, 20).Select(i => $"x{i}: &x{i} [*x{i - 1}, *x{i - 1}, *x{i - 1}]");
        var text = "x0: &x0 [lol, lol]\n" + string.Join('\n', lines);

        var result = JobFile.Parse(text, "bomb.yaml");

        Assert.Contains(result.Diagnostics, fault => fault.Message.Contains("Aliases", StringComparison.Ordinal));
        Assert.InRange(result.Diagnostics.Length, 1, 100);
    }

    [Theory]
    [InlineData("[", 200_000)]
    [InlineData("{a: ", 50_000)]
    [InlineData("- ", 100_000)]
    [InlineData("? ", 100_000)]
    [InlineData("[\n", 100_000)]
    public void Deep_nesting_is_refused_at_once(string level, int count)
    {
        var text = "name: a\ncommand: [a]\nenvironment:\n  X: " + string.Concat(Enumerable.Repeat(level, count));

        var result = JobFile.Parse(text, "deep.yaml");

        Assert.NotEmpty(result.Diagnostics);
        Assert.Null(result.Spec);
    }

    [Fact]
    public void A_file_over_256_KiB_is_refused()
    {
        var text = "name: render\ncommand: [a]\n" + new string('#', JobFile.SizeMaxBytes);

        var result = JobFile.Parse(text, "large.yaml");

        Assert.Contains("256 KiB", Assert.Single(result.Diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_of_a_hostile_file_is_bounded()
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"unknown{i}: 1\n"));

        var result = JobFile.Parse(text, "many.yaml");

        Assert.Equal(100, result.Diagnostics.Length);
    }
}
