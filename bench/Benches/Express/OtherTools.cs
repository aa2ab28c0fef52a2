using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Meridian.Benches.Express;

/// <summary>The tools that people use today, each fetching a folder over an encrypted line.</summary>
/// <param name="Name">The name in the figures.</param>
/// <param name="Programs">What has to be installed.</param>
/// <param name="Package">Where it comes from.</param>
internal abstract record OtherTool(string Name, string[] Programs, string Package)
{
    /// <summary>All of them.</summary>
    internal static OtherTool[] All { get; } = [new RsyncTool(), new RcloneTool(), new AriaTool()];

    /// <summary>What is missing here, in words, or null.</summary>
    internal string? Missing => Programs.All(Shell.Has)
        ? null
        : $"{Name} is not here; get it with: apt-get install {Package}";

    /// <summary>Starts the server side.</summary>
    internal abstract Process Serve(Bench bench, string space, string folder, string address);

    /// <summary>The command that fetches all files to the target.</summary>
    internal abstract string[] Fetch(Bench bench, string folder, string target, string address);

    /// <summary>Fetches once and measures both sides.</summary>
    internal Measurement Measure(Bench bench, (string Server, string Client) spaces, string address, string folder)
    {
        var target = bench.Fresh(Name);
        var before = Shell.ChildrenSeconds;
        var server = Serve(bench, spaces.Server, folder, address);
        bench.WaitFor(spaces.Client, address, Port);
        var command = Fetch(bench, folder, target, address);
        var clock = Stopwatch.StartNew();
        Shell.Run([.. Lab.In(spaces.Client), .. command]);
        var wall = clock.Elapsed.TotalSeconds;
        Shell.End(server);
        var processor = Shell.ChildrenSeconds - before;
        var isWhole = Corpus.AreEqual(folder, target);
        Directory.Delete(target, recursive: true);
        return new(wall, processor, isWhole);
    }

    /// <summary>Where its server listens.</summary>
    internal abstract int Port { get; }
}

/// <summary>Wall-clock seconds, processor seconds of both sides, and whether the result is the same.</summary>
internal readonly record struct Measurement(double WallSeconds, double ProcessorSeconds, bool IsWhole)
{
    /// <summary>Seconds without the start of the process, where it tells them; zero otherwise.</summary>
    internal double MovingSeconds { get; init; }

    /// <summary>The bytes of the content on the line, as our engine counts them.</summary>
    internal long LineBytes { get; init; }
}

/// <summary>rsync over ssh with its fastest cipher here.</summary>
internal sealed record RsyncTool() : OtherTool("rsync", ["rsync", "ssh", "sshd"], "rsync openssh-server")
{
    internal override int Port => 2222;

    internal override Process Serve(Bench bench, string space, string folder, string address)
    {
        var key = Path.Combine(bench.Keys, "ssh");
        if (!File.Exists(key))
        {
            Shell.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
            Directory.CreateDirectory("/run/sshd");
        }

        return Shell.Start(
            [.. Lab.In(space), "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", key, "-p", $"{Port}",
             "-o", "AuthorizedKeysFile=" + key + ".pub", "-o", "StrictModes=no", "-o", "UsePAM=no",
             "-o", "PermitRootLogin=yes", "-o", "ListenAddress=" + address]);
    }

    internal override string[] Fetch(Bench bench, string folder, string target, string address)
    {
        var key = Path.Combine(bench.Keys, "ssh");
        return
        [
            "rsync", "-a", "-W", "-e",
            $"ssh -q -p {Port} -i {key} -c aes128-gcm@openssh.com -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o Compression=no",
            $"root@{address}:{folder}/", target + "/",
        ];
    }
}

/// <summary>rclone from its own WebDAV server over TLS.</summary>
internal sealed record RcloneTool() : OtherTool("rclone", ["rclone"], "rclone")
{
    internal override int Port => 2223;

    internal override Process Serve(Bench bench, string space, string folder, string address) =>
        Server(bench, space, folder, $"{address}:{Port}");

    internal static Process Server(Bench bench, string space, string folder, string endpoint) => Shell.Start(
        [.. Lab.In(space), "rclone", "serve", "webdav", folder, "--addr", endpoint, "--config", "/dev/null", "-q",
         "--cert", Path.Combine(bench.Keys, "tls.pem"), "--key", Path.Combine(bench.Keys, "tls.key"), "--read-only"]);

    internal override string[] Fetch(Bench bench, string folder, string target, string address) =>
    [
        "rclone", "copy", ":webdav:", target, "--webdav-url", $"https://{address}:{Port}", "--no-check-certificate",
        "--config", "/dev/null", "-q", "--transfers", "32", "--checkers", "32", "--multi-thread-streams", "4",
    ];
}

/// <summary>aria2 from the WebDAV server of rclone over TLS, for it has no server of its own.</summary>
internal sealed record AriaTool() : OtherTool("aria2", ["aria2c", "rclone"], "aria2 rclone")
{
    internal override int Port => 2224;

    internal override Process Serve(Bench bench, string space, string folder, string address) =>
        RcloneTool.Server(bench, space, folder, $"{address}:{Port}");

    internal override string[] Fetch(Bench bench, string folder, string target, string address)
    {
        var list = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path);
            list.Append(CultureInfo.InvariantCulture, $"https://{address}:{Port}/{name}\n  out={name}\n");
        }

        var listFile = Path.Combine(bench.Keys, "aria.txt");
        File.WriteAllText(listFile, list.ToString());
        return
        [
            "aria2c", "-q", "-i", listFile, "-d", target, "--check-certificate=false", "-j", "32", "-x", "4", "-s", "4",
            "-k", "4M", "--file-allocation=none", "--auto-file-renaming=false", "--no-conf", "--auto-save-interval=0",
        ];
    }
}
