using Meridian.Protocol.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Meridian.ControlPlane.Api;

/// <summary>How endpoints describe themselves.</summary>
internal static class Naming
{
    private const int JobFileBytesMax = Meridian.JobFiles.JobFile.SizeMaxBytes;

    /// <summary>Names an endpoint that answers with a value.</summary>
    public static RouteHandlerBuilder Named<T>(
        this RouteHandlerBuilder endpoint, string name, string summary, int status = StatusCodes.Status200OK) =>
        endpoint.WithName(name).WithSummary(summary).Produces<T>(status).Refuses();

    /// <summary>Names an endpoint that answers with text of the type.</summary>
    public static RouteHandlerBuilder NamedText(this RouteHandlerBuilder endpoint, string name, string summary, string type) =>
        endpoint.WithName(name).WithSummary(summary).Produces<string>(StatusCodes.Status200OK, type).Refuses();

    /// <summary>Names an endpoint that answers with nothing.</summary>
    public static RouteHandlerBuilder Named(this RouteHandlerBuilder endpoint, string name, string summary) =>
        endpoint.WithName(name).WithSummary(summary).Produces(StatusCodes.Status204NoContent).Refuses();

    public static RouteHandlerBuilder TakesJobFile(this RouteHandlerBuilder endpoint) => endpoint
        .Accepts<string>("application/yaml", "application/x-yaml", "text/yaml", "application/json", "text/plain")
        .WithMetadata(new RequestSizeLimitAttribute(JobFileBytesMax));

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<Problem>(StatusCodes.Status400BadRequest, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status401Unauthorized, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status403Forbidden, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status404NotFound, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status409Conflict, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status422UnprocessableEntity, Problem.MediaType)
        .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, Problem.MediaType);
}
