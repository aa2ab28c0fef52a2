using System.Net;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Writes why the server refused.</summary>
internal static class ProblemText
{
    public static void Write(TextWriter writer, Problem problem, Language language)
    {
        var title = Pick(problem.Title, problem.TitleZh, language);
        var detail = Pick(problem.Detail ?? "", problem.DetailZh, language);
        writer.WriteLine($"{Texts.Error.In(language)}: {Joined(title, detail)}");
        foreach (var item in problem.Errors ?? [])
            Write(
                writer,
                (item.File, item.Line, item.Column),
                Pick(item.Message, item.MessageZh, language),
                Pick(item.Hint, item.HintZh, language));

        if ((HttpStatusCode)problem.Status == HttpStatusCode.Unauthorized)
            writer.WriteLine(Texts.LogInFirst.In(language));
        if ((HttpStatusCode)problem.Status == HttpStatusCode.Forbidden)
            writer.WriteLine(Texts.NeedsMoreRights.In(language));
    }

    /// <summary>Writes one fault in a form that editors jump to.</summary>
    public static void Write(
        TextWriter writer, (string File, long Line, long Column) at, string message, string hint) =>
        writer.WriteLine($"{at.File}:{at.Line}:{at.Column}: {Joined(message, hint)}");

    private static string Pick(string english, string? chinese, Language language) =>
        language == Language.Chinese && !string.IsNullOrEmpty(chinese) ? chinese : english;

    private static string Joined(string first, string second) =>
        second.Length == 0 ? first : $"{first.TrimEnd('.', '。')}. {second}";
}
