using System.Security.Cryptography;
using System.Text;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Jobs;
using Meridian.JobFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>How a job is handed in: a file, a price, and a promise that the same key makes one job.</summary>
internal static class JobSubmission
{
    private const string FileNameDefault = "job.yaml";
    private const int FileNameLengthMax = 255;
    internal const int KeyLengthMax = 200;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/jobs", SubmitAsync)
            .ForMembers().TakesJobFile().WithTags("Jobs")
            .Named<Rest.Submitted>("submitJob", "Hands a job in; with dryRun=true only quotes it", StatusCodes.Status201Created);
        routes.MapPost("/quotes", QuoteAsync)
            .ForAnyone().TakesJobFile().WithTags("Jobs")
            .Named<Rest.Quote>("quoteJob", "The place and the price of a job before it is handed in");
    }

    /// <summary>What comes beside the file.</summary>
    internal sealed record FileQuery(
        [FromQuery(Name = "fileName")] string? FileName, [FromQuery(Name = "dryRun")] bool? DryRun,
        [FromHeader(Name = "Idempotency-Key")] string? Key);

    private static async Task<IResult> QuoteAsync(Call call, [AsParameters] FileQuery query)
    {
        var (spec, refusal) = await ReadAsync(call, query);
        return spec is null ? refusal! : Quote(call, spec);
    }

    private static async Task<IResult> SubmitAsync(Call call, [AsParameters] FileQuery query)
    {
        var (spec, refusal) = await ReadAsync(call, query);
        if (spec is null)
            return refusal!;
        if (query.DryRun == true)
            return Quote(call, spec);
        if (query.Key is { Length: > KeyLengthMax })
            return Refusal.Of("bad-request", $"An Idempotency-Key has at most {KeyLengthMax} characters.", $"Idempotency-Key 最长 {KeyLengthMax} 个字符。");

        var key = KeyOf(call.Caller, query.Key);
        if (key.Value.Length > 0 && call.State.Jobs.ByKey.TryGetValue(key, out var made))
            return Taken(call, spec, made, quote: null);
        var project = call.Caller.ProjectOr(spec.Project);
        var (priced, quote) = JobPlans.Quote(call, project, spec);
        var decision = await call.Domain.ExecuteAsync(
            new SubmitJob(project, call.Caller.Token.User, spec, priced.HoldAtMost, key), call.Cancellation);
        return decision.Fault is { } fault ? Refusal.Of(fault) : Taken(call, spec, decision.Value, quote);
    }

    private static IResult Quote(Call call, JobSpec spec) =>
        Results.Ok(JobPlans.Quote(call, call.Caller.ProjectOr(spec.Project), spec).View);

    private static IResult Taken(Call call, JobSpec spec, long id, Rest.Quote? quote)
    {
        // The same key may have made the job a moment ago, from other words.
        if (call.Domain.State().Jobs.Jobs.TryGet(id, out var job) && !IsSame(job.Spec, spec))
            return Refusal.Of(
                "key-reused", $"This Idempotency-Key made job {id} from another file: use a new key.",
                $"此 Idempotency-Key 已用于另一文件（作业 {id}）：请使用新的键。");
        quote ??= JobPlans.Quote(call, call.Caller.ProjectOr(spec.Project), spec).View;
        return Results.Created($"/api/v1/jobs/{id}", new Rest.Submitted(id, spec.Name, quote));
    }

    private static bool IsSame(JobSpec left, JobSpec right) =>
        string.Equals(JobFile.Write(left), JobFile.Write(right), StringComparison.Ordinal);

    private static async Task<(JobSpec? Spec, Refusal? Refusal)> ReadAsync(Call call, FileQuery query)
    {
        string text;
        try
        {
            using var reader = new StreamReader(call.Http.Request.Body, StrictUtf8);
            text = await reader.ReadToEndAsync(call.Cancellation);
        }
        catch (DecoderFallbackException)
        {
            return (null, Refusal.Of("bad-request", "The job file is not UTF-8.", "作业文件不是 UTF-8 编码。"));
        }

        var fileName = query.FileName is { Length: > 0 and <= FileNameLengthMax } named ? named : FileNameDefault;
        var result = JobFile.Parse(text, fileName);
        if (result.Spec is not { } spec)
            return (null, Refusal.Of(result.Diagnostics));
        return call.Caller.Sees(call.State, call.Caller.ProjectOr(spec.Project))
            ? (spec, null)
            : (null, Refusal.Missing("project", $"There is no project '{spec.Project}'.", $"没有项目“{spec.Project}”。"));
    }

    /// <summary>Keys of different tenants never meet; the key itself is not kept.</summary>
    internal static SecretHash KeyOf(Caller caller, string? key) => string.IsNullOrEmpty(key)
        ? new("")
        : new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Tenant}\n{key}"))));
}
