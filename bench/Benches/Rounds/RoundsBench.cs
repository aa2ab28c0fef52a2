using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Meridian.Scheduling;

namespace Meridian.Benches.Rounds;

/// <summary>Placements a second of one scheduling round, the writer's rules included.</summary>
internal sealed class RoundsBench : IBench
{
    private const int PoolCount = 5;

    /// <inheritdoc/>
    public string Name => "rounds";

    /// <inheritdoc/>
    public string Summary => "placements a second of a round on five pools [--tasks 10000]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var taskCount = arguments.Number("--tasks", 10_000);
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["pools_count"] = PoolCount,
            ["tasks_count"] = taskCount,
        };
        Record("single_jobs", Roomy(taskCount).WithJobs(taskCount, Job), figures);
        Record("single_jobs_with_inputs", Roomy(taskCount).WithData(taskCount / 5).WithJobs(taskCount / 5, JobWithInput), figures);
        foreach (var objective in Enum.GetValues<Objective>())
        {
            var array = Job(0) with { TaskCount = taskCount, Objective = objective };
            Record("array_" + objective.ToString().ToLowerInvariant(), Roomy(taskCount).WithJobs(1, _ => array), figures);
        }

        RecordFull(taskCount, figures);
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-48} {value,14:0.###}"));
        return arguments.Finish(output, figures);
    }

    private static BenchDomain Roomy(int taskCount) =>
        new(PoolCount, nodeCount: 50, coreCount: 1 + (taskCount / 50));

    private static JobSpec Job(int number) => new()
    {
        Name = "job" + number.ToString(CultureInfo.InvariantCulture),
        Command = ["/bin/true"],
    };

    private static JobSpec JobWithInput(int number) => Job(number) with
    {
        Inputs = [new("data" + number.ToString(CultureInfo.InvariantCulture), "in")],
    };

    private static void Record(string name, BenchDomain domain, SortedDictionary<string, double> figures)
    {
        Place(domain); // Once for the compiler.
        GC.Collect();
        var (count, time) = Measured.Of(() => Place(domain));
        figures[name + "_placements_per_second"] = count / time.WallSeconds;
        figures[name + "_placements_per_processor_second"] = count / time.ProcessorSeconds;
    }

    /// <summary>A round over a queue for which there is no room: how long it takes to find that out.</summary>
    private static void RecordFull(int jobCount, SortedDictionary<string, double> figures)
    {
        var domain = new BenchDomain(PoolCount, nodeCount: 10, coreCount: 4)
            .WithJobs(1, _ => Job(0) with { TaskCount = 200, Objective = Objective.Fastest, Duration = TimeSpan.FromHours(1) })
            .Scheduled()
            .WithJobs(jobCount, Job);
        Place(domain);
        var (_, time) = Measured.Of(() => Place(domain));
        figures["full_queue_round_milliseconds"] = time.WallSeconds * 1_000;
    }

    private static int Place(BenchDomain domain) =>
        Scheduler.Plan(domain.State, BenchDomain.Now, new() { Limit = int.MaxValue })
            .Commands.OfType<PlaceTasks>().Sum(c => c.Placements.Length);
}
