using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Scheduling.Ordering;

namespace Meridian.Benches.Swf;

/// <summary>
/// The order of the queue on published batch traces: the published policies replayed to the second decimal, and
/// Meridian's own order beside them.
/// </summary>
internal sealed class SwfBench : IBench
{
    private const string Origin =
        "github.com/DIR-LAB/deep-batch-scheduler (lublin_256.swf) and the Parallel Workloads Archive (SDSC-SP2-1998-4.2-cln.swf.gz)";

    private const double SecondsPerDay = 24 * 3600;

    /// <inheritdoc/>
    public string Name => "swf";

    /// <inheritdoc/>
    public string Summary => "mean bounded slowdown on batch traces against RLScheduler's tables [--only lublin_1|sdsc_sp2] [--seeds N] [--bound-days N] [--elsewhere]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var folder = Path.Combine(arguments.Data, "swf");
        var traces = PublishedTrace.All.Where(t => File.Exists(Path.Combine(folder, t.File))).ToList();
        if (traces.Count == 0)
            return BenchArguments.Missing(output, folder, Origin);

        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var only = arguments.Text("--only");
        var isSame = true;
        foreach (var published in traces.Where(t => only is null || t.Key == only))
        {
            var trace = SwfTrace.Read(Path.Combine(folder, published.File));
            if (arguments.IsSet("--elsewhere"))
            {
                Elsewhere(published, trace, arguments, output, figures);
                continue;
            }

            isSame &= Published(published, trace, output, figures);
            Own(published, trace, arguments, output, figures);
        }

        arguments.Finish(output, figures);
        return isSame ? 0 : 1;
    }

    /// <summary>Replays Meridian's own order, several times with other luck in its search.</summary>
    private static void Own(
        PublishedTrace published, SwfTrace trace, BenchArguments arguments, TextWriter output, SortedDictionary<string, double> figures)
    {
        for (var seed = 1; seed <= arguments.Number("--seeds", 1); seed++)
            Report(output, figures, $"{published.Key}_meridian{(seed == 1 ? "" : $"_seed_{seed}")}", Own(trace, SwfWindow.Published, arguments, (ulong)seed));
        figures[$"{published.Key}_best_published_bounded_slowdown"] = published.Best;
    }

    private static SwfOutcome Own(SwfTrace trace, IReadOnlyList<SwfWindow> windows, BenchArguments arguments, ulong seed)
    {
        var options = new BatchOptions { PromiseAfterSeconds = arguments.Number("--bound-days", 7) * SecondsPerDay };
        return SwfOutcome.Of(
            trace, windows.AsParallel().AsOrdered().Select(window => OwnReplay.Run(trace, window, options, seed)).ToArray());
    }

    /// <summary>The same policies on windows that have nothing in common with the published ones.</summary>
    private static void Elsewhere(
        PublishedTrace published, SwfTrace trace, BenchArguments arguments, TextWriter output, SortedDictionary<string, double> figures)
    {
        var windows = SwfWindow.Elsewhere(trace);
        if (windows.Count == 0)
            return;
        foreach (var row in published.Rows)
        {
            Report(output, figures, $"{published.Key}_elsewhere_{row.Name}_backfill", SwfOutcome.Of(
                trace, [.. windows.Select(window => PublishedReplay.Run(trace, window, row.Score, backfills: true))]));
        }

        Report(output, figures, $"{published.Key}_elsewhere_meridian", Own(trace, windows, arguments, seed: 1));
    }

    /// <summary>Replays the published policies; says whether every mean is the published one.</summary>
    private static bool Published(
        PublishedTrace published, SwfTrace trace, TextWriter output, SortedDictionary<string, double> figures)
    {
        var isSame = true;
        foreach (var row in published.Rows)
        {
            foreach (var backfills in (bool[])[false, true])
            {
                var outcome = SwfOutcome.Of(
                    trace, [.. SwfWindow.Published.Select(window => PublishedReplay.Run(trace, window, row.Score, backfills))]);
                var known = backfills ? row.Backfilled : row.Plain;
                var agrees = Math.Abs(Math.Round(outcome.BoundedSlowdown, 2) - known) < 0.001;
                isSame &= agrees;
                Report(output, figures, $"{published.Key}_{row.Name}{(backfills ? "_backfill" : "")}", outcome);
                if (!agrees)
                    output.WriteLine($"  DIFFERS from the published {known.ToString("0.00", CultureInfo.InvariantCulture)}");
            }
        }

        return isSame;
    }

    private static void Report(TextWriter output, SortedDictionary<string, double> figures, string key, SwfOutcome outcome)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{key,-36} bounded slowdown {outcome.BoundedSlowdown,10:0.00}  utilisation {outcome.Utilisation:0.000}  mean wait {outcome.MeanWaitSeconds,8:0} s  longest wait {outcome.LongestWaitSeconds,8} s"));
        figures[$"{key}_bounded_slowdown"] = Math.Round(outcome.BoundedSlowdown, 2);
        figures[$"{key}_utilisation"] = Math.Round(outcome.Utilisation, 3);
        figures[$"{key}_mean_wait_seconds"] = Math.Round(outcome.MeanWaitSeconds);
        figures[$"{key}_longest_wait_seconds"] = outcome.LongestWaitSeconds;
    }
}
