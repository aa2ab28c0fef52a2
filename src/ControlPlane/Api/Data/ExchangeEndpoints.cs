using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Exchanges with stores outside the domain: ordered, read, cancelled, by those whose data it is.</summary>
internal static class ExchangeEndpoints
{
    private static readonly string[] Order = ["-id", "submittedAt"];

    public static void MapExchanges(this IEndpointRouteBuilder routes)
    {
        var exchanges = routes.MapGroup("/exchanges").WithTags("Data");
        exchanges.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.ExchangeView>>("listExchanges", "Exchanges with stores outside the domain, the newest first");
        exchanges.MapPost("", OrderAsync).ForMembers().Named<Rest.ExchangeView>(
            "orderExchange", "Lets a depot fetch a dataset from a store outside the domain, or send one out", StatusCodes.Status201Created);
        exchanges.MapGet("/{id:long}", Get).ForAnyone().Named<Rest.ExchangeView>("getExchange", "An exchange with its progress");
        exchanges.MapPost("/{id:long}/cancel", CancelAsync).ForMembers().Named("cancelExchange", "Ends an exchange; what an import has brought so far goes");
    }

    private static IResult List(Call call, [FromQuery(Name = "state")] string? state, [AsParameters] ListQuery query, ExchangeViews views)
    {
        var all = call.State.Exchanges.All;
        var slice = NumberedListing.Slice(
            query, Order,
            (from, isDescending) => isDescending ? all.DownFrom(from ?? long.MaxValue) : all.From(from ?? 0),
            exchange => (string.IsNullOrEmpty(state) || string.Equals(state, ExchangeViews.StateOf(exchange), StringComparison.Ordinal))
                && call.Caller.Sees(call.State, exchange.Request.Project),
            out var refusal);
        return slice is null
            ? refusal!
            : Results.Ok(new Rest.Page<Rest.ExchangeView>([.. slice.Items.Select(e => views.View(e.Value, call.Language))], slice.NextCursor));
    }

    private static IResult Get(Call call, long id, ExchangeViews views) =>
        Find(call, id) is { } exchange ? Results.Ok(views.View(exchange, call.Language)) : Missing(id);

    private static Task<IResult> CancelAsync(Call call, long id) =>
        Find(call, id) is null ? Task.FromResult<IResult>(Missing(id)) : call.DecideAsync(new CancelExchange(id));

    private static Task<IResult> OrderAsync(
        Call call, Rest.ExchangeWish wish, [FromHeader(Name = "Idempotency-Key")] string? key, ExchangeViews views, Depots depots)
    {
        if (key is { Length: > JobSubmission.KeyLengthMax })
            return Refused(Refusal.Of(
                "bad-request", $"An Idempotency-Key has at most {JobSubmission.KeyLengthMax} characters.", $"Idempotency-Key 最长 {JobSubmission.KeyLengthMax} 个字符。"));
        var (request, refusal) = Read(call, wish, JobSubmission.KeyOf(call.Caller, key));
        if (request is null)
            return Refused(refusal!);
        if (NodeFor(call, request, wish.Site, depots) is not { } node)
            return Refused(Refusal.Of(
                "no-depot", "No ready depot that can take part was found: check the site, and for an export where the dataset lies.",
                "没有可参与的就绪中转库：请检查站点；若为导出，请检查数据集所在位置。"));
        return call.DecideAsync(new OrderExchange(request, node), decision =>
        {
            var exchange = call.Domain.State().Exchanges.All[decision.Value];
            return IsSame(exchange.Request, request)
                ? Results.Created($"/api/v1/exchanges/{decision.Value}", views.View(exchange, call.Language))
                : Refusal.Of(
                    "key-reused", "This Idempotency-Key was used for another request: use a new key.", "此 Idempotency-Key 已用于其他请求：请使用新的键。");
        });
    }

    private static Task<IResult> Refused(Refusal refusal) => Task.FromResult<IResult>(refusal);

    private static bool IsSame(ExchangeRequest left, ExchangeRequest right) =>
        left.Direction == right.Direction && left.Dataset == right.Dataset && left.Place == right.Place;

    /// <summary>The depot that does it: of an import any ready one at the place, of an export one that holds all of the version.</summary>
    private static NodeId? NodeFor(Call call, ExchangeRequest request, string site, Depots depots) =>
        request.Direction == ExchangeDirection.Import
            ? depots.At(call, site)
            : depots.Holding(call, call.State.Data.Find(request.Dataset, request.Version)!, site);

    private static (ExchangeRequest? Request, Refusal? Refusal) Read(Call call, Rest.ExchangeWish wish, SecretHash key)
    {
        if (!ExchangeViews.Directions.TryGetValue(wish.Direction, out var direction))
            return (null, Refusal.Of("bad-request", "The direction is import or export.", "方向须为 import 或 export。"));
        var project = call.Caller.ProjectOr(wish.Project);
        if (!call.Caller.Sees(call.State, project))
            return (null, Refusal.Of(Fault.Of("no-such-project", project)));
        var id = DatasetId.Of(project, wish.Dataset);
        var version = 0;
        if (direction == ExchangeDirection.Export)
        {
            if (!call.State.Data.Datasets.TryGetValue(id, out var dataset) || (wish.Version is { } asked && call.State.Data.Find(id, asked) is null))
                return (null, Refusal.Of(Fault.Of("no-such-dataset", id)));
            version = wish.Version ?? dataset.Latest.Number;
        }
        else if (!call.State.Sites.Sites.ContainsKey(new(wish.Site.Split('/')[0])))
        {
            return (null, SiteEndpoints.Missing(wish.Site));
        }

        return (new(
            direction, project, call.Caller.Token.User, id, version, new(wish.Url, wish.Endpoint ?? "", wish.Store ?? ""),
            wish.Sha256 ?? "", wish.Sovereignty ?? "", key), null);
    }

    /// <summary>The exchange, if the caller may know of it.</summary>
    private static Exchange? Find(Call call, long id) =>
        call.State.Exchanges.All.TryGet(id, out var exchange) && call.Caller.Sees(call.State, exchange.Request.Project) ? exchange : null;

    private static Refusal Missing(long id) => Refusal.Of(Fault.Of("no-such-exchange", id));
}
