using System.Globalization;
using System.IO.Compression;

namespace Meridian.Benches.Swf;

/// <summary>
/// A trace in the Standard Workload Format (Feitelson, Parallel Workloads Archive), with the choices of RLScheduler: jobs
/// without run time are left out, and an unknown run time is ten seconds.
/// </summary>
/// <param name="Processors">The size of the machine.</param>
/// <param name="Jobs">The jobs in the order of their numbers.</param>
internal sealed record SwfTrace(int Processors, IReadOnlyList<SwfJob> Jobs)
{
    private const int UnknownRunSeconds = 10;

    internal static SwfTrace Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        return Read(reader);
    }

    internal static SwfTrace Read(TextReader reader)
    {
        var (nodes, processors, jobs) = (0, 0, new List<SwfJob>());
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("; MaxNodes:", StringComparison.Ordinal))
                nodes = Number(line.Split(':')[1]);
            else if (line.StartsWith("; MaxProcs:", StringComparison.Ordinal))
                processors = Number(line.Split(':')[1]);
            else if (!line.StartsWith(';') && JobOf(line) is { RunSeconds: > 0 } job)
                jobs.Add(job);
        }

        return new(processors == 0 ? nodes : processors, [.. jobs.OrderBy(job => job.Id)]);
    }

    private static SwfJob? JobOf(string line)
    {
        var columns = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (columns.Length < 18)
            return null;
        var (run, requested) = (long.Parse(columns[3], CultureInfo.InvariantCulture), long.Parse(columns[8], CultureInfo.InvariantCulture));
        return new(
            Number(columns[0]), long.Parse(columns[1], CultureInfo.InvariantCulture), run < 0 ? UnknownRunSeconds : run,
            Math.Max(Number(columns[4]), Number(columns[7])), requested == -1 ? run : requested, Number(columns[11]), Number(columns[12]),
            Number(columns[13]), Number(columns[14]));
    }

    private static int Number(string text) => int.Parse(text.AsSpan().Trim(), CultureInfo.InvariantCulture);
}
