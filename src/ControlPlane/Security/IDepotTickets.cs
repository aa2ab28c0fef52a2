using Meridian.Domain;
using Meridian.Domain.Sites;

namespace Meridian.ControlPlane.Security;

/// <summary>Tickets for depots, signed by the authority.</summary>
public interface IDepotTickets
{
    /// <summary>A ticket to read the content at the depot of the node.</summary>
    string ForReading(ContentRoot root, NodeId node);

    /// <summary>A certificate (DER) of the key by which others encrypt for the node's agent.</summary>
    byte[] CertificateOf(Node node);
}
