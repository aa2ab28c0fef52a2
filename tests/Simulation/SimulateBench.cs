using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Meridian.Simulation;

/// <summary>The simulation as a bench: many seeds, and what they came to.</summary>
public static class SimulateBench
{
    /// <summary>Runs the seeds and prints the figures; the exit status is 1 when a rule was broken.</summary>
    public static int Run(int seeds, ulong first, bool json, TextWriter output)
    {
        var began = Stopwatch.GetTimestamp();
        var report = Simulator.Run(first, seeds, new());
        var perSeed = Stopwatch.GetElapsedTime(began).TotalSeconds / Math.Max(1, seeds);
        foreach (var violation in report.Violations)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {violation.Seed}, step {violation.Step}: {violation.Rule}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"steps             {report.Steps}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"faults            {report.Faults}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"violations        {report.Violations.Length}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds             {seeds}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seconds per seed  {perSeed:0.0000}"));
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                steps = report.Steps,
                faults = report.Faults,
                violations = report.Violations.Length,
                seeds,
                first,
                secondsPerSeed = perSeed,
            }));
        }

        return report.Violations.IsEmpty ? 0 : 1;
    }
}
