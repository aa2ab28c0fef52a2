using System.Net;

namespace Meridian.Protocol.Rest;

/// <summary>The server refused. Asking again in the same words would not help.</summary>
public sealed class RefusedException(Problem problem)
    : Exception(problem.Detail is { Length: > 0 } detail ? $"{problem.Title}: {detail}" : problem.Title)
{
    public Problem Problem { get; } = problem;

    public HttpStatusCode Status => (HttpStatusCode)Problem.Status;
}

/// <summary>The server could not be reached, or what answered is no Meridian server.</summary>
public sealed class UnreachableException(Uri server, Exception? inner, string? reason = null)
    : Exception($"{server}: {reason ?? inner?.Message ?? "no answer"}", inner)
{
    public Uri Server { get; } = server;
}
