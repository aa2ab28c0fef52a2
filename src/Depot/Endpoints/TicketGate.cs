using Meridian.Datasets;
using Microsoft.AspNetCore.Http;

namespace Meridian.Depot;

/// <summary>Lets in who has a ticket for this depot and this operation.</summary>
internal sealed class TicketGate(DepotOptions options, TimeProvider clock)
{
    /// <summary>The ticket of a request, checked; otherwise a refusal.</summary>
    public DepotTicket Admit(HttpContext context, DepotOperation operation)
    {
        var header = context.Request.Headers.Authorization.ToString();
        const string prefix = DepotWire.TicketScheme + " ";
        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            throw Refusal.NoTicket("Send the header 'Authorization: Depot TICKET' with a ticket of the control plane.");

        using var key = options.ImportTicketKey();
        var text = header[prefix.Length..].Trim();
        if (!DepotTicket.TryVerify(text, key, clock.GetUtcNow(), out var ticket, out var reason))
            throw Refusal.NoTicket("The ticket was refused: " + reason + ".");
        if (!string.Equals(ticket.Site, options.Site, StringComparison.Ordinal))
            throw Refusal.NotPermitted($"The ticket is for site {ticket.Site}, this depot is at {options.Site}.");
        if (ticket.Operation != operation)
            throw Refusal.NotPermitted("The ticket is for another operation; this one is " + operation + ".");

        return ticket;
    }
}

/// <summary>What a ticket that was admitted permits.</summary>
internal static class TicketScope
{
    /// <summary>Refuses unless the ticket is for the dataset.</summary>
    public static void RequireRoot(this DepotTicket ticket, ManifestRoot root)
    {
        if (ticket.Root is { } permitted && permitted != root)
            throw Refusal.NotPermitted("The ticket is for another dataset.");
    }
}
