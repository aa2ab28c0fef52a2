using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Meridian.Depot;
using Meridian.Tests.Architecture;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Meridian.Tests.Depot;

/// <summary>A real S3-compatible server (s3rver) on the loopback address, with one bucket, in a folder that is gone afterwards.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "lake";
    public const string AccessKey = "S3RVER";
    public const string SecretKey = "S3RVER";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ScratchFolder _folder;
    private readonly Process _process;

    private S3Server(ScratchFolder folder, Process process, int port)
    {
        (_folder, _process) = (folder, process);
        Endpoint = new($"http://127.0.0.1:{port}/");
        Client = new(new BasicAWSCredentials(AccessKey, SecretKey), new AmazonS3Config { ServiceURL = Endpoint.ToString(), ForcePathStyle = true });
    }

    public Uri Endpoint { get; }

    public AmazonS3Client Client { get; }

    public static async Task<S3Server> StartAsync(CancellationToken cancellation)
    {
        var program = Path.Combine(Repository.Root, "tests", "S3Server", "node_modules", "s3rver", "bin", "s3rver.js");
        Assert.SkipUnless(File.Exists(program), "The S3-compatible server is not installed: run 'npm ci' in tests/S3Server.");
        var port = LoopbackPort.Next();
        var folder = new ScratchFolder();
        var info = new ProcessStartInfo("node") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])[program, "-d", folder.Path, "-a", "127.0.0.1", "-p", $"{port}", "-s", "--no-vhost-buckets", "--configure-bucket", Bucket])
            info.ArgumentList.Add(word);
        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new S3Server(folder, process, port);
        var began = Stopwatch.GetTimestamp();
        while (!await server.AnswersAsync(cancellation))
        {
            Assert.False(process.HasExited, "s3rver has ended.");
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "s3rver does not answer.");
            await Task.Delay(50, cancellation);
        }

        return server;
    }

    public Task PutAsync(string key, byte[] content, CancellationToken cancellation) => Client.PutObjectAsync(
        new() { BucketName = Bucket, Key = key, InputStream = new MemoryStream(content), UseChunkEncoding = false }, cancellation);

    public async Task<byte[]> GetAsync(string key, CancellationToken cancellation)
    {
        using var answer = await Client.GetObjectAsync(Bucket, key, cancellation);
        using var content = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(content, cancellation);
        return content.ToArray();
    }

    public async Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation) =>
        [.. ((await Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket }, cancellation)).S3Objects ?? []).Select(o => o.Key)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Endpoint.Port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>The disk of this machine, and something that happens before each write.</summary>
internal sealed class TappedDisk(Action<long> beforeWrite) : IDepotDisk
{
    private readonly LocalDisk _disk = new();
    private long _writtenBytes;

    public long WrittenBytes => Interlocked.Read(ref _writtenBytes);

    public Stream Create(string path) => _disk.Create(path);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        beforeWrite(Interlocked.Add(ref _writtenBytes, content.Length));
        _disk.Write(file, content, offset);
    }

    public void Sync(Stream file) => _disk.Sync(file);

    public void SyncAll(string folder) => _disk.SyncAll(folder);

    public long AvailableBytes(string folder) => _disk.AvailableBytes(folder);
}
