using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Security;

/// <summary>
/// The domain's own certificate authority. It signs the certificates of agents and of the control plane, each with a
/// SPIFFE ID (SPIFFE-ID and X.509-SVID standards) and a short life, and the tickets that depots check.
/// </summary>
public sealed class Authority : IDisposable
{
    /// <summary>How long an agent's certificate lives.</summary>
    public static readonly TimeSpan AgentLifetime = TimeSpan.FromHours(1);

    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan Backdating = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;

    private Authority(X509Certificate2 root, ECDsa key, string domain, TimeProvider time) =>
        (Root, Key, Domain, _time) = (root, key, domain, time);

    /// <summary>The root certificate, without its key.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The key that signs certificates and tickets.</summary>
    public ECDsa Key { get; }

    /// <summary>The trust domain of the SPIFFE IDs.</summary>
    public string Domain { get; }

    /// <summary>The root certificate as PEM, for those who must trust it.</summary>
    public string Pem => Root.ExportCertificatePem();

    /// <summary>The SHA-256 of the root certificate, which join tokens carry.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Root.RawData));

    /// <summary>Reads the authority from the folder, or makes one there. The key file is for its owner only.</summary>
    public static Authority Open(string folder, string domain, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var (certificatePath, keyPath) = (Path.Combine(folder, "authority.pem"), Path.Combine(folder, "authority.key"));
        if (!File.Exists(certificatePath))
            Make(certificatePath, keyPath, domain, time);

        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(keyPath));
        var root = X509Certificate2.CreateFromPem(File.ReadAllText(certificatePath));
        var named = root.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (!string.Equals(named, NameOf(domain), StringComparison.Ordinal))
            throw new InvalidOperationException(
                $"The authority in '{folder}' is of '{named}', not of domain '{domain}': choose another data folder, or the domain's own name.");
        return new(root, key, domain, time);
    }

    /// <summary>The SPIFFE ID of an agent.</summary>
    public string AgentIdentity(string agentId) => $"spiffe://{Domain}/agent/{agentId}";

    /// <summary>Signs an agent's key for an hour. Throws <see cref="CryptographicException"/> for a request that is not well signed.</summary>
    public X509Certificate2 SignAgent(ReadOnlySpan<byte> signingRequest, string agentId)
    {
        var request = CertificateRequest.LoadSigningRequest(
            signingRequest.ToArray(), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default);
        return Sign(request.PublicKey, AgentIdentity(agentId), agentId, AgentLifetime, hosts: []);
    }

    /// <summary>Says for an hour that the key is the agent's, to those who encrypt something for it. Nobody is let in with it.</summary>
    /// <param name="publicKey">The agent's public key (SPKI).</param>
    /// <param name="agentId">The agent.</param>
    public X509Certificate2 SignForSealing(byte[] publicKey, string agentId)
    {
        var request = new CertificateRequest(Name(agentId), PublicKey.CreateFromSubjectPublicKeyInfo(publicKey, out _), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyAgreement, critical: true));
        return Sign(request, AgentIdentity(agentId), AgentLifetime, hosts: []);
    }

    /// <summary>The SHA-256 of the public key in a signing request.</summary>
    public static string ThumbprintOf(ReadOnlySpan<byte> signingRequest)
    {
        var request = CertificateRequest.LoadSigningRequest(
            signingRequest.ToArray(), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default);
        return Convert.ToHexStringLower(SHA256.HashData(request.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>A certificate with a fresh key for the control plane's own listeners.</summary>
    public X509Certificate2 IssueServer(IReadOnlyList<string> hosts, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = new CertificateRequest("CN=control", key, HashAlgorithmName.SHA256).PublicKey;
        using var signed = Sign(publicKey, $"spiffe://{Domain}/control", "control", lifetime, hosts);
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>The agent that the certificate names, if this authority signed it and it is in force; else nothing.</summary>
    public string? AgentOf(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        if (!chain.Build(certificate))
            return null;

        var prefix = AgentIdentity("");
        return SpiffeIdentity.Of(certificate).FirstOrDefault(i => i.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Root.Dispose();
        Key.Dispose();
    }

    // A common name has at most 64 characters (X.520); the identity is in the SPIFFE ID.
    private static X500DistinguishedName Name(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name.Length <= 64 ? name : name[^64..]);
        return builder.Build();
    }

    private static string NameOf(string domain) => $"Meridian {domain}";

    private static void Make(string certificatePath, string keyPath, string domain, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={NameOf(domain)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var root = request.CreateSelfSigned(now - Backdating, now + RootLifetime);
        WritePrivate(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, root.ExportCertificatePem());
    }

    private static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        using var writer = new StreamWriter(file);
        writer.Write(text);
    }

    private X509Certificate2 Sign(PublicKey publicKey, string identity, string name, TimeSpan lifetime, IReadOnlyList<string> hosts)
    {
        var request = new CertificateRequest(Name(name), publicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        return Sign(request, identity, lifetime, hosts);
    }

    private X509Certificate2 Sign(CertificateRequest request, string identity, TimeSpan lifetime, IReadOnlyList<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity));
        foreach (var host in hosts)
        {
            if (System.Net.IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        var now = _time.GetUtcNow();
        return request.Create(
            Root.SubjectName, X509SignatureGenerator.CreateForECDsa(Key), now - Backdating, now + lifetime,
            RandomNumberGenerator.GetBytes(16));
    }
}
