using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Meridian.ControlPlane.Api;

/// <summary>The OpenAPI document: who made it, and that everything but what says otherwise needs a token.</summary>
internal sealed class ApiDescription(ApiOptions options) : IOpenApiDocumentTransformer, IOpenApiOperationTransformer
{
    public const string DocumentName = "v1";

    private const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "Meridian",
            Version = options.Version,
            Description = "Compute and network as one resource: jobs, sites, links, data and accounts of a Meridian domain. "
                + "Errors are application/problem+json with a stable type `urn:meridian:problem:CODE`; lists are paged by an opaque cursor.",
        };
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Bearer,
            Description = "An access token, such as `mdn_…`, made by an operator.",
        };
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        return Task.CompletedTask;
    }
}
