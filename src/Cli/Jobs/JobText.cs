using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>A job file, read and checked on this side before anything is sent.</summary>
internal sealed record JobText(string Name, string Text)
{
    /// <summary>The file, or null when it is faulty; its faults are then on standard error.</summary>
    public static async Task<JobText?> ReadAsync(Session session, string path, CancellationToken cancellation)
    {
        var isInput = path is "-";
        var name = isInput ? "stdin" : Path.GetFileName(path);
        var text = isInput ? await session.Context.In.ReadToEndAsync(cancellation) : TextFile.Read(path);
        var result = JobFile.Parse(text, isInput ? name : path);
        foreach (var fault in result.Diagnostics)
            ProblemText.Write(
                session.Context.Error,
                (fault.File, fault.Line, fault.Column),
                session.Language == Language.Chinese ? (fault.MessageZh, fault.HintZh) : (fault.Message, fault.Hint),
                session.Language);
        return result.Spec is null ? null : new(name, text);
    }
}
