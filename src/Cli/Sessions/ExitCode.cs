using System.Net;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>What the program's exit code says. Documented; never renumbered.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotAllowed = 3;
    public const int NotFound = 4;
    public const int TimedOut = 5;
    public const int CannotConnect = 6;

    public static int Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => Usage,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => NotAllowed,
        HttpStatusCode.NotFound => NotFound,
        HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => TimedOut,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable => CannotConnect,
        _ => Failed,
    };
}

/// <summary>Ends a command with a code and a message for people.</summary>
internal sealed class CommandException(int exitCode, Phrase message, params object?[] arguments)
    : Exception(message.English)
{
    public int ExitCode => exitCode;

    public string In(Language language) => message.In(language, arguments);
}
