using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Meridian.Datasets;
using Meridian.Depot;
using Meridian.Protocol.Agents;

namespace Meridian.Agent.Hosting;

/// <summary>
/// The keys of sealed content. One that this depot made follows from the content and a secret that never leaves the machine, so the
/// same content is always sealed alike and a transfer goes on after any crash; it is given away only encrypted for an agent whose
/// certificate the domain's authority signed.
/// </summary>
internal sealed class Keyring(AgentIdentity identity, DepotStore store)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SealReport>>> _sealing = new(StringComparer.Ordinal);

    /// <summary>Seals what the order names, and encrypts the key for those who are to open it. Never throws: the report says how it went.</summary>
    public async Task<SealReport> SealAsync(SealDataset order, CancellationToken cancellation)
    {
        // An order that is told again while it is followed is followed once.
        var name = $"{order.Transfer} {order.Root} {string.Join(' ', order.Recipients.Select(r => r.Agent))}";
        var work = _sealing.GetOrAdd(name, _ => new(() => MakeAsync(order, cancellation)));
        try
        {
            return await work.Value;
        }
        finally
        {
            _sealing.TryRemove(name, out _);
        }
    }

    /// <summary>The key that came with an order to pull.</summary>
    /// <exception cref="IngestException">It was not encrypted for this agent, or for other content.</exception>
    public SealedRoot Open(FetchDataset order, ManifestRoot whole, ManifestRoot opened)
    {
        using var own = identity.KeyAgreement();
        return KeyWrap.TryUnwrap(order.Key.Span, own, new(order.Sealer, identity.AgentId, whole)) is { } seal
            ? new(whole, seal) { Opened = opened }
            : throw new IngestException($"The key of '{whole}' was not made for this agent.", inner: null);
    }

    private async Task<SealReport> MakeAsync(SealDataset order, CancellationToken cancellation)
    {
        var report = new SealReport { Transfer = order.Transfer, Root = order.Root };
        try
        {
            if (!ManifestRoot.TryParse(order.Root, out var root))
                throw new IngestException($"'{order.Root}' is no dataset's root.", inner: null);
            var seal = identity.SealOf(root);
            var whole = await store.SealAsync(root, seal, cancellation);
            report.SealedRoot = whole.ToString();
            foreach (var recipient in order.Recipients)
                report.Keys.Add(new SealedKey { Agent = recipient.Agent, Key = ByteString.CopyFrom(Wrap(seal, recipient, whole)) });
        }
        catch (Exception failure) when (failure is DepotException or IOException or CryptographicException or OperationCanceledException)
        {
            report.Keys.Clear();
            (report.SealedRoot, report.Reason) = ("", failure is OperationCanceledException ? "cancelled" : failure.Message);
        }

        return report;
    }

    private byte[] Wrap(DatasetSeal seal, SealRecipient recipient, ManifestRoot whole)
    {
        using var shown = X509CertificateLoader.LoadCertificate(recipient.Certificate.Span);
        var named = $"spiffe://{identity.TrustDomain}/agent/{recipient.Agent}";
        if (!AgentIdentity.IsSignedBy(identity.Authority, shown) || !SpiffeIdentity.Of(shown).Contains(named, StringComparer.Ordinal))
            throw new CryptographicException($"The certificate of '{recipient.Agent}' is not signed by this domain.");
        using var to = shown.GetECDiffieHellmanPublicKey()
            ?? throw new CryptographicException($"The certificate of '{recipient.Agent}' is not for handing over keys.");
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return KeyWrap.Wrap(seal, once, to.PublicKey, new(identity.AgentId, recipient.Agent, whole));
    }
}
