using System.Security.Cryptography.X509Certificates;
using Meridian.Depot;
using Meridian.Protocol.Agents;

namespace Meridian.Cli;

/// <summary>Connects to a depot that must be a certain agent of the domain.</summary>
internal static class DepotConnection
{
    public static DepotClient Open(Uri depot, DepotTrust trust, string agentId)
    {
        // The domain's authority vouches for the chain; the path of the SPIFFE ID names the agent.
        var handler = trust.CreateHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            certificate is X509Certificate2 shown && trust.Accepts(shown, chain)
            && SpiffeIdentity.Of(shown).Any(identity => identity.EndsWith("/agent/" + agentId, StringComparison.Ordinal));
        return new(depot, handler, new DepotClientOptions(), TimeProvider.System);
    }
}
