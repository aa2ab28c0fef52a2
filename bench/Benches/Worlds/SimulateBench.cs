using System.Diagnostics;
using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Simulation;

namespace Meridian.Benches.Worlds;

/// <summary>Simulated worlds, one for each seed: the steps they took, the faults they met and the rules they broke.</summary>
internal sealed class SimulateBench : IBench
{
    /// <inheritdoc/>
    public string Name => "simulate";

    /// <inheritdoc/>
    public string Summary => "simulated worlds, and the rules they broke [--seeds 100] [--first 1]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var seeds = arguments.Number("--seeds", 100);
        var first = arguments.Number("--first", 1);
        var began = Stopwatch.GetTimestamp();
        var report = Simulator.Run((ulong)first, seeds, new());
        var took = Stopwatch.GetElapsedTime(began);
        foreach (var violation in report.Violations)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {violation.Seed}, step {violation.Step}: {violation.Rule}"));
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["steps"] = report.Steps,
            ["faults"] = report.Faults,
            ["violations"] = report.Violations.Length,
            ["seeds"] = seeds,
            ["first_seed"] = first,
            ["seconds_per_seed"] = took.TotalSeconds / Math.Max(1, seeds),
        };
        foreach (var (name, value) in figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-48} {value,14:0.####}"));
        arguments.Finish(output, figures);
        return report.Violations.IsEmpty ? 0 : 1;
    }
}
