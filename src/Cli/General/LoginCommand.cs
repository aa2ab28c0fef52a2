using System.CommandLine;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Signs in: proves the token to the server before it is remembered.</summary>
internal static class LoginCommand
{
    public static Command Make(Verbs verbs)
    {
        var server = verbs.Argument<string?>("SERVER", Texts.ServerOption);
        server.Arity = ArgumentArity.ZeroOrOne;
        return verbs.Verb(
            "login",
            Texts.Login,
            async (session, cancellation) =>
            {
                var address = session.Parsed.GetValue(server) is { } given
                    ? ServerChoice.Address(given)
                    : session.Choice.Server;
                var token = ServerChoice.Given(session.Context, session.Options, session.Parsed)
                    ?? await AskAsync(session, cancellation);
                var authority = ServerChoice.GivenAuthority(session.Context, session.Options, session.Parsed);
                var self = await ProveAsync(session, session.Connect(address, authority), token, cancellation);
                ConfigFile.Write(session.Context, new(address.ToString(), token, authority));
                session.Say(Texts.LoggedIn, address, self.Name, self.Tenant, self.Role);
                return ExitCode.Done;
            },
            server);
    }

    private static async Task<Identity> ProveAsync(
        Session session, HttpClient http, string token, CancellationToken cancellation)
    {
        using (http)
            return await new MeridianClient(http, token, Session.NewKey) { Language = session.Language }.WhoAmIAsync(cancellation);
    }

    private static async Task<string> AskAsync(Session session, CancellationToken cancellation)
    {
        string? token;
        if (session.Context.ReadSecret is { } read)
        {
            await session.Context.Error.WriteAsync(Texts.TokenPrompt.In(session.Language));
            token = read();
        }
        else
        {
            token = await session.Context.In.ReadLineAsync(cancellation);
        }

        return string.IsNullOrWhiteSpace(token)
            ? throw new CommandException(ExitCode.Usage, Texts.TokenMissing)
            : token.Trim();
    }
}
