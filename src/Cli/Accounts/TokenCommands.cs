using System.CommandLine;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>token</c>.</summary>
internal static class TokenCommands
{
    private static readonly Listing<TokenView> Tokens = new(
        token => token.Id,
        new(Texts.ColumnId, token => token.Id),
        new(Texts.ColumnName, token => token.Name),
        new(Texts.ColumnTenant, token => token.Tenant),
        new(Texts.ColumnProject, token => token.Project),
        new(Texts.ColumnRole, token => token.Role),
        new(Texts.ColumnExpires, token => Shown.At(token.ExpiresAt)),
        new(Texts.ColumnCreated, token => Shown.At(token.CreatedAt)) { IsWide = true });

    public static Command Make(Verbs verbs) => verbs.Noun(
        "token",
        Texts.Token,
        Create(verbs),
        ListVerb.Make(
            verbs, ("list", Texts.TokenList), Tokens,
            (session, page, cancellation) => session.Client.GetTokensAsync(page, cancellation)),
        Revoke(verbs));

    private static Command Create(Verbs verbs)
    {
        var name = verbs.Argument<string>("NAME", Texts.TokenName);
        var tenant = verbs.Option<string?>("--tenant", Texts.TenantOption);
        var project = verbs.Option<string?>("--project", Texts.ProjectOption);
        var role = verbs.WithDefault("--role", Texts.RoleOption, "member");
        var lifetime = verbs.Option<int?>("--lifetime-days", Texts.LifetimeDaysOption);
        role.AcceptOnlyFromAmong("operator", "provider", "member", "viewer");
        return verbs.Verb(
            "create",
            Texts.TokenCreate,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var (payer, forProject) = (parsed.GetValue(tenant), parsed.GetValue(project));
                if (payer is null || forProject is null)
                {
                    var self = await session.Client.WhoAmIAsync(cancellation);
                    (payer, forProject) = (payer ?? self.Tenant, forProject ?? self.Project);
                }

                var created = await session.Client.CreateTokenAsync(
                    new(parsed.GetRequiredValue(name), payer, forProject, parsed.GetRequiredValue(role), parsed.GetValue(lifetime)),
                    cancellation);
                session.Say(Texts.SecretOnce);
                if (session.Printer.IsTable)
                    session.Printer.Line(created.Secret);
                else
                    session.Printer.One(created, new(token => token.Token.Id));
                return ExitCode.Done;
            },
            name, tenant, project, role, lifetime);
    }

    private static Command Revoke(Verbs verbs)
    {
        var id = verbs.Argument<string>("TOKEN", Texts.TokenId);
        return verbs.Verb(
            "revoke",
            Texts.TokenRevoke,
            async (session, cancellation) =>
            {
                await session.Client.RevokeTokenAsync(session.Parsed.GetRequiredValue(id), cancellation);
                session.Say(Texts.Removed, session.Parsed.GetRequiredValue(id));
                return ExitCode.Done;
            },
            id);
    }
}
