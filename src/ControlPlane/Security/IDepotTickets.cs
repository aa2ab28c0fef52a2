using Meridian.Domain;

namespace Meridian.ControlPlane.Security;

/// <summary>Tickets for depots, signed by the authority.</summary>
public interface IDepotTickets
{
    /// <summary>A ticket to read the content at the depot of the node.</summary>
    string ForReading(ContentRoot root, NodeId node);
}
