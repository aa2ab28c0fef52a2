using Meridian.Domain.Data;
using Meridian.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Circuits: what was asked for, and what is in force.</summary>
internal static class CircuitEndpoint
{
    private static readonly Listing<Transfer> Circuits = new(
        "id", t => t.Id.ToString("D19", System.Globalization.CultureInfo.InvariantCulture));

    public static void MapCircuits(this IEndpointRouteBuilder routes) => routes.MapGet("/network/circuits", List)
        .ForAnyone().WithTags("Network")
        .Named<Rest.Page<Rest.CircuitView>>("listCircuits", "Circuits of transfers under way: what was asked for, and what is in force");

    private static IResult List(Call call, [AsParameters] ListQuery query, ICircuitReports reports)
    {
        var data = call.State.Data;
        var mine = data.Moving.Select(id => data.Transfers[id])
            .Where(t => !t.Links.IsEmpty && call.Caller.Sees(call.State, t.Label.Project));
        return Circuits.Page(query, mine, t => View(t, reports.Of(t.From, t.Id), RequestLanguage.Of(call.Http.Request)));
    }

    private static Rest.CircuitView View(Transfer transfer, CircuitStanding? standing, Language language) => new(
        transfer.Id, transfer.From.Value, transfer.To.Value, [.. transfer.Links.Select(l => l.Value)], transfer.Rate.BitsPerSecond,
        transfer.Start, transfer.Finish,
        standing is null
            ? null
            : new(
                standing.Driver, standing.IsInForce ? "in-force" : "failed", standing.BitsPerSecond, standing.Path,
                standing.Code.Length == 0 ? "" : CircuitTexts.Book.Say(language, standing.Code, [standing.About]), standing.MendedCount, standing.At));
}
