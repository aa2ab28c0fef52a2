using System.CommandLine;

namespace Meridian.Cli;

/// <summary>Which server is asked, and with which token: flags, then the environment, then what login remembered.</summary>
/// <param name="Server">Its address.</param>
/// <param name="Token">The token, or empty.</param>
/// <param name="Authority">The file of certificates that alone vouch for it, or nothing.</param>
/// <param name="IsStated">Whether somebody named the server.</param>
internal sealed record ServerChoice(Uri Server, string Token, string? Authority, bool IsStated)
{
    public static ServerChoice Make(CliContext context, GlobalOptions options, ParseResult parsed)
    {
        var remembered = ConfigFile.Read(context);
        var stated = parsed.GetValue(options.Server) ?? NotEmpty(context.Environment("MERIDIAN_SERVER"));
        var server = Address(stated ?? remembered?.Server ?? CliContext.ServerDefault);

        // A remembered token belongs to the server that it was given to, and is shown to no other.
        var isSame = remembered is not null && Address(remembered.Server) == server;
        var token = Given(context, options, parsed) ?? (isSame ? remembered!.Token : "");
        var authority = GivenAuthority(context, options, parsed) ?? (isSame ? remembered!.Authority : null);
        return new(server, token, authority, IsStated: stated is not null || remembered is not null);
    }

    /// <summary>The token that flags or the environment give, or null.</summary>
    public static string? Given(CliContext context, GlobalOptions options, ParseResult parsed)
    {
        if (parsed.GetValue(options.TokenFile) is { } path)
            return TextFile.Read(path).Trim();
        if (parsed.GetValue(options.Token) is not { } token)
            return NotEmpty(context.Environment("MERIDIAN_TOKEN"));

        context.Error.WriteLine(
            $"{Texts.Warning.In(context.Language)}: {Texts.TokenInArguments.In(context.Language)}");
        return token;
    }

    /// <summary>The file of certificates that flags or the environment name, as a whole path, or null.</summary>
    public static string? GivenAuthority(CliContext context, GlobalOptions options, ParseResult parsed) =>
        (parsed.GetValue(options.Authority) ?? NotEmpty(context.Environment("MERIDIAN_CA"))) is { } path ? Path.GetFullPath(path) : null;

    public static Uri Address(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var server)
            && server.Scheme is "http" or "https"
            ? server
            : throw new CommandException(ExitCode.Usage, Texts.BadServer, text);

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
