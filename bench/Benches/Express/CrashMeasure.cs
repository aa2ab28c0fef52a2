using System.Diagnostics;
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

        var undisturbed = CrashRelay(bench, source, nobody: true);
        var disturbed = CrashRelay(bench, source, nobody: false);
        bench.Note("crash_relay_sent_again_to_it_ratio", (disturbed.ToRelayBytes - undisturbed.ToRelayBytes) / (double)bytes);
        bench.Note("crash_relay_sent_again_by_it_ratio", (disturbed.FromRelayBytes - undisturbed.FromRelayBytes) / (double)bytes);
        bench.Note("crash_relay_equal", undisturbed.IsWhole && disturbed.IsWhole ? 1 : 0);
    }

    /// <summary>Sender, relay and receiver in a row; the relay passes on what it has while it receives.</summary>
    private static (long ToRelayBytes, long FromRelayBytes, bool IsWhole) CrashRelay(Bench bench, string source, bool nobody)
    {
        using var lab = new Lab();
        var (server, middle, client) = (lab.Add("s"), lab.Add("m"), lab.Add("c"));
        var (address, _) = lab.Wire(server, middle, Megabits, TimeSpan.Zero);
        var (near, far) = lab.Wire(middle, client, Megabits, TimeSpan.Zero);
        using var depot = ServingDepot.Start(bench, server, bench.Fresh("depot"), source, address + ":7443");
        var relayCommand = depot.ReceiveCommand(bench, middle, "0/1/1", near + ":7443", depot.Url);
        var relay = Receive(relayCommand);
        var receiver = Receive(depot.ReceiveCommand(bench, client, "0/1/0", far + ":7443", $"https://{near}:7443"));
        if (!nobody)
        {
            var halfBytes = new DirectoryInfo(source).EnumerateFiles().Sum(file => file.Length) / 2;
            while (Lab.SentBytes(middle, "mxa1") < halfBytes)
                Task.Delay(20).Wait();
            Shell.Crash(relay);
            relay = Receive(relayCommand);
        }

        var said = receiver.StandardOutput.ReadLine();
        var figures = (Lab.SentBytes(server, "mxa0"), Lab.SentBytes(middle, "mxa1"));
        foreach (var party in new[] { relay, receiver })
        {
            party.StandardInput.Close();
            party.WaitForExit();
            party.Dispose();
        }

        var isWhole = said is not null && Corpus.AreEqual(source, JsonSerializer.Deserialize<Pulled>(said)!.Tree);
        return (figures.Item1, figures.Item2, isWhole);
    }

    private static Process Receive(string[] command)
    {
        var party = Shell.Start(command);
        party.StandardOutput.ReadLine();
        party.StandardInput.WriteLine();
        return party;
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
