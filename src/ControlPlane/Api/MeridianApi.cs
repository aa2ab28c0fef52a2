using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalar.AspNetCore;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>The REST interface of a domain, as a host takes it in.</summary>
public static class MeridianApi
{
    private const string Prefix = "/api/v1";
    private const int BodyBytesMax = 1 << 20;

    /// <summary>
    /// Registers the interface. The host registers <see cref="Writer.IDomain"/>, <see cref="TimeProvider"/> and the seams:
    /// <see cref="ITicketIssuer"/>, <see cref="IJoinTokens"/>, <see cref="IAttemptLogs"/>, <see cref="INodeLoads"/>,
    /// <see cref="IFetchProgress"/>, <see cref="IExchangeProgress"/> and <see cref="IUploadProof"/>.
    /// </summary>
    public static IServiceCollection AddMeridianApi(this IServiceCollection services, ApiOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddTokens();
        services.Configure<JsonOptions>(Configure);
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddSingleton<JobTransfers>();
        services.AddSingleton<TransferViews>();
        services.AddSingleton<ExchangeViews>();
        services.AddSingleton<JobPlans>();
        services.AddSingleton<LogEndpoint>();
        services.AddSingleton<FleetViews>();
        services.AddSingleton<Depots>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<Ledgers>();
        services.AddSingleton<RepeatedWrites>();
        services.AddSingleton<Followers>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<ApiDescription>();
        services.AddOpenApi(ApiDescription.DocumentName, o =>
        {
            o.AddDocumentTransformer<ApiDescription>();
            o.AddOperationTransformer<ApiDescription>();
            o.ShouldInclude = d => d.ActionDescriptor.EndpointMetadata.OfType<ApiEndpoint>().Any();
        });
        return services;
    }

    /// <summary>Maps the interface below <c>/api/v1</c>, its description and the page that shows it.</summary>
    public static WebApplication MapMeridianApi(this WebApplication app)
    {
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase),
            branch => branch.UseMiddleware<ApiGate>());
        var routes = app.MapGroup(Prefix).WithMetadata(ApiEndpoint.Mark, new RequestSizeLimitAttribute(BodyBytesMax));
        routes.MapDomain();
        JobSubmission.Map(routes);
        WhatIfEndpoint.Map(routes);
        routes.MapJobs();
        LogEndpoint.Map(routes);
        routes.MapSites();
        routes.MapLinks();
        routes.MapEquivalences();
        routes.MapNetwork();
        routes.MapCircuits();
        routes.MapNetworkWhatIf();
        routes.MapNetworkFiles();
        routes.MapAgents();
        Uploads.Map(routes);
        routes.MapDatasets();
        routes.MapTransfers();
        routes.MapExchanges();
        routes.MapReservations();
        routes.MapTenants();
        routes.MapBills();
        routes.MapTokens();
        EventStream.Map(routes);
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapScalarApiReference("/docs", o => o.WithTitle("Meridian")).AllowAnonymous();
        return app;
    }

    /// <summary>JSON as <see cref="Rest.RestJson"/> writes it; what may not be missing is asked for by name.</summary>
    private static void Configure(JsonOptions options)
    {
        var json = options.SerializerOptions;
        json.Encoder = Rest.RestJson.Options.Encoder;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.TypeInfoResolver = (json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(LetNullsBeMissing);
    }

    private static void LetNullsBeMissing(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.IsRequired && property.AssociatedParameter is { IsNullable: true })
                property.IsRequired = false;
        }
    }
}
