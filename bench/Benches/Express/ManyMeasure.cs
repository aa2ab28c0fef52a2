using System.Diagnostics;
using System.Text.Json;

namespace Meridian.Benches.Express;

/// <summary>
/// One dataset to one receiver and to eight at once, each party at a switch with 100 Mbit/s in each direction. The other
/// tools know nothing of each other, and need eight times the time of one.
/// </summary>
internal static class ManyMeasure
{
    private const int Megabits = 100;
    private const int ReceiverCount = 8;

    internal static void Run(Bench bench)
    {
        var bytes = Math.Min(bench.Arguments.Number("--megabytes", 2048), 512) * 1024L * 1024;
        var source = Corpus.Large(bench.Fresh("source"), fileCount: 4, bytes);
        var one = Spread(bench, source, receiverCount: 1);
        var many = Spread(bench, source, ReceiverCount);
        bench.Note("many_one_to_one_seconds", one.Seconds);
        bench.Note("many_one_to_eight_seconds", many.Seconds);
        bench.Note("many_one_to_eight_of_one_to_one_ratio", many.Seconds / one.Seconds);
        bench.Note("many_source_sent_of_dataset_ratio", many.SentBytes / (double)bytes);
        bench.Note("many_equal", one.IsWhole && many.IsWhole ? 1 : 0);
    }

    private static (double Seconds, long SentBytes, bool IsWhole) Spread(Bench bench, string source, int receiverCount)
    {
        using var lab = new Lab();
        var (hub, server) = (lab.Add("h"), lab.Add("s"));
        var origin = lab.Attach(server, hub, Megabits);
        var spaces = Enumerable.Range(0, receiverCount).Select(number => lab.Add("r" + number)).ToArray();
        var addresses = Array.ConvertAll(spaces, space => lab.Attach(space, hub, Megabits) + ":7443");
        using var depot = ServingDepot.Start(bench, server, bench.Fresh("depot"), source, origin + ":7443");
        var receivers = Enumerable.Range(0, receiverCount)
            .Select(number => Shell.Start(depot.ReceiveCommand(
                bench, spaces[number], $"{number}/{receiverCount}/1", addresses[number],
                [depot.Url, .. addresses.Where((_, other) => other != number).Select(address => "https://" + address)])))
            .ToArray();

        // Depots run before anybody sends them anything: the start of eight processes on one machine is not measured.
        foreach (var receiver in receivers)
            receiver.StandardOutput.ReadLine();
        var sentBefore = Lab.SentBytes(server, "mxn1");
        var clock = Stopwatch.StartNew();
        foreach (var receiver in receivers)
            receiver.StandardInput.WriteLine();
        var said = Array.ConvertAll(receivers, receiver => receiver.StandardOutput.ReadLine());
        var seconds = clock.Elapsed.TotalSeconds;
        var sentBytes = Lab.SentBytes(server, "mxn1") - sentBefore;
        foreach (var receiver in receivers)
        {
            receiver.StandardInput.Close();
            receiver.WaitForExit();
            receiver.Dispose();
        }

        var isWhole = Array.TrueForAll(
            said, line => line is not null && Corpus.AreEqual(source, JsonSerializer.Deserialize<Pulled>(line)!.Tree));
        return (seconds, sentBytes, isWhole);
    }
}
