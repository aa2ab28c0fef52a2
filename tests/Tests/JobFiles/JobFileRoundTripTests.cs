using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CsCheck;
using MemoryPack;
using Meridian.JobFiles;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.JobFiles;

public sealed class JobFileRoundTripTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char["abcxyz0129-"], 1, 20]
        .Select(text => text.StartsWith('-') ? "a" + text : text);

    private static readonly Gen<string> Text = Gen.String[
        Gen.OneOf(Gen.Char[' ', '~'], Gen.Char["\n\t\r:#\"'\\{}[]&*!|>%@`,?-\u0085\u2028中文é"]), 0, 30];

    private static readonly Gen<ImmutableArray<string>> NameList = Name.Array[0, 3].Select(names => names.ToImmutableArray());

    private static readonly Gen<TimeSpan> Time = Gen.Long[1, TimeSpan.TicksPerDay * 30].Select(TimeSpan.FromTicks);

    private static readonly Gen<DataSize> Size = Gen.OneOf(
        Gen.Long[1, 1L << 50].Select(bytes => new DataSize(bytes)),
        Gen.Long[1, 4096].Select(mebibytes => new DataSize(mebibytes << 20)));

    private static readonly Gen<LatencyTarget?> Latency =
        Gen.Select(Name, Gen.Long[1, 60_000_000], (to, max) => new LatencyTarget(to, max)).Null();

    private static readonly Gen<AcceleratorDemand?> Accelerators =
        Gen.Select(Gen.Int[1, 4096], Text, Name, Size, Gen.Int[1, 1000], (count, model, kind, memory, fraction) =>
            new AcceleratorDemand
            {
                Count = count,
                Model = model,
                Class = kind,
                Memory = memory,
                FractionMilli = fraction,
                OtherModels = model.Length > 0 && count % 2 == 0 ? [kind, "H800"] : [],
            }).Null();

    private static readonly Gen<JobConstraints> Constraints =
        from regions in NameList
        from sites in NameList
        from sovereignty in NameList
        from latency in Latency
        from after in Time.Nullable()
        from at in Gen.DateTimeOffset.Nullable()
        from budget in Gen.Long[1, 1_000_000_000].Nullable()
        from isSandbox in Gen.Bool
        from allowsNetwork in Gen.Bool
        select new JobConstraints
        {
            Regions = regions,
            Providers = sites,
            Sites = sites,
            Sovereignty = sovereignty,
            Latency = latency,
            DeadlineAfter = at is null ? after : null,
            DeadlineAt = at,
            Budget = budget is { } micros ? Money.Cny(micros / 1_000_000m) : null,
            Isolation = isSandbox ? Isolation.Sandbox : Isolation.Plain,
            AllowsNetwork = allowsNetwork,
        };

    private static readonly Gen<JobSpec> Job =
        from name in Name
        from project in Name
        from command in Text.Array[0, 4]
        from container in Text
        from cpu in Gen.Int[1, 1_000_000]
        from sizes in Gen.Select(Size, Size)
        from accelerators in Accelerators
        from taskCount in Gen.Int[1, JobFile.TaskCountMax]
        from inputs in Gen.Select(Name, Gen.Int[1, 9]).Array[0, 3]
        from outputs in Gen.Select(Name, Name).Array[0, 3]
        from environment in Text.Array[0, 4]
        from constraints in Constraints
        from objective in Gen.Enum<Objective>()
        from duration in Time
        from flags in Gen.Select(Gen.Bool, Gen.Int[0, 100], Gen.Int[0, 65535])
        from latency in Latency
        select new JobSpec
        {
            Name = name,
            Project = project,
            Command = ["sh", .. command],
            Container = container,
            Resources = new() { CpuMillicores = cpu, Memory = sizes.Item1, Disk = sizes.Item2, Accelerators = accelerators },
            TaskCount = taskCount,
            IsGang = flags.Item1,
            After = [.. inputs.Select(input => input.Item1)],
            Inputs = [.. inputs.Select((input, i) => new JobInput($"{input.Item1}@{input.Item2}", $"in/{i} x/{input.Item1}"))],
            Outputs = [.. outputs.Select((output, i) => new JobOutput($"out{i}-{output.Item1}"[..Math.Min(20, $"out{i}-{output.Item1}".Length)], "out/" + output.Item2, output.Item2))],
            Environment = [.. environment.Select((value, i) => new EnvironmentVariable($"KEY_{i}", value))],
            Constraints = constraints with { Together = (Together)(flags.Item2 % 4), NotBeforeAfter = constraints.DeadlineAfter / 2 },
            Objective = objective,
            Duration = duration,
            Timeout = duration * 2,
            Retries = flags.Item2,
            Priority = flags.Item2 - 50,
            IsBestEffort = flags.Item2 > 60,
            Reservation = flags.Item2 < 30 ? name : "",
            Service = flags.Item1 ? new() { Port = flags.Item3, HealthPath = "/healthz", Latency = latency } : null,
        };

    [Fact]
    public void A_written_job_reads_back_as_the_same_job() =>
        Job.Sample(
            job =>
            {
                var text = JobFile.Write(job);

                var result = JobFile.Parse(text, "job.yaml");

                Assert.True(result.Spec is not null, string.Join('\n', result.Diagnostics) + "\n" + text);
                Assert.Equal(MemoryPackSerializer.Serialize(job), MemoryPackSerializer.Serialize(result.Spec));
                Assert.Equal(text, JobFile.Write(result.Spec));
            },
            iter: 2_000,
            seed: "0000KOIPe182");

    [Fact]
    public void No_text_makes_the_parser_throw()
    {
        var changes = Gen.Select(Job, Gen.Double[0, 1], Gen.Int[0, 20], Text);

        changes.Sample(
            change =>
            {
                var whole = JobFile.Write(change.Item1);
                var at = (int)(whole.Length * change.Item2);
                var broken = whole[..at] + change.Item4 + whole[Math.Min(whole.Length, at + change.Item3)..];

                var result = JobFile.Parse(broken, "job.yaml");

                Assert.Equal(result.Spec is null, !result.Diagnostics.IsEmpty);
            },
            iter: 5_000,
            seed: "0000KOIPe182");
    }

    [Fact]
    public void The_published_schema_is_made_from_the_keys_that_the_parser_knows()
    {
        var path = Path.Combine(RepositoryRoot(), "docs", "job.schema.json");
        if (Environment.GetEnvironmentVariable("MERIDIAN_WRITE_SCHEMA") is "1")
            File.WriteAllText(path, JobSchema.Text);

        var published = File.ReadAllText(path);

        Assert.Equal(JobSchema.Text, published);
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
