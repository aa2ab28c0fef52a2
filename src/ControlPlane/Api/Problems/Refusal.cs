using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.JobFiles;
using Microsoft.AspNetCore.Http;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>An answer that says no, as <c>application/problem+json</c> in the language of the request.</summary>
internal sealed class Refusal : IResult
{
    private const string TypePrefix = "urn:meridian:problem:";

    private readonly ProblemKind _kind;
    private readonly string _english;
    private readonly string? _chinese;
    private readonly int _status;
    private readonly ImmutableArray<Diagnostic> _faults;

    private Refusal(ProblemKind kind, string english, string? chinese, int status, ImmutableArray<Diagnostic> faults) =>
        (_kind, _english, _chinese, _status, _faults) = (kind, english, chinese, status, faults);

    /// <summary>The writer's fault.</summary>
    public static Refusal Of(Fault fault) => Of(fault, status: null);

    /// <summary>The writer's fault, where the endpoint knows its status better.</summary>
    public static Refusal Of(Fault fault, int? status)
    {
        var kind = ProblemKinds.Of(fault.Code);
        var chinese = kind.AdviceZh is { } advice ? $"{advice}（{fault.Detail}）" : null;
        return new(kind, fault.Detail, chinese, status ?? kind.Status, []);
    }

    /// <summary>A refusal of the interface itself.</summary>
    public static Refusal Of(string code, string english, string chinese)
    {
        var kind = ProblemKinds.Of(code);
        return new(kind, english, chinese, kind.Status, []);
    }

    /// <summary>A job file that cannot be read: every fault in its place.</summary>
    public static Refusal Of(ImmutableArray<Diagnostic> faults)
    {
        var kind = ProblemKinds.Of("job-file");
        return new(
            kind, $"The job file has {faults.Length} fault(s); the first: {faults[0]}",
            $"作业文件有 {faults.Length} 处错误；第一处：{faults[0].File}:{faults[0].Line}:{faults[0].Column}：{faults[0].MessageZh}。",
            kind.Status, faults);
    }

    /// <summary>What does not exist, or belongs to somebody else: callers cannot tell which.</summary>
    public static Refusal Missing(string code, string english, string chinese) => Of("no-such-" + code, english, chinese);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var isChinese = Language.IsChinese(httpContext.Request);
        var problem = new Rest.Problem(
            TypePrefix + _kind.Code, isChinese ? _kind.TitleZh : _kind.Title, _status,
            isChinese ? _chinese ?? _english : _english, _faults.IsEmpty ? null : [.. _faults.Select(View)])
        {
            TitleZh = _kind.TitleZh,
            DetailZh = _chinese,
        };
        httpContext.Response.StatusCode = _status;
        if (_status is 429 or 503)
            httpContext.Response.Headers.RetryAfter = "1";
        return httpContext.Response.WriteAsJsonAsync(
            problem, Rest.RestJson.Options, Rest.Problem.MediaType, httpContext.RequestAborted);
    }

    private static Rest.ProblemItem View(Diagnostic fault) =>
        new(fault.File, fault.Line, fault.Column, fault.Message, fault.MessageZh, fault.Hint) { HintZh = fault.HintZh };
}
