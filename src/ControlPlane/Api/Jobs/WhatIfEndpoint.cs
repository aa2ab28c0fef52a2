using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Explaining;
using Meridian.Scheduling.Reasons;
using Meridian.Scheduling.Rounds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>What a change to the fleet, or a job, would do to the jobs that there are.</summary>
internal static class WhatIfEndpoint
{
    private const int NodesMax = 1_000;
    private const string FileName = "job.yaml";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/what-if", Ask)
        .ForAnyone().WithTags("Jobs")
        .Named<Rest.WhatIfAnswer>("whatIf", "Which jobs would start, stop, wait, move, finish or cost otherwise after a change");

    private static IResult Ask(Call call, Rest.WhatIfQuestion question)
    {
        var (changes, refusal) = Read(call, question);
        if (refusal is not null)
            return refusal;
        var answer = Scheduler.WhatIf(call.State, changes, call.Now, new SchedulingOptions());
        return answer.Fault is { } fault ? Refusal.Of(fault) : Results.Ok(View(call, answer));
    }

    private static (ImmutableArray<Supposition> Changes, Refusal? Refusal) Read(Call call, Rest.WhatIfQuestion question)
    {
        var (sites, changes) = (call.State.Sites, ImmutableArray.CreateBuilder<Supposition>());
        foreach (var id in question.SitesLost ?? [])
        {
            if (!sites.Sites.ContainsKey(new(id)))
                return ([], Refusal.Missing("site", $"There is no site '{id}'.", $"没有站点“{id}”。"));
            changes.Add(new Supposition.SiteLost(new(id)));
        }

        foreach (var id in question.LinksCut ?? [])
        {
            if (!call.State.Network.Links.ContainsKey(new(id)))
                return ([], Refusal.Missing("link", $"There is no link '{id}'.", $"没有链路“{id}”。"));
            changes.Add(new Supposition.LinkCut(new(id)));
        }

        foreach (var (id, price) in question.CorePrices ?? ImmutableSortedDictionary<string, decimal>.Empty)
        {
            if (!sites.Pools.ContainsKey(new(id)) || !Pricing.IsPrice(price))
                return ([], BadPool(id));
            changes.Add(new Supposition.CorePrice(new(id), price));
        }

        foreach (var (id, count) in question.NodesAdded ?? ImmutableSortedDictionary<string, int>.Empty)
        {
            if (count is < 1 or > NodesMax || !sites.Nodes.Values.Any(n => n.Id.Pool == new PoolId(id) && n.State == NodeState.Ready))
                return ([], BadPool(id));
            changes.Add(new Supposition.NodesAdded(new(id), count));
        }

        return ReadJob(call, question.JobFile, changes);
    }

    private static (ImmutableArray<Supposition> Changes, Refusal? Refusal) ReadJob(
        Call call, string? text, ImmutableArray<Supposition>.Builder changes)
    {
        if (text is null)
            return (changes.ToImmutable(), null);
        var file = JobFile.Parse(text, FileName);
        if (file.Spec is not { } spec)
            return ([], Refusal.Of(file.Diagnostics));
        var project = call.Caller.ProjectOr(spec.Project);
        if (!call.Caller.Sees(call.State, project))
            return ([], Refusal.Missing("project", $"There is no project '{spec.Project}'.", $"没有项目“{spec.Project}”。"));
        changes.Add(new Supposition.JobAdded(project, spec));
        return (changes.ToImmutable(), null);
    }

    private static Refusal BadPool(string id) => Refusal.Of(
        "bad-request", $"There is no pool '{id}' with a ready node, its price is out of bounds, or not 1 to {NodesMax} nodes are added.",
        $"没有具备就绪节点的资源池“{id}”，或价格超出范围，或新增节点数不在 1 至 {NodesMax} 之间。");

    private static Rest.WhatIfAnswer View(Call call, WhatIf answer) => new(
        [.. answer.Changed.Where(d => call.Caller.Sees(call.State, d.Project)).Select(d => View(call.Language, d))], answer.UnchangedCount);

    private static Rest.JobDifference View(Language language, Difference d) => new(
        d.Job, d.Name, d.Project.Value, d.Without is { } without ? View(language, without) : null, View(language, d.With),
        [.. d.Differences.Select(r => ReasonTexts.Say(language, r))]);

    private static Rest.JobProspect View(Language language, Prospect p) => new(
        p.RunningCount, p.WaitingCount, [.. p.Pools.Select(pool => pool.Value)], p.Finish, p.Cost.ToString(),
        p.Pending is { } pending ? ReasonTexts.Say(language, pending) : null);
}
