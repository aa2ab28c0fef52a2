using Meridian.Domain.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>What accelerators are worth in place of others, by workload.</summary>
internal static class EquivalenceEndpoints
{
    private const string One = "/{workload}/{model}/{instead}";

    private static readonly Listing<Equivalence> Equivalences = new("id", e => $"{e.Name.Workload}/{e.Name.Model}/{e.Name.Instead}");

    public static void MapEquivalences(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/equivalences").WithTags("Sites");
        group.MapGet("", List).ForAnyone()
            .Named<Rest.Page<Rest.EquivalenceView>>("listEquivalences", "What accelerators are worth in place of others, by workload");
        group.MapPut(One, PutAsync).ForOperators()
            .Named("putEquivalence", "Declares how many of a model one of another counts as for a workload, or changes it");
        group.MapDelete(One, RemoveAsync).ForOperators().Named("removeEquivalence", "Takes an equivalence away");
    }

    private static IResult List(Call call, [AsParameters] ListQuery query) => Equivalences.Page(
        query, call.State.Sites.Equivalences.Values,
        e => new Rest.EquivalenceView(e.Name.Workload, e.Name.Model, e.Name.Instead, e.Factor));

    private static Task<IResult> PutAsync(Call call, string workload, string model, string instead, Rest.EquivalenceDeclaration declared) =>
        call.DecideAsync(new DeclareEquivalence(new(new(workload, model, instead), declared.Factor)));

    private static Task<IResult> RemoveAsync(Call call, string workload, string model, string instead) =>
        call.DecideAsync(new RemoveEquivalence(new(workload, model, instead)));
}
