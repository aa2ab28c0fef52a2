using Meridian.Journal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.ControlPlane.Api;

/// <summary>Marks the endpoints of the REST interface, so that nothing else answers below its path.</summary>
internal sealed class ApiEndpoint
{
    public static readonly ApiEndpoint Mark = new();
}

/// <summary>The edge of the REST interface: what fails inside becomes a problem that says what to do.</summary>
internal sealed partial class ApiGate(RequestDelegate next, ILogger<ApiGate> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            // A fallback of the console must not answer for a path that the interface does not have.
            if (context.GetEndpoint() is { } endpoint && IsForeign(endpoint))
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            else
                await next(context);
            if (!context.Response.HasStarted && BareStatus(context) is { } refusal)
                await refusal.ExecuteAsync(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted && ProblemOf(failure, context) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away: nobody is left to be told.
        }
    }

    private static bool IsForeign(Endpoint endpoint) =>
        endpoint is Microsoft.AspNetCore.Routing.RouteEndpoint && endpoint.Metadata.GetMetadata<ApiEndpoint>() is null;

    private static Refusal? BareStatus(HttpContext context) => context.Response.StatusCode switch
    {
        _ when context.Response.ContentLength > 0 || context.Response.ContentType is not null => null,
        404 => Refusal.Missing(
            "path", $"There is nothing at '{context.Request.Path}': the interface is described at /openapi/v1.json.",
            $"“{context.Request.Path}”处没有内容：接口说明见 /openapi/v1.json。"),
        405 => Refusal.Of(
            "not-supported", $"'{context.Request.Path}' does not take {context.Request.Method}.",
            $"“{context.Request.Path}”不支持 {context.Request.Method}。"),
        413 => TooLarge(),
        415 => Refusal.Of(
            "not-readable", "Send JSON as application/json, or a job file as application/yaml.",
            "请以 application/json 发送 JSON，或以 application/yaml 发送作业文件。"),
        _ => null,
    };

    private Refusal? ProblemOf(Exception failure, HttpContext context)
    {
        switch (failure)
        {
            case BadHttpRequestException { StatusCode: 413 }:
                return TooLarge();
            case BadHttpRequestException bad:
                return Refusal.Of("bad-request", bad.InnerException?.Message ?? bad.Message, "请求的参数或内容格式不正确。");
            case JournalFullException:
                return Refusal.Of(
                    "journal-full",
                    "The disk under the control plane's journal is full, and nothing was changed. "
                        + "Once its operator has freed some space, send the request again with the same Idempotency-Key.",
                    "控制面日志所在的磁盘已满，未作任何更改。请运维人员释放空间后，以相同的 Idempotency-Key 重新发送请求。");
            case JournalException:
                return Refusal.Of(
                    "journal-failed", "The journal could not store the decision: send the request again with the same Idempotency-Key.",
                    "日志暂时无法保存该决定：请以相同的 Idempotency-Key 重新发送请求。");
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return null;
            default:
                LogFailed(failure, context.Request.Method, context.Request.Path);
                return Refusal.Of(
                    "internal", "The request failed inside the server; its log says why.", "服务器处理请求时出错，原因见服务器日志。");
        }
    }

    private static Refusal TooLarge() => Refusal.Of(
        "too-large", "The request's body is larger than this path takes.", "请求内容超过此路径允许的大小。");

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception failure, string method, PathString path);
}
