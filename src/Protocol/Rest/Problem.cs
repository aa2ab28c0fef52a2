namespace Meridian.Protocol.Rest;

/// <summary>Why a request was refused, as <c>application/problem+json</c> (RFC 9457). The type is stable, the words are not.</summary>
public sealed record Problem(string Type, string Title, int Status, string? Detail, IReadOnlyList<ProblemItem>? Errors)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";
}

/// <summary>One of the faults of a file, in its place. Line and column count from 1.</summary>
public sealed record ProblemItem(string File, long Line, long Column, string Message, string Hint);
