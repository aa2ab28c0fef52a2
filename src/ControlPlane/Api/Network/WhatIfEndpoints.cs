using Meridian.Domain;
using Meridian.Networking.Routing;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>What the cut or the change of a link would do to circuits, transfers and latency circles.</summary>
internal static class WhatIfEndpoints
{
    // Each link asks for the latencies between all sites once more.
    private const int LinkCountMax = 100;

    /// <summary>The link that is cut or changed.</summary>
    internal sealed record ChangeQuery(
        [FromQuery(Name = "link")] string? Link, [FromQuery(Name = "bitsPerSecond")] long? BitsPerSecond,
        [FromQuery(Name = "latencyMicroseconds")] long? LatencyMicroseconds)
    {
        public bool IsReadable => BitsPerSecond is null or > 0 && LatencyMicroseconds is null or >= 0;

        public LinkChange Of(LinkId link) => new(link, BitsPerSecond is { } rate ? new Bandwidth(rate) : null, LatencyMicroseconds);
    }

    public static void MapNetworkWhatIf(this IEndpointRouteBuilder routes) => routes.MapGet("/network/what-if", Get)
        .ForOperators().WithTags("Network")
        .Named<IReadOnlyList<Rest.LinkChangeView>>(
            "networkWhatIf", "What it would do to circuits, transfers and latency circles to cut a link, or each of all links, or to change it");

    private static IResult Get(Call call, [AsParameters] ChangeQuery query)
    {
        var links = call.State.Network.Links;
        if (!query.IsReadable)
            return Refusal.Of("bad-request", "A link carries more than nothing and its latency is not negative.", "链路容量须大于零，时延不得为负。");
        if (query.Link is { Length: > 0 } named)
        {
            return links.ContainsKey(new(named))
                ? Results.Ok(new[] { View(call, NetworkWhatIf.Of(call.State, query.Of(new(named)), call.Now)) })
                : Refusal.Missing("link", $"There is no link '{named}'.", $"没有链路“{named}”。");
        }

        return links.Count > LinkCountMax
            ? Refusal.Of("bad-request", $"There are more than {LinkCountMax} links: name one.", $"链路超过 {LinkCountMax} 条：请指定一条。")
            : Results.Ok(links.Keys.Select(link => View(call, NetworkWhatIf.Of(call.State, query.Of(link), call.Now))).ToList());
    }

    private static Rest.LinkChangeView View(Call call, LinkChangeOutcome outcome) => new(
        outcome.Change.Link.Value, outcome.Change.IsCut ? "cut" : "changed",
        [.. outcome.Transfers.Select(t => View(t, RequestLanguage.Of(call.Http.Request)))],
        Shares(outcome.Before), Shares(outcome.After),
        [.. outcome.Pairs.Select(p => new Rest.PairFateView(
            p.Pair.From.Value, p.Pair.To.Value, NetworkViews.Name(LatencyCircles.Of(p.BeforeMicroseconds)), p.BeforeMicroseconds,
            NetworkViews.Name(LatencyCircles.Of(p.AfterMicroseconds)), p.AfterMicroseconds))]);

    private static Rest.TransferFateView View(TransferFate fate, Language language) => new(
        fate.Transfer.Id, fate.Transfer.Dataset.ToString(), fate.Fault is not null ? "stuck" : fate.IsKept ? "kept" : "late",
        fate.Transfer.Promised, fate.Transfer.Expected, fate.Arrival, fate.Fault?.Say(language) ?? "",
        [.. fate.Lost.Select(View)], [.. fate.Instead.Select(View)]);

    private static Rest.ImaginedCircuitView View(ImaginedCircuit circuit) => new(
        circuit.From.Value, circuit.To.Value, [.. circuit.Links.Select(l => l.Value)], circuit.Rate.BitsPerSecond, circuit.Start, circuit.Finish);

    private static Rest.CircleSharesView Shares(CircleCounts counts)
    {
        return new(Share(counts.MetroCount), Share(counts.RegionCount), Share(counts.NationCount), Share(counts.MeetingCount));

        double Share(int count) => counts.PairCount == 0 ? 0 : (double)count / counts.PairCount;
    }
}
