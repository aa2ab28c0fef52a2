using Meridian.Datasets;
using Microsoft.AspNetCore.Http;

namespace Meridian.Depot;

/// <summary>A request that is not served, for a reason that its sender is told.</summary>
internal sealed class Refusal(DepotProblem problem) : Exception(problem.Detail)
{
    public DepotProblem Problem { get; } = problem;

    public static Refusal NoTicket(string detail) =>
        new(DepotProblem.Of(StatusCodes.Status401Unauthorized, "ticket-invalid", "No valid ticket", detail));

    public static Refusal NotPermitted(string detail) =>
        new(DepotProblem.Of(
            StatusCodes.Status403Forbidden, "ticket-insufficient", "The ticket does not permit this", detail));

    public static Refusal NotFound(string detail) =>
        new(DepotProblem.Of(StatusCodes.Status404NotFound, "not-found", "Not in this depot", detail));

    public static Refusal Malformed(string detail) =>
        new(DepotProblem.Of(StatusCodes.Status400BadRequest, "malformed", "The request is malformed", detail));

    public static Refusal TooLarge(string detail) =>
        new(DepotProblem.Of(StatusCodes.Status413PayloadTooLarge, "too-large", "The request is too large", detail));

    public static Refusal LengthRequired() =>
        new(DepotProblem.Of(
            StatusCodes.Status411LengthRequired,
            "length-required",
            "The length is not stated",
            "Send the header Content-Length."));

    public static Refusal Busy() =>
        new(DepotProblem.Of(
            StatusCodes.Status503ServiceUnavailable, "busy", "The depot is busy", "Try again in a moment."));

    public static Refusal Full(DepotFullException fault) =>
        new(DepotProblem.Of(StatusCodes.Status507InsufficientStorage, "full", "The depot is full", fault.Message));

    public static Refusal Damaged(string detail) =>
        new(DepotProblem.Of(StatusCodes.Status422UnprocessableEntity, "chunk-corrupt", "A chunk is damaged", detail));

    /// <summary>The chunks without which the request makes no sense.</summary>
    public static Refusal Missing(IReadOnlyCollection<Chunk> missing, string detail) =>
        new(new(
            DepotProblem.TypePrefix + "chunks-missing",
            "Chunks are missing",
            StatusCodes.Status409Conflict,
            detail,
            [.. missing.Take(DepotWire.MissingNamedMax).Select(chunk => chunk.Hash.ToString())],
            missing.Count));
}
