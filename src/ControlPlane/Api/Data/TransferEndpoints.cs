using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Scheduling.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Which transfers a list is about.</summary>
internal sealed record TransferFilter(
    [FromQuery(Name = "state")] string? State, [FromQuery(Name = "job")] long? Job, [FromQuery(Name = "purpose")] string? Purpose)
{
    public bool Takes(Transfer transfer) =>
        (Job is null || transfer.Job == Job)
        && (string.IsNullOrEmpty(State) || string.Equals(State, TransferViews.StateOf(transfer), StringComparison.Ordinal))
        && (string.IsNullOrEmpty(Purpose) || string.Equals(Purpose, transfer.Request.Purpose.ToString(), StringComparison.OrdinalIgnoreCase));
}

/// <summary>Transfers: quoted, ordered, read, paused, resumed, cancelled, by those whose data moves.</summary>
internal static class TransferEndpoints
{
    /// <summary>How often a plan is made anew when the writer has seen more than the planner.</summary>
    private const int AttemptCountMax = 3;

    private const long RateMax = 10_000_000_000_000_000;

    private static readonly string[] Order = ["-id", "submittedAt"];

    public static void MapTransfers(this IEndpointRouteBuilder routes)
    {
        var transfers = routes.MapGroup("/transfers").WithTags("Data");
        transfers.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.TransferView>>("listTransfers", "Transfers, the newest first");
        transfers.MapPost("", SendAsync).ForMembers().Named<Rest.TransferDetail>(
            "sendData", "Brings a dataset to sites, with a promised arrival, or says what can be promised", StatusCodes.Status201Created);
        transfers.MapPost("/quotes", Quote).ForAnyone().Named<Rest.TransferQuote>("quoteTransfer", "The price and the arrival of a transfer before it is ordered");
        transfers.MapGet("/{id:long}", Get).ForAnyone().Named<Rest.TransferDetail>("getTransfer", "A transfer with its hops, its progress, and what was promised and kept");
        transfers.MapPost("/{id:long}/pause", PauseAsync).ForMembers().Named("pauseTransfer", "Halts a transfer; its circuits are given back, and what has come stays");
        transfers.MapPost("/{id:long}/resume", ResumeAsync).ForMembers().Named("resumeTransfer", "Goes on with a paused transfer, with a new promise");
        transfers.MapPost("/{id:long}/cancel", CancelAsync).ForMembers().Named("cancelTransfer", "Ends a transfer; what did not move is refunded");
    }

    private static IResult List(Call call, [AsParameters] TransferFilter filter, [AsParameters] ListQuery query, TransferViews views)
    {
        var data = call.State.Data;
        var slice = NumberedListing.Slice(
            query, Order,
            (from, isDescending) => isDescending ? data.Transfers.DownFrom(from ?? long.MaxValue) : data.Transfers.From(from ?? 0),
            transfer => filter.Takes(transfer) && call.Caller.Sees(call.State, transfer.Dataset.Project),
            out var refusal);
        return slice is null
            ? refusal!
            : Results.Ok(new Rest.Page<Rest.TransferView>([.. slice.Items.Select(e => views.Summary(e.Value, call.Now))], slice.NextCursor));
    }

    private static IResult Get(Call call, long id, TransferViews views) =>
        Find(call, id) is { } transfer ? Results.Ok(views.Detail(transfer, call.Now)) : Missing(id);

    private static IResult Quote(Call call, Rest.TransferWish wish)
    {
        var (request, refusal) = Read(call, wish, new(""));
        if (request is null)
            return refusal!;
        var plan = TransferPlanner.Plan(call.State, request, call.Now);
        if (plan.Fault is { } fault)
            return Refusal.Of(fault);
        return Results.Ok(new Rest.TransferQuote(
            request.Dataset.Value, request.Version, wish.Mode, wish.To, plan.Hops.Sum(h => h.Size.Bytes), plan.Arrival!.Value,
            plan.Price.ToString(), "quoted", TransferViews.Planned(call.State.Network, request, plan.Hops)));
    }

    private static async Task<IResult> SendAsync(
        Call call, Rest.TransferWish wish, [FromHeader(Name = "Idempotency-Key")] string? key, TransferViews views)
    {
        if (key is { Length: > JobSubmission.KeyLengthMax })
            return Refusal.Of(
                "bad-request", $"An Idempotency-Key has at most {JobSubmission.KeyLengthMax} characters.",
                $"Idempotency-Key 最长 {JobSubmission.KeyLengthMax} 个字符。");
        var (request, refusal) = Read(call, wish, JobSubmission.KeyOf(call.Caller, key));
        if (request is null)
            return refusal!;
        if (request.IdempotencyKey.Value.Length > 0 && call.State.Data.ByKey.TryGetValue(request.IdempotencyKey, out var made))
            return Taken(call, request, made, views);

        return await PlannedAsync(
            call, domain => TransferPlanner.Plan(domain.State(), request, call.Now), hops => new OrderTransfer(request, hops),
            id => Taken(call, request, id, views));
    }

    private static IResult Taken(Call call, TransferRequest request, long id, TransferViews views)
    {
        var transfer = call.Domain.State().Data.Transfers[id];
        var isSame = transfer.Request.Dataset == request.Dataset && transfer.Request.Mode == request.Mode && transfer.Request.To.SequenceEqual(request.To)
            && transfer.Request.IsSealed == request.IsSealed;
        return isSame
            ? Results.Created($"/api/v1/transfers/{id}", views.Detail(transfer, call.Now))
            : Refusal.Of(
                "key-reused", "This Idempotency-Key was used for another request: use a new key.", "此 Idempotency-Key 已用于其他请求：请使用新的键。");
    }

    private static Task<IResult> PauseAsync(Call call, long id) => CommandAsync(call, id, new PauseTransfer(id));

    private static Task<IResult> CancelAsync(Call call, long id) => CommandAsync(call, id, new CancelTransfer(id));

    private static Task<IResult> ResumeAsync(Call call, long id)
    {
        if (Find(call, id) is not { } transfer)
            return Task.FromResult<IResult>(Missing(id));
        if (transfer.State is TransferState.Admitted or TransferState.Moving)
            return Task.FromResult(Results.NoContent());
        return PlannedAsync(
            call, domain => TransferPlanner.Replan(domain.State(), domain.State().Data.Transfers[id], call.Now),
            hops => new ReplanTransfer(id, hops, IsResumed: true), _ => Results.NoContent());
    }

    /// <summary>Plans and asks the writer, and plans again where others were faster.</summary>
    private static async Task<IResult> PlannedAsync(
        Call call, Func<IDomain, TransferPlan> plan, Func<System.Collections.Immutable.ImmutableArray<PlannedHop>, DomainCommand> command,
        Func<long, IResult> answer)
    {
        for (var attempt = 1; ; attempt++)
        {
            var planned = plan(call.Domain);
            if (planned.Fault is { } impossible)
                return Refusal.Of(impossible);
            var decision = await call.Domain.ExecuteAsync(command(planned.Hops), call.Cancellation);
            if (decision.Fault is null)
                return answer(decision.Value);
            if (attempt == AttemptCountMax || decision.Fault.Code is not ("link-full" or "node-not-ready" or "no-replica"))
                return Refusal.Of(decision.Fault);
        }
    }

    private static Task<IResult> CommandAsync(Call call, long id, DomainCommand command) =>
        Find(call, id) is null ? Task.FromResult<IResult>(Missing(id)) : call.DecideAsync(command);

    /// <summary>The transfer, if the caller may know of it.</summary>
    private static Transfer? Find(Call call, long id) =>
        call.State.Data.Transfers.TryGet(id, out var transfer) && call.Caller.Sees(call.State, transfer.Dataset.Project) ? transfer : null;

    private static Refusal Missing(long id) => Refusal.Of(Fault.Of("no-such-transfer", id));

    private static (TransferRequest? Request, Refusal? Refusal) Read(Call call, Rest.TransferWish wish, SecretHash key)
    {
        var project = call.Caller.ProjectOr(wish.Project);
        var id = DatasetId.Of(project, wish.Dataset);
        if (!call.Caller.Sees(call.State, project) || !call.State.Data.Datasets.TryGetValue(id, out var dataset))
            return (null, Refusal.Of(Fault.Of("no-such-dataset", id)));
        if (!TransferViews.Modes.TryGetValue(wish.Mode, out var mode))
            return (null, Refusal.Of(
                "bad-request", "The mode is dedicated, aggregated or offpeak.", "模式须为 dedicated、aggregated 或 offpeak。"));
        if (wish.To.Count is 0 or > TransferRules.SiteCountMax || wish.Priority is < 0 or > TransferRules.PriorityMax)
            return (null, Refusal.Of(Fault.Of("bad-transfer", TransferRules.SiteCountMax, TransferRules.PriorityMax)));
        if (wish.To.FirstOrDefault(site => !call.State.Sites.Sites.ContainsKey(new(site))) is { } unknown)
            return (null, SiteEndpoints.Missing(unknown));
        if (wish.BitsPerSecond is <= 0 or > RateMax)
            return (null, Refusal.Of("bad-request", "A rate is above zero and at most 10 Pbps.", "速率须大于零且不超过 10 Pbps。"));
        if (mode == TransferMode.Offpeak && wish.Deadline is null)
            return (null, Refusal.Of("bad-request", "An off-peak transfer needs a deadline.", "错峰模式需要截止时间。"));
        if (wish.Deadline <= call.Now)
            return (null, Refusal.Of("bad-request", "The deadline has passed.", "截止时间已过。"));
        return (new(
            TransferPurpose.Send, project, call.Caller.Token.User, id, wish.Version ?? dataset.Latest.Number,
            [.. wish.To.Distinct(StringComparer.Ordinal).Select(site => new SiteId(site))], mode, wish.Priority ?? 0,
            new(wish.BitsPerSecond ?? 0), wish.Deadline, Job: 0, key, wish.Sealed ?? false), null);
    }
}
