using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Datasets: listed, fetched, forgotten. How they come in is <see cref="Uploads"/>.</summary>
internal static class DatasetEndpoints
{
    private static readonly Listing<Dataset> Datasets = new Listing<Dataset>("id", d => d.Id.Value)
        .By("name", d => d.Id.Name)
        .By("createdAt", d => d.Latest.CreatedAt.ToString("O"))
        .By("bytes", d => d.Latest.Size.Bytes.ToString("D19"));

    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        var datasets = routes.MapGroup("/datasets").WithTags("Data");
        datasets.MapGet("", List).ForAnyone().Named<Rest.Page<Rest.DatasetView>>("listDatasets", "Datasets, each in its newest version");
        datasets.MapGet("/{project}/{name}", Get).ForAnyone().Named<Rest.DatasetView>("getDataset", "A dataset");
        datasets.MapDelete("/{project}/{name}", RemoveAsync).ForMembers().Named("removeDataset", "Takes a dataset's name away");
        datasets.MapPost("/{project}/{name}/download", Download).ForAnyone().Named<IReadOnlyList<Rest.DownloadTicket>>(
            "beginDownload", "Tickets for every part of a version, the newest unless one is named");
    }

    public static Rest.DatasetView View(DomainState state, DatasetId id, DatasetVersion version) => new(
        id.Name, id.Project.Value, version.Number, string.Join(' ', version.Parts.Select(p => p.Root.Value)),
        version.Size.Bytes, version.Parts.Sum(p => p.FileCount), version.Sovereignty,
        [.. SitesOf(state.Data, version)], version.CreatedAt, version.Job == 0 ? "upload" : $"job {version.Job}");

    /// <summary>The sites where every part of the version lies.</summary>
    private static IEnumerable<string> SitesOf(DataState data, DatasetVersion version) => version.Parts
        .Select(part => data.HoldersOf(part.Root).Select(node => node.Site).ToHashSet())
        .Aggregate((left, right) =>
        {
            left.IntersectWith(right);
            return left;
        })
        .Order()
        .Select(site => site.Value);

    private static IResult List(
        Call call, [FromQuery(Name = "project")] string? project, [FromQuery(Name = "name")] string? name,
        [AsParameters] ListQuery query) => Datasets.Page(
            query,
            call.State.Data.Datasets.Values
                .Where(d => call.Caller.Sees(call.State, d.Id.Project))
                .Where(d => string.IsNullOrEmpty(project) || string.Equals(d.Id.Project.Value, project, StringComparison.Ordinal))
                .Where(d => string.IsNullOrEmpty(name) || d.Id.Name.Contains(name, StringComparison.OrdinalIgnoreCase)),
            dataset => View(call.State, dataset.Id, dataset.Latest));

    private static Dataset? Find(Call call, string project, string name) =>
        call.Caller.Sees(call.State, new ProjectId(project))
            ? call.State.Data.Datasets.GetValueOrDefault(DatasetId.Of(new(project), name))
            : null;

    private static Refusal Missing(string project, string name) =>
        Refusal.Missing("dataset", $"There is no dataset '{project}/{name}'.", $"没有数据集“{project}/{name}”。");

    private static IResult Get(Call call, string project, string name) => Find(call, project, name) is { } dataset
        ? Results.Ok(View(call.State, dataset.Id, dataset.Latest))
        : Missing(project, name);

    private static Task<IResult> RemoveAsync(Call call, string project, string name) =>
        Find(call, project, name) is { } dataset
            ? call.DecideAsync(new RemoveDataset(dataset.Id))
            : Task.FromResult<IResult>(Missing(project, name));

    private static IResult Download(
        Call call, string project, string name, [FromQuery(Name = "version")] int? version, Depots depots)
    {
        if (Find(call, project, name) is not { } dataset)
            return Missing(project, name);
        var chosen = version is { } number ? dataset.Versions.FirstOrDefault(v => v.Number == number) : dataset.Latest;
        if (chosen is null)
            return Refusal.Missing(
                "dataset", $"Dataset '{project}/{name}' has no version {version}.", $"数据集“{project}/{name}”没有版本 {version}。");

        var tickets = new List<Rest.DownloadTicket>();
        foreach (var part in chosen.Parts)
        {
            if (depots.Read(call, part.Root) is not { } ticket)
                return Refusal.Of(
                    "no-depot", $"No ready depot holds part {part.Root} of '{project}/{name}': try again when its site is back.",
                    $"没有就绪的中转库持有“{project}/{name}”的分片 {part.Root}：请待其站点恢复后重试。");
            tickets.Add(ticket);
        }

        return Results.Ok(tickets);
    }
}
