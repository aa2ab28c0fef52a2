using Meridian.Domain.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Transfers, to those whose data moves.</summary>
internal static class TransferEndpoints
{
    private static readonly string[] Order = ["-id", "plannedStart"];

    public static void MapTransfers(this IEndpointRouteBuilder routes) => routes.MapGet("/transfers", List)
        .ForAnyone().WithTags("Data").Named<Rest.Page<Rest.TransferView>>("listTransfers", "Transfers, the newest first");

    private static IResult List(
        Call call, [FromQuery(Name = "state")] string? state, [FromQuery(Name = "job")] long? job, [AsParameters] ListQuery query)
    {
        var data = call.State.Data;
        var slice = NumberedListing.Slice(
            query, Order,
            (from, isDescending) => isDescending ? data.Transfers.DownFrom(from ?? long.MaxValue) : data.Transfers.From(from ?? 0),
            transfer => (job is null || transfer.Job == job)
                && (string.IsNullOrEmpty(state) || string.Equals(state, StateOf(transfer, call.Now), StringComparison.Ordinal))
                && call.Caller.Sees(call.State, transfer.Label.Project),
            out var refusal);
        return slice is null
            ? refusal!
            : Results.Ok(new Rest.Page<Rest.TransferView>([.. slice.Items.Select(e => View(e.Value, call.Now))], slice.NextCursor));
    }

    private static string StateOf(Transfer transfer, DateTimeOffset now) => transfer.State switch
    {
        TransferState.Done => "done",
        TransferState.Failed => "failed",
        _ => now < transfer.Start ? "waiting" : "moving",
    };

    private static Rest.TransferView View(Transfer transfer, DateTimeOffset now) => new(
        transfer.Id, transfer.Label.Value, transfer.From.Site.Value, transfer.To.Site.Value,
        [.. transfer.Links.Select(l => l.Value)], transfer.Size.Bytes, transfer.BytesMoved, transfer.Rate.BitsPerSecond,
        StateOf(transfer, now), transfer.Start, transfer.Finish, transfer.FinishedAt,
        transfer.Reason.Length == 0 ? null : transfer.Reason);
}
