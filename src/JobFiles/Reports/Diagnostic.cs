namespace Meridian.JobFiles;

/// <summary>A fault in a job file: where, what, and what to do.</summary>
/// <param name="File">The file's name as the caller gave it.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Message">What is wrong, in English.</param>
/// <param name="MessageZh">What is wrong, in Chinese.</param>
/// <param name="Hint">What to do, in English.</param>
/// <param name="HintZh">What to do, in Chinese.</param>
public sealed record Diagnostic(
    string File, long Line, long Column, string Message, string MessageZh, string Hint, string HintZh)
{
    /// <summary>The form that editors understand: <c>file:line:column: message. hint.</c></summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}. {Hint}.";
}
