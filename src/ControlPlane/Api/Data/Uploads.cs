using System.Collections.Concurrent;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>
/// Uploads: a ticket for a depot first, and the name when the depot holds it all. Only what this tenant was given a
/// ticket for can be named, and only after the depot confirmed it: a root is no proof that somebody has the content.
/// </summary>
internal sealed class Uploads(Depots depots, IUploadProof proof, ApiOptions options)
{
    private const int OpenMax = 100_000;
    private const int RootLength = 64;
    private const int LabelLengthMax = 63;
    private const long BytesMax = 1_000_000_000_000_000;

    private readonly ConcurrentDictionary<Upload, Begun> _open = new();

    private sealed record Upload(TenantId Tenant, SiteId Site, ContentRoot Root);

    private sealed record Begun(NodeId Node, DateTimeOffset At);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/datasets/uploads", (Call call, Uploads uploads, Rest.UploadRequest request) => uploads.Begin(call, request))
            .ForMembers().WithTags("Data").Named<Rest.UploadTicket>("beginUpload", "A ticket for a depot of the site that takes the data");
        routes.MapPost("/datasets", (Call call, Uploads uploads, Rest.UploadCommit commit) => uploads.CommitAsync(call, commit))
            .ForMembers().WithTags("Data").Named<Rest.DatasetView>(
                "commitUpload", "Names what the depot holds: it becomes the next version", StatusCodes.Status201Created);
    }

    private IResult Begin(Call call, Rest.UploadRequest request)
    {
        if (Fault(call, request.Project, new(request.Root, request.Bytes, request.Files), request.Sovereignty) is { } refusal)
            return refusal;
        if (!Names.IsValid(request.Name))
            return Refusal.Of("bad-name", $"The dataset's name is not allowed: {Names.Rule}.", "数据集名称须为 1 至 63 个字符，仅含 a-z、0-9 与 -。");
        var (site, root) = (new SiteId(request.Site), new ContentRoot(request.Root));
        if (!call.State.Sites.Sites.ContainsKey(site))
            return SiteEndpoints.Missing(request.Site);

        Forget(call.Now);
        var upload = new Upload(call.Caller.Tenant, site, root);
        // An upload that goes on is sent to where its first half lies.
        if (!(_open.TryGetValue(upload, out var begun) && IsReady(call, begun.Node)))
        {
            if (depots.ForUpload(call, site, root) is not { } node)
                return Refusal.Of("no-depot", $"No depot of site '{site}' is ready.", $"站点“{site}”没有就绪的中转库。");
            begun = new(node, call.Now);
        }

        _open[upload] = begun with { At = call.Now };
        return Results.Ok(depots.Write(begun.Node, root, request.Bytes, call.Now));
    }

    private async Task<IResult> CommitAsync(Call call, Rest.UploadCommit commit)
    {
        if (Fault(call, commit.Project, new(commit.Root, commit.Bytes, commit.Files), commit.Sovereignty) is { } refusal)
            return refusal;
        var root = new ContentRoot(commit.Root);
        var upload = new Upload(call.Caller.Tenant, new(commit.Site), root);
        if (!_open.TryGetValue(upload, out var begun) || call.Now - begun.At > options.UploadLifetime)
            return Refusal.Of(
                "upload-unknown", "No ticket was given for this upload, or it has expired: begin the upload again; what the depot has is not sent twice.",
                "没有为此上传签发票据，或票据已过期：请重新开始上传；中转库已有的数据不会重复发送。");
        if (!await proof.HoldsAsync(begun.Node, root, call.Cancellation))
            return Refusal.Of(
                "upload-incomplete", $"The depot at '{begun.Node}' does not hold {root} whole: go on with the upload.",
                $"“{begun.Node}”的中转库尚未完整持有 {root}：请继续上传。");

        var id = DatasetId.Of(call.Caller.ProjectOr(commit.Project), commit.Name);
        var part = new DatasetPart(root, new(commit.Bytes), commit.Files);
        return await call.DecideAsync(new RegisterDataset(id, part, commit.Sovereignty, begun.Node), decision =>
        {
            _open.TryRemove(upload, out _);
            var state = call.Domain.State();
            var version = new DatasetVersion((int)decision.Value, [part], commit.Sovereignty, call.Now, Job: 0, new(""));
            return Results.Created($"/api/v1/datasets/{id.Project}/{id.Name}", DatasetEndpoints.View(state, id, version));
        });
    }

    private sealed record Content(string Root, long Bytes, int Files);

    private static Refusal? Fault(Call call, string project, Content content, string sovereignty)
    {
        if (!call.Caller.Sees(call.State, call.Caller.ProjectOr(project)))
            return Refusal.Missing("project", $"There is no project '{project}'.", $"没有项目“{project}”。");
        if (content.Root.Length != RootLength || !content.Root.All(char.IsAsciiHexDigitLower))
            return Refusal.Of("bad-request", "A root is 64 lower-case hexadecimal digits.", "根须为 64 位小写十六进制数字。");
        if (content.Bytes is < 0 or > BytesMax || content.Files < 0 || sovereignty.Length > LabelLengthMax)
            return Refusal.Of(
                "bad-request", $"A dataset has 0 to 10^15 bytes, and a sovereignty label has at most {LabelLengthMax} characters.",
                $"数据集大小须在 0 至 10^15 字节之间，主权标签最长 {LabelLengthMax} 个字符。");
        return null;
    }

    private static bool IsReady(Call call, NodeId node) =>
        call.State.Sites.Nodes.TryGetValue(node, out var known) && known.State == Domain.Sites.NodeState.Ready;

    private void Forget(DateTimeOffset now)
    {
        if (_open.Count < OpenMax)
            return;
        foreach (var (upload, begun) in _open.OrderBy(entry => entry.Value.At))
        {
            if (now - begun.At > options.UploadLifetime || _open.Count >= OpenMax)
                _open.TryRemove(upload, out _);
        }
    }
}
