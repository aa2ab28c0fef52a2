using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Datasets;
using Meridian.Depot;

namespace Meridian.Benches.Express;

/// <summary>A domain's authority for one measurement: certificates of depots, and tickets.</summary>
internal sealed class ExpressKeys : IDisposable
{
    internal const string Site = "bench";
    private const string Identity = "spiffe://bench/agent/depot";
    private const string AuthorityFile = "authority.pem";
    private const string KeyFile = "authority.key";

    private readonly ECDsa _key;
    private readonly X509Certificate2 _authority;

    private ExpressKeys(ECDsa key, X509Certificate2 authority) => (_key, _authority) = (key, authority);

    /// <summary>What clients trust.</summary>
    internal DepotTrust Trust => new(_authority, Identity, OwnCertificate: null);

    /// <summary>The key by which tickets are judged.</summary>
    internal ReadOnlyMemory<byte> TicketKey => _key.ExportSubjectPublicKeyInfo();

    /// <summary>Makes an authority and keeps it in the folder, for the processes of the measurement.</summary>
    internal static void Create(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bench", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, KeyFile), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, AuthorityFile), authority.ExportCertificatePem());
    }

    /// <summary>Reads the authority of the measurement.</summary>
    internal static ExpressKeys Read(string folder)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(folder, KeyFile)));
        return new(key, X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, AuthorityFile)));
    }

    /// <summary>A depot's certificate with its key.</summary>
    internal X509Certificate2 Issue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=depot", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new(Identity));
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key),
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3, 4]);
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>The right to read a dataset.</summary>
    internal string ReadTicket(ManifestRoot root) =>
        DepotTicket.ForReading(Site, root, DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddHours(6).ToUnixTimeSeconds())).Sign(_key);

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _authority.Dispose();
    }
}
