using System.Net;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Writes why the server refused.</summary>
internal static class ProblemText
{
    public static void Write(TextWriter writer, Problem problem, Language language)
    {
        writer.WriteLine($"{Texts.Error.In(language)}: {Joined(problem.Title, problem.Detail ?? "", language)}");
        foreach (var item in problem.Errors ?? [])
            Write(writer, (item.File, item.Line, item.Column), (item.Message, item.Hint), language);

        if ((HttpStatusCode)problem.Status == HttpStatusCode.Unauthorized)
            writer.WriteLine(Texts.LogInFirst.In(language));
        if ((HttpStatusCode)problem.Status == HttpStatusCode.Forbidden)
            writer.WriteLine(Texts.NeedsMoreRights.In(language));
    }

    /// <summary>Writes one fault in a form that editors jump to.</summary>
    public static void Write(
        TextWriter writer, (string File, long Line, long Column) at, (string Message, string Hint) fault, Language language) =>
        writer.WriteLine($"{at.File}:{at.Line}:{at.Column}: {Joined(fault.Message, fault.Hint, language)}");

    private static string Joined(string first, string second, Language language) =>
        second.Length == 0 ? first
        : language == Language.Chinese ? $"{first.TrimEnd('。')}。{second}"
        : $"{first.TrimEnd('.')}. {second}";
}
