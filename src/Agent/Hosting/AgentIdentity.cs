using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Meridian.Datasets;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>The agent cannot go on, and trying again does not help.</summary>
public sealed class AgentRefusedException : Exception
{
    private readonly Phrase _phrase;
    private readonly object?[] _arguments;

    internal AgentRefusedException(Exception? inner, Phrase phrase, params object?[] arguments)
        : base(phrase.In(Language.English, arguments), inner) =>
        (_phrase, _arguments) = (phrase, arguments);

    /// <summary>Why, in the language.</summary>
    public string In(Language language) => _phrase.In(language, _arguments);
}

/// <summary>Who the agent is: its own key, which never leaves the machine, and the certificate that its domain gave it.</summary>
public sealed class AgentIdentity : IDisposable
{
    private const string EnrolmentName = "enrolment.json";

    private readonly string _folder;
    private readonly ECDsa _key;
    private readonly TimeProvider _time;
    private Enrolment _enrolment;
    private byte[]? _sealSecret;
    private DateTimeOffset _renewalDueAt;

    private sealed record JoinContent(string Server, string Ca, string Secret, string Site);

    private sealed record Enrolment(string Server, string AgentId, byte[] Certificate, byte[] Authority);

    private AgentIdentity(string folder, ECDsa key, Enrolment enrolment, TimeProvider time) =>
        (_folder, _key, _enrolment, _renewalDueAt, _time) = (folder, key, enrolment, MiddleOf(enrolment), time);

    /// <summary>The agent's name, as <c>site/pool/node</c>.</summary>
    public string AgentId => _enrolment.AgentId;

    /// <summary>The agent's site.</summary>
    public string Site => AgentId[..AgentId.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Where the control plane answers.</summary>
    public string Server => _enrolment.Server;

    /// <summary>The domain's authority.</summary>
    public X509Certificate2 Authority => X509CertificateLoader.LoadCertificate(_enrolment.Authority);

    /// <summary>The trust domain, read from the certificate.</summary>
    public string TrustDomain => new Uri(SpiffeIdentity.Of(Bare())[0]).Host;

    /// <summary>The certificate in force, with its key.</summary>
    public X509Certificate2 Certificate()
    {
        using var bare = Bare();
        using var withKey = bare.CopyWithPrivateKey(_key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>The agent's certified key, for keys that are handed over to it.</summary>
    internal ECDiffieHellman KeyAgreement() => ECDiffieHellman.Create(_key.ExportParameters(includePrivateParameters: true));

    /// <summary>The key by which this agent seals the content: it follows from a secret of this machine's and from the content.</summary>
    internal DatasetSeal SealOf(ManifestRoot content)
    {
        lock (_key)
            _sealSecret ??= OpenSecret(Path.Combine(_folder, "seals.key"));
        return new(HKDF.DeriveKey(
            HashAlgorithmName.SHA256, _sealSecret, DatasetSeal.SecretBytes, info: Encoding.UTF8.GetBytes("meridian-dataset-key-1 " + content)));
    }

    /// <summary>Whether half of the certificate's life is over.</summary>
    public bool IsRenewalDue => _time.GetUtcNow() > _renewalDueAt;

    /// <summary>Whether an agent has joined from the folder.</summary>
    internal static bool HasJoined(string dataDirectory) => File.Exists(Path.Combine(FolderIn(dataDirectory), EnrolmentName));

    /// <summary>Reads the identity of an agent that has joined, or joins with the token.</summary>
    public static async Task<AgentIdentity> OpenAsync(AgentOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var folder = FolderIn(options.DataDirectory);
        Directory.CreateDirectory(folder);
        var key = OpenKey(Path.Combine(folder, "agent.key"));
        var path = Path.Combine(folder, EnrolmentName);
        if (File.Exists(path))
        {
            var known = JsonSerializer.Deserialize<Enrolment>(await File.ReadAllTextAsync(path, cancellation))!;
            if (options.JoinToken is { } token && !IsOf(known.Authority, Read(token)))
                throw new AgentRefusedException(inner: null, AgentTexts.OtherDomainsFolder, options.DataDirectory);
            return new(folder, key, known, time);
        }

        if (options.JoinToken is null)
            throw new AgentRefusedException(inner: null, AgentTexts.NotJoined, options.DataDirectory);
        var identity = new AgentIdentity(folder, key, await EnrolAsync(options, key, cancellation), time);
        identity.Save();
        return identity;
    }

    /// <summary>Asks for a fresh certificate; over the old one while it is in force, after that by the key alone.</summary>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        using var channel = Connect(withCertificate: _time.GetUtcNow() < Bare().NotAfter.ToUniversalTime());
        var signing = SigningRequest(_key);
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        var text = $"renew|{AgentId}|{seconds}|{Convert.ToHexStringLower(SHA256.HashData(signing))}";
        var reply = await new AgentLink.AgentLinkClient(channel).RenewAsync(
            new()
            {
                AgentId = AgentId,
                SigningRequest = ByteString.CopyFrom(signing),
                UnixSeconds = seconds,
                Proof = ByteString.CopyFrom(_key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256)),
            },
            cancellationToken: cancellation);
        _enrolment = _enrolment with { Certificate = reply.Certificate_.ToByteArray() };
        _renewalDueAt = MiddleOf(_enrolment);
        Save();
    }

    /// <summary>A channel to the control plane that talks to nobody else.</summary>
    public GrpcChannel Connect(bool withCertificate)
    {
        var (authority, control) = (Authority, $"spiffe://{TrustDomain}/control");
        return Channel(
            Server, withCertificate ? Certificate() : null,
            shown => IsSignedBy(authority, shown) && SpiffeIdentity.Of(shown).Contains(control, StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>Whether the authority signed the certificate, and it is in force.</summary>
    internal static bool IsSignedBy(X509Certificate2 authority, X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(shown);
    }

    // The authority signs agents too, and one agent must not pass for the control plane before another.
    private static bool IsControl(X509Certificate2 shown) => SpiffeIdentity.Of(shown)
        .Any(i => Uri.TryCreate(i, UriKind.Absolute, out var id) && id is { Scheme: "spiffe", AbsolutePath: "/control" });

    private static async Task<Enrolment> EnrolAsync(AgentOptions options, ECDsa key, CancellationToken cancellation)
    {
        var token = Read(options.JoinToken!);
        try
        {
            var authority = await ReadAuthorityAsync(token, cancellation);
            using var channel = Channel(token.Server, own: null, shown => IsSignedBy(authority, shown) && IsControl(shown));
            var reply = await new AgentLink.AgentLinkClient(channel).EnrolAsync(
                new()
                {
                    Token = options.JoinToken,
                    SigningRequest = ByteString.CopyFrom(SigningRequest(key)),
                    Pool = options.Pool,
                    Node = options.Node,
                    Driver = "process",
                    ProtocolVersion = "1",
                },
                deadline: DateTime.UtcNow.AddSeconds(30), cancellationToken: cancellation);
            return new(token.Server, reply.AgentId, reply.Certificate_.ToByteArray(), reply.Authority.ToByteArray());
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.PermissionDenied or StatusCode.InvalidArgument)
        {
            throw new AgentRefusedException(refusal, AgentTexts.JoinRefused, refusal.Status.Detail);
        }
        catch (RpcException failure)
        {
            throw new AgentRefusedException(failure, AgentTexts.Unreachable, token.Server, failure.Status.Detail);
        }
    }

    /// <summary>
    /// Asks for the authority over a line that nothing is trusted on yet, and takes it only if it is the one that the
    /// token names. The token's secret is sent on a second line, to a server that this authority signed.
    /// </summary>
    private static async Task<X509Certificate2> ReadAuthorityAsync(JoinContent token, CancellationToken cancellation)
    {
        using var channel = Channel(token.Server, own: null, _ => true);
        var reply = await new AgentLink.AgentLinkClient(channel).ReadAuthorityAsync(
            new(), deadline: DateTime.UtcNow.AddSeconds(30), cancellationToken: cancellation);
        var bytes = reply.Authority.ToByteArray();
        if (!IsOf(bytes, token))
            throw new AgentRefusedException(inner: null, AgentTexts.OtherDomain, token.Server);
        return X509CertificateLoader.LoadCertificate(bytes);
    }

    private static bool IsOf(byte[] authority, JoinContent token) =>
        string.Equals(Convert.ToHexStringLower(SHA256.HashData(authority)), token.Ca, StringComparison.OrdinalIgnoreCase);

    private static JoinContent Read(string token)
    {
        try
        {
            if (token.StartsWith("mjt1.", StringComparison.Ordinal)
                && JsonSerializer.Deserialize<JoinContent>(Base64Url.DecodeFromChars(token.AsSpan(5)), JsonSerializerOptions.Web) is { Server: not null, Ca: not null } content)
                return content;
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            throw new AgentRefusedException(failure, AgentTexts.TokenDamaged);
        }

        throw new AgentRefusedException(inner: null, AgentTexts.NotAToken);
    }

    private static GrpcChannel Channel(string server, X509Certificate2? own, Func<X509Certificate2, bool> accepts)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is X509Certificate2 shown && accepts(shown);
        if (own is not null)
            handler.SslOptions.ClientCertificates = [own];
        return GrpcChannel.ForAddress(server, new() { HttpHandler = new InOwnLanguage { InnerHandler = handler }, DisposeHttpClient = true });
    }

    /// <summary>Asks for refusals in the language of whoever runs the agent.</summary>
    private sealed class InOwnLanguage : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation(
                AgentLinkWords.LanguageHeader, LanguageChoice.From(Environment.GetEnvironmentVariable).Tag());
            return base.SendAsync(request, cancellationToken);
        }
    }

    private static string FolderIn(string dataDirectory) => Path.Combine(dataDirectory, "identity");

    private static ECDsa OpenKey(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }

        KeepSecret(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return key;
    }

    private static byte[] OpenSecret(string path)
    {
        if (!File.Exists(path))
        {
            // Whole or not there: half a secret would be another one.
            File.Delete(path + ".new");
            KeepSecret(path + ".new", RandomNumberGenerator.GetBytes(DatasetSeal.SecretBytes));
            File.Move(path + ".new", path);
        }

        return File.ReadAllBytes(path);
    }

    private static void KeepSecret(string path, byte[] secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(secret);
        file.Flush(flushToDisk: true);
    }

    private static byte[] SigningRequest(ECDsa key) =>
        new CertificateRequest("CN=agent", key, HashAlgorithmName.SHA256).CreateSigningRequest();

    private X509Certificate2 Bare() => X509CertificateLoader.LoadCertificate(_enrolment.Certificate);

    private static DateTimeOffset MiddleOf(Enrolment enrolment)
    {
        using var bare = X509CertificateLoader.LoadCertificate(enrolment.Certificate);
        var (from, to) = (bare.NotBefore.ToUniversalTime(), bare.NotAfter.ToUniversalTime());
        return new(from + ((to - from) / 2), TimeSpan.Zero);
    }

    private void Save()
    {
        var path = Path.Combine(_folder, EnrolmentName);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(_enrolment));
        File.Move(path + ".new", path, overwrite: true);
    }
}
