using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Benches.Running;

namespace Meridian.Benches.Express;

/// <summary>What the measurements share: a folder that is gone at the end, keys, figures.</summary>
internal sealed class Bench : IDisposable
{
    private readonly TextWriter _output;
    private readonly string _folder;
    private int _freshCount;

    internal Bench(BenchArguments arguments, TextWriter output)
    {
        Arguments = arguments;
        _output = output;
        _folder = Path.Combine(arguments.Text("--folder") ?? Path.GetTempPath(), "meridian-express-" + Environment.ProcessId);
        Keys = Path.Combine(_folder, "keys");
        ExpressKeys.Create(Keys);
        WriteServerCertificate();
    }

    internal BenchArguments Arguments { get; }

    /// <summary>The folder of keys.</summary>
    internal string Keys { get; }

    internal SortedDictionary<string, double> Figures { get; } = new(StringComparer.Ordinal);

    /// <summary>A folder that does not exist yet.</summary>
    internal string Fresh(string name) => Path.Combine(_folder, $"{name}-{++_freshCount}");

    /// <summary>Notes a figure and shows it.</summary>
    internal void Note(string name, double figure)
    {
        Figures[name] = figure;
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-52} {figure,14:0.####}"));
    }

    /// <summary>Says something to the reader.</summary>
    internal void Say(string text) => _output.WriteLine(text);

    /// <summary>
    /// Takes as much memory as a result needs and gives it back, before each tool: a virtual machine is given a page when
    /// it is first touched, at ten times the cost of a later touch, and whoever comes first would pay for all.
    /// </summary>
    internal void WarmMemory(long bytes)
    {
        var path = Fresh("warm");
        Directory.CreateDirectory(_folder);
        using (var file = File.Create(path, bufferSize: 0))
        {
            var content = new byte[1024 * 1024];
            for (long offset = 0; offset < bytes; offset += content.Length)
                file.Write(content);
        }

        File.Delete(path);
    }

    /// <summary>Waits until somebody listens.</summary>
    internal void WaitFor(string space, string address, int port)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var probe = Shell.Start([.. Lab.In(space), "bash", "-c", $"exec 3<>/dev/tcp/{address}/{port} && sleep 0.05"]);
            probe.WaitForExit();
            if (probe.ExitCode == 0)
                return;
            Task.Delay(100).Wait();
        }

        throw new InvalidOperationException($"Nobody listens at {address}:{port}.");
    }

    /// <summary>Pulls with our engine once and measures both sides.</summary>
    internal Measurement Pull(ServingDepot depot, string space, string source, int megabits, params string[] others) =>
        Measure(depot, source, store => depot.PullCommand(this, space, store, megabits, others));

    /// <summary>The same without compression.</summary>
    internal Measurement PullPlain(ServingDepot depot, string space, string source) =>
        Measure(depot, source, store => depot.PlainPullCommand(this, space, store));

    /// <inheritdoc/>
    public void Dispose() => Delete(_folder);

    private Measurement Measure(ServingDepot depot, string source, Func<string, string[]> command)
    {
        var store = Fresh("store");
        var serverBefore = depot.ProcessorSeconds;
        var childrenBefore = Shell.ChildrenSeconds;
        var clock = Stopwatch.StartNew();
        var said = Shell.Run(command(store));
        var wall = clock.Elapsed.TotalSeconds;
        var processor = Shell.ChildrenSeconds - childrenBefore + depot.ProcessorSeconds - serverBefore;
        var pulled = System.Text.Json.JsonSerializer.Deserialize<Pulled>(said)!;
        var isWhole = Corpus.AreEqual(source, pulled.Tree);
        Delete(store);
        return new(wall, processor, isWhole) { MovingSeconds = pulled.Seconds, LineBytes = pulled.LineBytes };
    }

    private static void Delete(string folder) => Shell.Run("rm", "-rf", folder);

    private void WriteServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=other", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(Keys, "tls.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Keys, "tls.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
