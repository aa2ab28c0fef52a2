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
    private static readonly Listing<Circuit> Circuits = new(
        "id", c => c.Number.ToString("D19", System.Globalization.CultureInfo.InvariantCulture));

    private sealed record Circuit(Transfer Transfer, Hop Hop, HopSource Source, long Number);

    public static void MapCircuits(this IEndpointRouteBuilder routes) => routes.MapGet("/network/circuits", List)
        .ForAnyone().WithTags("Network")
        .Named<Rest.Page<Rest.CircuitView>>("listCircuits", "Circuits of transfers under way: what was asked for, and what is in force");

    private static IResult List(Call call, [AsParameters] ListQuery query, ICircuitReports reports)
    {
        var data = call.State.Data;
        var mine = data.OpenHops
            .Where(o => o.Hop.State == HopState.Moving && call.Caller.Sees(call.State, o.Transfer.Dataset.Project))
            .SelectMany(o => o.Hop.Windows[o.Hop.Window].Sources.Select(
                (source, index) => new Circuit(o.Transfer, o.Hop, source, TransferRules.CircuitNumber(o.Hop.Fetch, index))))
            .Where(c => !c.Source.Links.IsEmpty);
        return Circuits.Page(query, mine, c => View(c, reports.Of(c.Source.From, c.Number), RequestLanguage.Of(call.Http.Request)));
    }

    private static Rest.CircuitView View(Circuit circuit, CircuitStanding? standing, Language language) => new(
        circuit.Transfer.Id, circuit.Source.From.Value, circuit.Hop.To.Value, [.. circuit.Source.Links.Select(l => l.Value)],
        circuit.Source.Rate.BitsPerSecond, circuit.Hop.Windows[circuit.Hop.Window].Start, circuit.Hop.Windows[circuit.Hop.Window].Finish,
        standing is null
            ? null
            : new(
                standing.Driver, standing.IsInForce ? "in-force" : "failed", standing.BitsPerSecond, standing.Path,
                standing.Code.Length == 0 ? "" : CircuitTexts.Book.Say(language, standing.Code, [standing.About]), standing.MendedCount, standing.At));
}
