using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Domain.Reservations;
using Meridian.JobFiles;
using Meridian.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Reservations of capacity: quoted, made, read, cancelled, by those whose jobs run in them.</summary>
internal static class ReservationEndpoints
{
    /// <summary>How often a plan is made anew when the writer has seen more than the planner.</summary>
    private const int AttemptCountMax = 3;

    private static readonly string[] Order = ["-id", "madeAt"];

    public static void MapReservations(this IEndpointRouteBuilder routes)
    {
        var reservations = routes.MapGroup("/reservations").WithTags("Reservations");
        reservations.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.ReservationView>>("listReservations", "Reservations of capacity, the newest first");
        reservations.MapPost("", MakeAsync).ForMembers().Named<Rest.ReservationView>(
            "makeReservation", "Holds capacity of a pool for an interval of time, or says what is free instead", StatusCodes.Status201Created);
        reservations.MapPost("/quotes", Quote).ForAnyone().Named<Rest.ReservationQuote>("quoteReservation", "The price and the nodes of a reservation before it is made");
        reservations.MapGet("/{id:long}", Get).ForAnyone().Named<Rest.ReservationView>("getReservation", "A reservation with what it holds and what its jobs take of that");
        reservations.MapPost("/{id:long}/cancel", CancelAsync).ForMembers().Named(
            "cancelReservation", "Ends a reservation; its jobs end with it, and the time that is left is refunded");
    }

    private static IResult List(Call call, [FromQuery(Name = "state")] string? state, [AsParameters] ListQuery query)
    {
        var all = call.State.Reservations.All;
        var slice = NumberedListing.Slice(
            query, Order,
            (from, isDescending) => isDescending ? all.DownFrom(from ?? long.MaxValue) : all.From(from ?? 0),
            one => (string.IsNullOrEmpty(state) || string.Equals(state, ReservationViews.StateOf(one, call.Now), StringComparison.Ordinal))
                && call.Caller.Sees(call.State, one.Request.Project),
            out var refusal);
        return slice is null
            ? refusal!
            : Results.Ok(new Rest.Page<Rest.ReservationView>(
                [.. slice.Items.Select(e => ReservationViews.View(call.State, e.Value, call.Now))], slice.NextCursor));
    }

    private static IResult Get(Call call, long id) =>
        Find(call, id) is { } found ? Results.Ok(ReservationViews.View(call.State, found, call.Now)) : Missing(id);

    private static Task<IResult> CancelAsync(Call call, long id) =>
        Find(call, id) is null ? Task.FromResult<IResult>(Missing(id)) : call.DecideAsync(new CancelReservation(id));

    private static IResult Quote(Call call, Rest.ReservationWish wish)
    {
        var (request, refusal) = Read(call, wish, new(""));
        if (request is null)
            return refusal!;
        var plan = Scheduler.Reserve(call.State, request, call.Now);
        if (plan.Fault is { } fault)
            return Refusal.Of(fault);
        var holdings = ReservationRules.Hold(call.State, plan.ToCommand(request), out _);
        return Results.Ok(new Rest.ReservationQuote(
            request.Name, request.Pool.Value, request.From, request.To, plan.Price.ToString(), ReservationViews.View(call.State, holdings)));
    }

    private static async Task<IResult> MakeAsync(Call call, Rest.ReservationWish wish, [FromHeader(Name = "Idempotency-Key")] string? key)
    {
        if (key is { Length: > JobSubmission.KeyLengthMax })
            return Refusal.Of(
                "bad-request", $"An Idempotency-Key has at most {JobSubmission.KeyLengthMax} characters.",
                $"Idempotency-Key 最长 {JobSubmission.KeyLengthMax} 个字符。");
        var (request, refusal) = Read(call, wish, JobSubmission.KeyOf(call.Caller, key));
        if (request is null)
            return refusal!;
        if (request.IdempotencyKey.Value.Length > 0 && call.State.Reservations.ByKey.TryGetValue(request.IdempotencyKey, out var made))
            return Made(call, request, made);
        for (var attempt = 1; ; attempt++)
        {
            var plan = Scheduler.Reserve(call.Domain.State(), request, call.Now);
            if (plan.Fault is { } impossible)
                return Refusal.Of(impossible);
            var decision = await call.Domain.ExecuteAsync(plan.ToCommand(request), call.Cancellation);
            if (decision.Fault is null)
                return Made(call, request, decision.Value);
            if (attempt == AttemptCountMax || decision.Fault.Code is not ("reservation-taken" or "node-not-ready" or "bad-seats"))
                return Refusal.Of(decision.Fault);
        }
    }

    private static IResult Made(Call call, ReservationRequest request, long id)
    {
        var state = call.Domain.State();
        var made = state.Reservations.All[id];
        return made.Request.Pool == request.Pool && string.Equals(made.Request.Name, request.Name, StringComparison.Ordinal) && made.Request.Count == request.Count
            ? Results.Created($"/api/v1/reservations/{id}", ReservationViews.View(state, made, call.Now))
            : Refusal.Of(
                "key-reused", "This Idempotency-Key was used for another request: use a new key.", "此 Idempotency-Key 已用于其他请求：请使用新的键。");
    }

    private static (ReservationRequest? Request, Refusal? Refusal) Read(Call call, Rest.ReservationWish wish, SecretHash key)
    {
        var project = call.Caller.ProjectOr(wish.Project);
        if (!call.Caller.Sees(call.State, project))
            return (null, Refusal.Of(Fault.Of("no-such-project", project)));
        if (!call.State.Sites.Pools.ContainsKey(new(wish.Pool)))
            return (null, Refusal.Of(Fault.Of("no-such-pool", wish.Pool)));
        var demand = wish.WholeNodes == true ? null : DemandOf(wish);
        var isGood = wish.WholeNodes == true
            ? (wish.CpuMillicores ?? wish.MemoryBytes ?? wish.DiskBytes) is null && wish.Accelerators is null
            : demand is { CpuMillicores: > 0, Memory.Bytes: > 0, Disk.Bytes: >= 0, Accelerators: null or { Count: > 0 and <= 4096, FractionMilli: > 0 and <= 1000, Memory.Bytes: >= 0 } };
        return isGood
            ? (new(project, call.Caller.Token.User, wish.Name, new(wish.Pool), wish.From, wish.To, wish.Count, demand, key), null)
            : (null, Refusal.Of(
                "bad-request", "A seat has cores and memory above zero, and accelerators in shares of 1 to 1000 thousandths; whole nodes name neither.",
                "每份的核数与内存须大于零，加速器份额须为千分之 1 至 1000；整机预留不填写这些数量。"));
    }

    private static ResourceDemand DemandOf(Rest.ReservationWish wish)
    {
        var usual = new ResourceDemand();
        return new()
        {
            CpuMillicores = wish.CpuMillicores ?? usual.CpuMillicores,
            Memory = wish.MemoryBytes is { } memory ? new(memory) : usual.Memory,
            Disk = wish.DiskBytes is { } disk ? new(disk) : usual.Disk,
            Accelerators = wish.Accelerators is not { } some ? null : new()
            {
                Count = some.Count,
                Model = some.Model ?? "",
                Class = some.Class ?? "",
                Memory = new(some.MemoryBytes ?? 0),
                FractionMilli = some.Milli ?? 1000,
            },
        };
    }

    /// <summary>The reservation, if the caller may know of it.</summary>
    private static Reservation? Find(Call call, long id) =>
        call.State.Reservations.All.TryGet(id, out var found) && call.Caller.Sees(call.State, found.Request.Project) ? found : null;

    private static Refusal Missing(long id) => Refusal.Of(Fault.Of("no-such-reservation", id));
}
