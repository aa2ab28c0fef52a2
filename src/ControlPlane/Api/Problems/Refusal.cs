using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.JobFiles;
using Meridian.Primitives;
using Microsoft.AspNetCore.Http;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>An answer that says no, as <c>application/problem+json</c> in the language of the request.</summary>
internal sealed class Refusal : IResult
{
    private const string TypePrefix = "urn:meridian:problem:";

    private readonly ProblemKind _kind;
    private readonly Func<Language, string> _detail;
    private readonly ImmutableArray<Diagnostic> _faults;

    private Refusal(ProblemKind kind, Func<Language, string> detail, ImmutableArray<Diagnostic> faults) =>
        (_kind, _detail, _faults) = (kind, detail, faults);

    /// <summary>The writer's fault.</summary>
    public static Refusal Of(Fault fault) => new(ProblemKinds.Of(fault.Code), fault.Say, []);

    /// <summary>A refusal of the interface itself.</summary>
    public static Refusal Of(string code, string english, string chinese) =>
        new(ProblemKinds.Of(code), new Phrase(english, chinese).In, []);

    /// <summary>A job file that cannot be read: every fault in its place.</summary>
    public static Refusal Of(ImmutableArray<Diagnostic> faults)
    {
        var first = faults[0];
        return new(
            ProblemKinds.Of("job-file"),
            new Phrase(
                $"The job file has {faults.Length} fault(s); the first: {first}",
                $"作业文件有 {faults.Length} 处错误；第一处：{first.File}:{first.Line}:{first.Column}：{first.MessageZh}。").In,
            faults);
    }

    /// <summary>A network's file that cannot be read: every fault in its place.</summary>
    public static Refusal OfNetwork(ImmutableArray<Diagnostic> faults) => new(
        ProblemKinds.Of("network-file"),
        new Phrase(
            $"The network's file has {faults.Length} fault(s); the first: {faults[0].File}:{faults[0].Line}: {faults[0].Message}",
            $"网络文件有 {faults.Length} 处错误；第一处：{faults[0].File}:{faults[0].Line}：{faults[0].Message}").In,
        faults);

    /// <summary>What does not exist, or belongs to somebody else: callers cannot tell which.</summary>
    public static Refusal Missing(string code, string english, string chinese) => Of("no-such-" + code, english, chinese);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var language = RequestLanguage.Of(httpContext.Request);
        var problem = new Rest.Problem(
            TypePrefix + _kind.Code, _kind.Title.In(language), _kind.Status, _detail(language),
            _faults.IsEmpty ? null : [.. _faults.Select(fault => View(fault, language))]);
        httpContext.Response.StatusCode = _kind.Status;
        if (_kind.Status is 429 or 503)
            httpContext.Response.Headers.RetryAfter = "1";
        return httpContext.Response.WriteAsJsonAsync(
            problem, Rest.RestJson.Options, Rest.Problem.MediaType, httpContext.RequestAborted);
    }

    private static Rest.ProblemItem View(Diagnostic fault, Language language) => language == Language.Chinese
        ? new(fault.File, fault.Line, fault.Column, fault.MessageZh, fault.HintZh)
        : new(fault.File, fault.Line, fault.Column, fault.Message, fault.Hint);
}
