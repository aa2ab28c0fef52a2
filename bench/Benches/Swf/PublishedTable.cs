namespace Meridian.Benches.Swf;

/// <summary>Mean bounded slowdowns as RLScheduler's README has them, to two decimals.</summary>
/// <param name="Name">The policy.</param>
/// <param name="Score">Its score; the least is served first.</param>
/// <param name="Plain">Without backfill.</param>
/// <param name="Backfilled">With it.</param>
internal sealed record PublishedRow(string Name, Func<SwfJob, double> Score, double Plain, double Backfilled)
{
    internal static double Submission(SwfJob job) => job.SubmitSeconds;

    internal static double ShortestFirst(SwfJob job) => job.RequestedSeconds;

    /// <summary>F1 of Carastan-Santos and de Camargo, SC 2017, on absolute times as published.</summary>
    internal static double F1(SwfJob job) =>
        (Logarithm(job.RequestedSeconds) * job.Processors) + (870 * Logarithm(job.SubmitSeconds));

    private static double Logarithm(long seconds) => Math.Log10(seconds > 0 ? seconds : 0.1);
}

/// <summary>A trace with what was published of it.</summary>
/// <param name="Key">Its name in the figures.</param>
/// <param name="File">Its file in the data.</param>
/// <param name="Rows">The policies that are replayed.</param>
/// <param name="Best">The best published mean bounded slowdown, of RLScheduler's network with backfill.</param>
internal sealed record PublishedTrace(string Key, string File, PublishedRow[] Rows, double Best)
{
    internal static IReadOnlyList<PublishedTrace> All { get; } =
    [
        new("lublin_1", "lublin_256.swf", Of((7273.77, 235.82), (277.35, 73.31), (258.37, 75.07)), 58.64),
        new("sdsc_sp2", "SDSC-SP2-1998-4.2-cln.swf.gz", Of((1727.54, 1595.12), (2680.55, 2167.84), (1232.06, 1098.22)), 397.82),
        new("hpc2n", "HPC2N-2002-2.2-cln.swf.gz", Of((297.18, 127.38), (157.71, 122.04), (118.01, 71.95)), 86.14),
        new("lublin_2", "lublin_256_new2.swf", Of((7842.47, 247.61), (787.89, 91.99), (698.34, 148.25)), 118.79),
    ];

    private static PublishedRow[] Of((double, double) fcfs, (double, double) sjf, (double, double) f1) =>
    [
        new("fcfs", PublishedRow.Submission, fcfs.Item1, fcfs.Item2),
        new("sjf", PublishedRow.ShortestFirst, sjf.Item1, sjf.Item2),
        new("f1", PublishedRow.F1, f1.Item1, f1.Item2),
    ];
}
