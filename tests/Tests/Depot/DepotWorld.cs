using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Primitives;
using Meridian.Protocol.Agents;
using Meridian.Tests.Datasets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Depot;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("meridian-test-").FullName;

    public string At(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose()
    {
        foreach (var folder in new DirectoryInfo(Path).EnumerateDirectories("*", SearchOption.AllDirectories))
        {
            if (folder.LinkTarget is null && !OperatingSystem.IsWindows())
                folder.UnixFileMode |= UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.UserRead;
        }

        Directory.Delete(Path, recursive: true);
    }
}

/// <summary>A domain with an authority, and one depot that listens on this machine.</summary>
internal sealed class DepotWorld : IAsyncDisposable
{
    public const string Site = "east";
    public const string CallerIdentity = "spiffe://test/agent/caller";
    public const string Identity = "spiffe://test/agent/a1";

    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly ScratchFolder _folder = new();
    private DepotHost? _host;

    public DepotWorld()
    {
        Authority = Certificates.Authority(_authorityKey);
        _certificate = Certificates.Issue(Authority, _authorityKey, Identity);
        Store = DepotStore.Open(_folder.At("source"), new LocalDisk());
    }

    public X509Certificate2 Authority { get; }

    public DepotStore Store { get; }

    public FixedClock Clock { get; } = new(Manifests.Noon);

    public Uri Url => _host!.Url;

    public static async Task<DepotWorld> StartAsync(CancellationToken cancellation)
    {
        var world = new DepotWorld();
        var key = world._authorityKey.ExportSubjectPublicKeyInfo();
        var options = new DepotHostOptions
        {
            Depot = new() { Site = Site, TicketKey = () => key },
            Address = IPAddress.Loopback,
            Port = 0,
            Certificate = () => world._certificate,
            CallerIsTrusted = (certificate, _, _) =>
                SpiffeIdentity.Of(certificate).Contains(CallerIdentity, StringComparer.Ordinal),
        };
        world._host = await DepotHost.StartAsync(
            world.Store, options, world.Clock, NullLoggerFactory.Instance, cancellation);
        return world;
    }

    public string FolderOf(string name) => _folder.At(name);

    public DepotStore OpenStore(string name) => DepotStore.Open(_folder.At(name), new LocalDisk());

    /// <summary>A dataset of large and small files in the depot, some of them alike.</summary>
    public async Task<DatasetManifest> IngestAsync(CancellationToken cancellation, int largeCount = 3)
    {
        using var folder = new ScratchFolder();
        var seed = new Seed(7);
        for (var index = 0; index < largeCount; index++)
            folder.Write($"large/{index}.bin", Bytes(ref seed, Chunk.SizeBytesUsual + 1000 + index));
        for (var index = 0; index < 50; index++)
            folder.Write($"small/{index}.txt", Bytes(ref seed, 10 + index));
        folder.Write("empty", []);
        File.CreateSymbolicLink(folder.At("first"), "large/0.bin");
        return await Store.IngestAsync(folder.Path, progress: null, cancellation);
    }

    public string ReadTicket(ManifestRoot root) => Sign(DepotTicket.ForReading(Site, root, Manifests.Noon.AddHours(1)));

    public string WriteTicket(ManifestRoot root, DataSize sizeMax) =>
        Sign(DepotTicket.ForWriting(Site, root, Manifests.Noon.AddHours(1), sizeMax));

    public string Sign(DepotTicket ticket) => ticket.Sign(_authorityKey);

    public X509Certificate2 Issue(string identity) => Certificates.Issue(Authority, _authorityKey, identity);

    public DepotTrust Trust => new(Authority, Identity, OwnCertificate: null);

    public DepotClient Connect(Func<HttpMessageHandler, HttpMessageHandler>? wrap = null) =>
        Connect(Impatient, TimeProvider.System, wrap);

    public DepotClient Connect(
        DepotClientOptions options, TimeProvider clock, Func<HttpMessageHandler, HttpMessageHandler>? wrap)
    {
        HttpMessageHandler transport = Trust.CreateHandler();
        return new(Url, wrap is null ? transport : wrap(transport), options, clock);
    }

    /// <summary>Waits for nothing between attempts, and asks for one pack at a time.</summary>
    public static DepotClientOptions Impatient { get; } = new()
    {
        BackOffFirst = TimeSpan.Zero,
        SilenceMax = Timeout.InfiniteTimeSpan,
        ParallelCount = 1,
        ParallelCountFar = 1,
        PackSize = DataSize.FromMebibytes(4),
    };

    public static byte[] Bytes(ref Seed seed, int count)
    {
        var bytes = new byte[count];
        for (var index = 0; index < count; index++)
            bytes[index] = (byte)seed.NextBits();
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        Store.Dispose();
        _folder.Dispose();
        _certificate.Dispose();
        Authority.Dispose();
        _authorityKey.Dispose();
    }
}

/// <summary>Certificates that the operating system's store knows nothing of.</summary>
internal static class Certificates
{
    public static X509Certificate2 Authority(ECDsa key)
    {
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public static X509Certificate2 Issue(X509Certificate2 authority, ECDsa authorityKey, string identity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=depot", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new(identity));
        names.AddDnsName("depot.invalid");
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(authorityKey),
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddHours(1),
            [1, 2, 3, 4]);
        return bare.CopyWithPrivateKey(key);
    }
}
