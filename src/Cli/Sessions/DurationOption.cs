using System.CommandLine;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>The option <c>--timeout</c>.</summary>
internal static class DurationOption
{
    public static Option<string?> Make(Verbs verbs) => verbs.Option<string?>("--timeout", Texts.TimeoutOption);

    /// <summary>The time, or null when it was not given.</summary>
    public static TimeSpan? Read(Session session, Option<string?> option)
    {
        if (session.Parsed.GetValue(option) is not { } text)
            return null;
        return Duration.TryParse(text, out var time)
            ? time
            : throw new CommandException(
                ExitCode.Usage, Texts.BadQuantity, text, Texts.DurationWord.In(session.Language), "10m");
    }
}
