using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.JobFiles;

public sealed class JobFileTests
{
    private const string Whole = """
        name: render
        project: demo
        command: ["povray", "+W640", 480]
        container: registry/povray:3.7
        resources: { cpu: 500m, memory: 512MiB, disk: 1GiB }
        accelerators: { count: 2, model: A100, class: gpu, memory: 40GiB, fraction: 0.5 }
        array: 24
        gang: true
        after: [prepare, 17]
        inputs: [{ dataset: scene@3, mount: scene }, { dataset: textures }]
        outputs: [{ name: frames, path: out/frames, to: east-studio }, { name: film }]
        environment: { WIDTH: 640, EMPTY: "", FLAG: true }
        constraints:
          regions: [west]
          providers: [north-power]
          sites: [west-core]
          sovereignty: [cn]
          latency: { to: east-studio, max: 5ms }
          deadline: 30m
          budget: 5 CNY
          isolation: plain
          network: host
        objective: cheapest
        duration: 20s
        timeout: 5m
        retries: 2
        """;

    [Fact]
    public void Every_key_is_read()
    {
        var job = Parsed(Whole);

        Assert.Equal(("render", "demo", 24, true), (job.Name, job.Project, job.TaskCount, job.IsGang));
        Assert.Equal(["povray", "+W640", "480"], job.Command);
        Assert.Equal((500, DataSize.FromMebibytes(512), DataSize.FromGibibytes(1)),
            (job.Resources.CpuMillicores, job.Resources.Memory, job.Resources.Disk));
        Assert.Equal(
            new AcceleratorDemand
            {
                Count = 2,
                Model = "A100",
                Class = "gpu",
                Memory = DataSize.FromGibibytes(40),
                FractionMilli = 500,
            },
            job.Resources.Accelerators);
        Assert.Equal(["prepare", "17"], job.After);
        Assert.Equal([new JobInput("scene@3", "scene"), new("textures", "textures")], job.Inputs);
        Assert.Equal([new JobOutput("frames", "out/frames", "east-studio"), new("film", "film", "")], job.Outputs);
        Assert.Equal([new EnvironmentVariable("EMPTY", ""), new("FLAG", "true"), new("WIDTH", "640")], job.Environment);
        Assert.Equal((Objective.Cheapest, 2), (job.Objective, job.Retries));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(5)), (job.Duration, job.Timeout));
    }

    [Fact]
    public void Every_constraint_is_read()
    {
        var constraints = Parsed(Whole).Constraints;

        Assert.Equal(["west", "north-power", "west-core", "cn"],
            [.. constraints.Regions, .. constraints.Providers, .. constraints.Sites, .. constraints.Sovereignty]);
        Assert.Equal(new LatencyTarget("east-studio", 5000), constraints.Latency);
        Assert.Equal(TimeSpan.FromMinutes(30), constraints.DeadlineAfter);
        Assert.Equal(Money.Cny(5), constraints.Budget);
        Assert.Equal((Isolation.Plain, true), (constraints.Isolation, constraints.AllowsNetwork));
    }

    [Fact]
    public void A_service_names_its_replicas_and_its_users()
    {
        var job = Parsed("""
            name: web
            command: ./serve --port $PORT
            service: { port: auto, health: /healthz, replicas: 3, latency: { to: edge-users, max: 5ms } }
            """);

        Assert.Equal(["sh", "-c", "./serve --port $PORT"], job.Command);
        Assert.Equal(3, job.TaskCount);
        Assert.Equal(
            new ServiceSpec { Port = 0, HealthPath = "/healthz", Latency = new("edge-users", 5000) }, job.Service);
    }

    [Fact]
    public void The_same_job_may_come_as_JSON_with_tabs_and_escapes()
    {
        var job = Parsed("{\n\t\"name\": \"render\",\n\t\"command\": [\"a\\/b\", \"\\u4e2d \\ud83d\\ude00\"],\n\t\"array\": 3\n}\n");

        Assert.Equal(("render", 3), (job.Name, job.TaskCount));
        Assert.Equal(["a/b", "中 😀"], job.Command);
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_do_no_harm()
    {
        var job = Parsed("\uFEFFname: render\r\ncommand: [a]\r\narray: 2\r\n");

        Assert.Equal(("render", 2), (job.Name, job.TaskCount));
    }

    [Fact]
    public void A_deadline_may_be_a_point_in_time()
    {
        var job = Parsed("name: a\ncommand: b\nconstraints: { deadline: 2026-03-01T18:00:00+08:00 }");

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 18, 0, 0, TimeSpan.FromHours(8)), job.Constraints.DeadlineAt);
    }

    [Fact]
    public void A_long_job_gets_a_timeout_that_it_can_meet()
    {
        var job = Parsed("name: a\ncommand: b\nduration: 3h");

        Assert.Equal(TimeSpan.FromHours(6), job.Timeout);
    }

    private static JobSpec Parsed(string text)
    {
        var result = JobFile.Parse(text, "job.yaml");
        Assert.Equal("", string.Join('\n', result.Diagnostics));
        return result.Spec!;
    }
}
