using System.CommandLine;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>tenant</c>.</summary>
internal static class TenantCommands
{
    private static readonly Column<TenantView>[] Account =
    [
        new(Texts.ColumnId, tenant => tenant.Id),
        new(Texts.ColumnName, tenant => tenant.Name),
        new(Texts.ColumnAvailable, tenant => tenant.Available),
        new(Texts.ColumnHeld, tenant => tenant.Held),
        new(Texts.ColumnSpent, tenant => tenant.Spent),
        new(Texts.ColumnProjects, tenant => Shown.Words(tenant.Projects)),
    ];

    private static readonly Listing<TenantView> Tenants = new(
        tenant => tenant.Id,
        [
            .. Account,
            new(Texts.ColumnWeight, tenant => Shown.Number(tenant.Weight)) { IsWide = true },
            new(Texts.ColumnCpu, tenant => Shown.Cores(tenant.Used.CpuMillicores)) { IsWide = true },
            new(Texts.ColumnQuota, tenant => QuotaText.Show(tenant.Quota)) { IsWide = true },
        ]);

    private static readonly Listing<ProjectView> Projects = new(
        project => project.Id,
        new(Texts.ColumnId, project => project.Id),
        new(Texts.ColumnWeight, project => Shown.Number(project.Weight)),
        new(Texts.ColumnCpu, project => Shown.Cores(project.Used.CpuMillicores)),
        new(Texts.ColumnMemory, project => Shown.Size(project.Used.MemoryBytes)),
        new(Texts.ColumnAccelerators, project => Shown.Number(project.Used.Accelerators)),
        new(Texts.ColumnTasks, project => Shown.Number(project.Used.Tasks)),
        new(Texts.ColumnQuota, project => QuotaText.Show(project.Quota)));

    /// <summary>A tenant with its bounds.</summary>
    internal static readonly Listing<TenantView> Detail = new(
        tenant => tenant.Id,
        [
            .. Account,
            new(Texts.ColumnWeight, tenant => Shown.Number(tenant.Weight)),
            new(Texts.ColumnQuota, tenant => QuotaText.Show(tenant.Quota)),
        ]);

    public static Command Make(Verbs verbs) => verbs.Noun(
        "tenant",
        Texts.Tenant,
        ListVerb.Make(
            verbs, ("list", Texts.TenantList), Tenants,
            (session, page, cancellation) => session.Client.GetTenantsAsync(page, cancellation)),
        Show(verbs),
        Add(verbs),
        ListProjects(verbs),
        SetProject(verbs),
        Grant(verbs));

    private static Command Show(Verbs verbs)
    {
        var id = verbs.Argument<string>("TENANT", Texts.TenantId);
        return verbs.Verb(
            "show",
            Texts.TenantShow,
            async (session, cancellation) =>
            {
                session.Printer.One(await session.Client.GetTenantAsync(session.Parsed.GetRequiredValue(id), cancellation), Detail);
                return ExitCode.Done;
            },
            id);
    }

    private static Command Add(Verbs verbs)
    {
        var id = verbs.Argument<string>("TENANT", Texts.TenantId);
        var name = verbs.Option<string?>("--name", Texts.NameOption);
        var projects = verbs.Option<string[]?>("--project", Texts.ProjectsOption);
        var (weight, quota) = SharesOptions(verbs);
        return verbs.Verb(
            "add",
            Texts.TenantAdd,
            async (session, cancellation) =>
            {
                var tenant = session.Parsed.GetRequiredValue(id);
                var (tenants, _) = await Paging.CollectAsync(
                    page => session.Client.GetTenantsAsync(page, cancellation), countMax: 10_000);
                var known = tenants.Find(t => string.Equals(t.Id, tenant, StringComparison.Ordinal));
                var declaration = new TenantDeclaration(
                    session.Parsed.GetValue(name),
                    QuotaText.Change(session, known?.Quota ?? QuotaText.OfNewTenant, session.Parsed.GetValue(quota)),
                    session.Parsed.GetValue(projects) is { Length: > 0 } given ? given : null,
                    session.Parsed.GetValue(weight));
                await session.Client.PutTenantAsync(tenant, declaration, cancellation);
                session.Say(Texts.Saved, tenant);
                return ExitCode.Done;
            },
            id, name, projects, weight, quota);
    }

    private static Command ListProjects(Verbs verbs)
    {
        var id = verbs.Argument<string>("TENANT", Texts.TenantId);
        return ListVerb.Make(
            verbs, ("projects", Texts.TenantProjects), Projects,
            (session, page, cancellation) => session.Client.GetProjectsAsync(session.Parsed.GetRequiredValue(id), page, cancellation), id);
    }

    private static Command SetProject(Verbs verbs)
    {
        var id = verbs.Argument<string>("TENANT", Texts.TenantId);
        var project = verbs.Argument<string>("PROJECT", Texts.ProjectOption);
        var (weight, quota) = SharesOptions(verbs);
        return verbs.Verb(
            "project",
            Texts.TenantProject,
            async (session, cancellation) =>
            {
                var (tenant, name) = (session.Parsed.GetRequiredValue(id), session.Parsed.GetRequiredValue(project));
                var (projects, _) = await Paging.CollectAsync(
                    page => session.Client.GetProjectsAsync(tenant, page, cancellation), countMax: 10_000);
                var known = projects.Find(p => string.Equals(p.Id, name, StringComparison.Ordinal));
                var declaration = new ProjectDeclaration(
                    QuotaText.Change(session, known?.Quota ?? QuotaText.None, session.Parsed.GetValue(quota)),
                    session.Parsed.GetValue(weight));
                await session.Client.PutProjectAsync(tenant, name, declaration, cancellation);
                session.Say(Texts.Saved, $"{tenant}/{name}");
                return ExitCode.Done;
            },
            id, project, weight, quota);
    }

    private static (Option<int?> Weight, Option<string[]?> Quota) SharesOptions(Verbs verbs) =>
        (verbs.Option<int?>("--weight", Texts.WeightOption), verbs.Option<string[]?>("--quota", Texts.QuotaOption));

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
