using System.Text.Json;

namespace Meridian.Benches.Express;

/// <summary>What is sent again after a party was killed in the middle, counted at the device and not by ourselves.</summary>
internal static class CrashMeasure
{
    private const int Megabits = 400;

    internal static void Run(Bench bench)
    {
        var bytes = Math.Min(bench.Arguments.Number("--megabytes", 2048), 1024) * 1024L * 1024;
        var source = Corpus.Large(bench.Fresh("source"), fileCount: 4, bytes);
        var quiet = Crash(bench, source, nobody: true, killServer: false);
        foreach (var (name, killServer) in new[] { ("receiver", false), ("sender", true) })
        {
            var (sentBytes, isWhole) = Crash(bench, source, nobody: false, killServer);
            bench.Note($"crash_{name}_sent_again_ratio", (sentBytes - quiet.SentBytes) / (double)bytes);
            bench.Note($"crash_{name}_equal", isWhole ? 1 : 0);
        }
    }

    private static (long SentBytes, bool IsWhole) Crash(Bench bench, string source, bool nobody, bool killServer)
    {
        using var lab = new Lab();
        var (server, client) = (lab.Add("s"), lab.Add("c"));
        var (address, _) = lab.Wire(server, client, Megabits, TimeSpan.Zero);
        var (store, folder) = (bench.Fresh("store"), bench.Fresh("depot"));
        var depot = ServingDepot.Start(bench, server, folder, source, address + ":7443");
        var command = depot.PullCommand(bench, client, store, megabits: 0);
        var pull = Shell.Start(command);
        if (!nobody)
        {
            var halfBytes = new DirectoryInfo(source).EnumerateFiles().Sum(file => file.Length) / 2;
            while (Lab.SentBytes(server, "mxa0") < halfBytes)
                Task.Delay(20).Wait();
            if (killServer)
            {
                depot.Crash();
                depot = ServingDepot.Start(bench, server, folder, source, address + ":7443");
            }
            else
            {
                Shell.Crash(pull);
                pull = Shell.Start(command);
            }
        }

        var said = pull.StandardOutput.ReadToEnd();
        pull.WaitForExit();
        var sentBytes = Lab.SentBytes(server, "mxa0");
        depot.Dispose();
        var isWhole = pull.ExitCode == 0
            && Corpus.AreEqual(source, JsonSerializer.Deserialize<Pulled>(said)!.Tree);
        Shell.Run("rm", "-rf", store);
        return (sentBytes, isWhole);
    }
}
