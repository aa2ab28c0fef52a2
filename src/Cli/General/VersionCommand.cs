using System.CommandLine;
using System.Text.Json;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The versions of this program and, where one is named and answers, of the server.</summary>
internal static class VersionCommand
{
    private static readonly Listing<Versions> Shape = new(
        versions => versions.Program,
        new(Texts.ColumnProgram, versions => versions.Program),
        new(Texts.ColumnServer, versions => versions.Server));

    public static Command Make(Verbs verbs) => verbs.Verb(
        "version",
        Texts.Version,
        async (session, cancellation) =>
        {
            session.Printer.One(new(Program, await OfServerAsync(session, cancellation)), Shape);
            return ExitCode.Done;
        });

    private static string Program => typeof(MeridianCli).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static async Task<string?> OfServerAsync(Session session, CancellationToken cancellation)
    {
        if (!session.Choice.IsStated)
            return null;
        try
        {
            var answer = await session.Client.GetVersionAsync(cancellation);
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("version", out var version)
                ? version.ToString()
                : answer.ToString();
        }
        catch (Exception fault) when (fault is RefusedException or UnreachableException)
        {
            session.Say(Texts.CannotConnect, session.Choice.Server);
            return null;
        }
    }

    private sealed record Versions(string Program, string? Server);
}
