using System.CommandLine;
using System.Net;
using Meridian.Depot;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Where failures become messages and exit codes.</summary>
internal static class Edge
{
    public static async Task<int> RunAsync(
        CliContext context, GlobalOptions options, ParseResult parsed, VerbAction action, CancellationToken cancellation)
    {
        using var session = new Session(context, options, parsed);
        try
        {
            return await action(session, cancellation);
        }
        catch (Exception fault) when (ExitCodeOf(fault) is not null)
        {
            session.CloseLine();
            Explain(fault, context, session);
            return ExitCodeOf(fault)!.Value;
        }
    }

    private static int? ExitCodeOf(Exception fault) => fault switch
    {
        CommandException known => known.ExitCode,
        RefusedException refused => ExitCode.Of(refused.Status),
        UnreachableException => ExitCode.CannotConnect,
        DepotRefusedException { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => ExitCode.NotAllowed,
        DepotUnreachableException or DepotUntrustedException => ExitCode.CannotConnect,
        DepotException or IOException or UnauthorizedAccessException or OperationCanceledException => ExitCode.Failed,
        _ => null, // A bug: it ends the process with its stack.
    };

    private static void Explain(Exception fault, CliContext context, Session session)
    {
        var language = context.Language;
        if (fault is RefusedException refused)
        {
            ProblemText.Write(context.Error, refused.Problem, language);
            return;
        }

        var message = fault switch
        {
            CommandException known => known.In(language),
            UnreachableException => Texts.CannotConnect.In(language, session.Choice.Server),
            OperationCanceledException => Texts.Interrupted.In(language),
            _ => fault.Message,
        };
        context.Error.WriteLine($"{Texts.Error.In(language)}: {message}");
        if (fault is UnreachableException)
            context.Error.WriteLine("  " + fault.Message);
    }
}
