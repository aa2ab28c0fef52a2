using System.CommandLine;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>tenant</c>.</summary>
internal static class TenantCommands
{
    private static readonly Listing<TenantView> Tenants = new(
        tenant => tenant.Id,
        new(Texts.ColumnId, tenant => tenant.Id),
        new(Texts.ColumnName, tenant => tenant.Name),
        new(Texts.ColumnAvailable, tenant => tenant.Available),
        new(Texts.ColumnHeld, tenant => tenant.Held),
        new(Texts.ColumnSpent, tenant => tenant.Spent),
        new(Texts.ColumnProjects, tenant => Shown.Words(tenant.Projects)));

    public static Command Make(Verbs verbs) => verbs.Noun(
        "tenant",
        Texts.Tenant,
        ListVerb.Make(
            verbs, ("list", Texts.TenantList), Tenants,
            (session, page, cancellation) => session.Client.GetTenantsAsync(page, cancellation)),
        Add(verbs),
        Grant(verbs));

    private static Command Add(Verbs verbs)
    {
        var id = verbs.Argument<string>("TENANT", Texts.TenantId);
        var name = verbs.Option<string?>("--name", Texts.NameOption);
        var projects = verbs.Option<string[]?>("--project", Texts.ProjectsOption);
        return verbs.Verb(
            "add",
            Texts.TenantAdd,
            async (session, cancellation) =>
            {
                var tenant = session.Parsed.GetRequiredValue(id);
                var declaration = new TenantDeclaration(
                    session.Parsed.GetValue(name) ?? tenant,
                    Quota: null,
                    session.Parsed.GetValue(projects) is { Length: > 0 } given ? given : null);
                await session.Client.PutTenantAsync(tenant, declaration, cancellation);
                session.Say(Texts.Saved, tenant);
                return ExitCode.Done;
            },
            id, name, projects);
    }

    private static Command Grant(Verbs verbs)
    {
        var id = verbs.Argument<string>("TENANT", Texts.TenantId);
        var amount = verbs.Argument<string>("AMOUNT", Texts.AmountArgument);
        var reason = verbs.WithDefault("--reason", Texts.ReasonOption, "");
        return verbs.Verb(
            "grant",
            Texts.TenantGrant,
            async (session, cancellation) =>
            {
                var text = session.Parsed.GetRequiredValue(amount);
                if (!Money.TryParse(text, out var money) || money.Amount <= 0)
                    throw new CommandException(
                        ExitCode.Usage, Texts.BadQuantity, text, Texts.ColumnAmount.In(session.Language), "\"100 CNY\"");

                var tenant = session.Parsed.GetRequiredValue(id);
                await session.Client.GrantAsync(
                    tenant, new(money.Amount, money.Currency, session.Parsed.GetRequiredValue(reason)), cancellation);
                session.Say(Texts.Granted, money, tenant);
                return ExitCode.Done;
            },
            id, amount, reason);
    }
}
