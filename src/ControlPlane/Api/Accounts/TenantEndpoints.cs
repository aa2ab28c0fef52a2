using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Tenants and their projects: weights, quotas, credit.</summary>
internal static class TenantEndpoints
{
    private const int AcceleratorMilli = 1000;
    private const int TitleLengthMax = 200;

    private static readonly Listing<Tenant> Tenants = new Listing<Tenant>("id", t => t.Id.Value).By("name", t => t.Title);

    private static readonly Listing<Project> Projects = new("id", p => p.Id.Value);

    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var tenants = routes.MapGroup("/tenants").WithTags("Accounts");
        tenants.MapGet("", List).ForAnyone()
            .Named<Rest.Page<Rest.TenantView>>("listTenants", "Tenants: the caller's own, or all for an operator");
        tenants.MapGet("/{id}", Get).ForAnyone().Named<Rest.TenantView>("getTenant", "A tenant with its quota and its credit");
        tenants.MapPut("/{id}", PutAsync).ForOperators().Named("putTenant", "Declares a tenant and its projects, or changes them");
        tenants.MapGet("/{id}/projects", ListProjects).ForAnyone()
            .Named<Rest.Page<Rest.ProjectView>>("listProjects", "A tenant's projects, with their weights and quotas");
        tenants.MapPut("/{id}/projects/{project}", PutProjectAsync).ForOperators()
            .Named("putProject", "Declares a project of a tenant, or changes its weight and quota");
        tenants.MapPost("/{id}/grants", GrantAsync).ForOperators().DoneOnce().Named("grantCredit", "Gives a tenant credit");
    }

    public static Refusal Missing(TenantId tenant) =>
        Refusal.Missing("tenant", $"There is no tenant '{tenant}'.", $"没有租户“{tenant}”。");

    private static IResult List(Call call, [AsParameters] ListQuery query, Ledgers ledgers) => Tenants.Page(
        query, call.State.Accounts.Tenants.Values.Where(t => call.Caller.Sees(t.Id)), t => View(call.State, t, ledgers));

    private static IResult Get(Call call, string id, Ledgers ledgers) =>
        call.State.Accounts.Tenants.TryGetValue(new(id), out var tenant) && call.Caller.Sees(tenant.Id)
            ? Results.Ok(View(call.State, tenant, ledgers))
            : Missing(new(id));

    private static Rest.TenantView View(DomainState state, Tenant tenant, Ledgers ledgers)
    {
        var accounts = state.Accounts;
        return new(
            tenant.Id.Value, tenant.Title, accounts.Balance(AccountId.Available(tenant.Id)).ToString(),
            accounts.Balance(AccountId.Held(tenant.Id)).ToString(), ledgers.Spent(accounts, tenant.Id).ToString(),
            View(tenant.Shares.Quota), [.. ProjectsOf(accounts, tenant.Id).Select(p => p.Id.Value)], tenant.Shares.Weight,
            View(tenant.Shares.Used));
    }

    private static Rest.QuotaView View(Quota quota) =>
        new(quota.CpuMillicores, quota.MemoryBytes, quota.AcceleratorMilli / AcceleratorMilli, quota.Tasks, quota.WaitingTasks, quota.BitsPerSecond,
            quota.BandwidthHours.IsDefaultOrEmpty ? null : [.. quota.BandwidthHours.Select(s => new Rest.BandwidthHoursView(s.FromHour, s.ToHour, s.BitsPerSecond))]);

    private static Rest.Holding View(Usage used) =>
        new(used.CpuMillicores, used.MemoryBytes, (double)used.AcceleratorMilli / AcceleratorMilli, used.Tasks);

    private static IEnumerable<Project> ProjectsOf(AccountsState accounts, TenantId tenant) =>
        accounts.Projects.Values.Where(p => p.Tenant == tenant);

    private static IResult ListProjects(Call call, string id, [AsParameters] ListQuery query)
    {
        var tenant = new TenantId(id);
        return call.State.Accounts.Tenants.ContainsKey(tenant) && call.Caller.Sees(tenant)
            ? Projects.Page(query, ProjectsOf(call.State.Accounts, tenant), p => new Rest.ProjectView(
                p.Id.Value, p.Tenant.Value, p.Shares.Weight, View(p.Shares.Quota), View(p.Shares.Used)))
            : Missing(tenant);
    }

    private static Task<IResult> PutAsync(Call call, string id, Rest.TenantDeclaration declared)
    {
        if (declared.Name is { Length: > TitleLengthMax })
            return Task.FromResult<IResult>(Refusal.Of(
                "bad-request", $"A tenant's name has at most {TitleLengthMax} characters.", $"租户名称最长 {TitleLengthMax} 个字符。"));
        if (IsNegative(declared.Quota))
            return Task.FromResult<IResult>(NegativeQuota());

        var tenant = new TenantId(id);
        var known = call.State.Accounts.Tenants.GetValueOrDefault(tenant);
        return call.DecideAsync(new DeclareTenant(
            tenant, declared.Name ?? known?.Title ?? id, QuotaOf(declared.Quota) ?? known?.Shares.Quota ?? Quota.Default,
            [.. (declared.Projects ?? []).Select(p => new ProjectId(p))],
            declared.Weight ?? known?.Shares.Weight ?? Shares.WeightUsual));
    }

    private static Task<IResult> PutProjectAsync(Call call, string id, string project, Rest.ProjectDeclaration declared)
    {
        if (IsNegative(declared.Quota))
            return Task.FromResult<IResult>(NegativeQuota());

        var known = call.State.Accounts.Projects.GetValueOrDefault(new(project))?.Shares;
        return call.DecideAsync(new DeclareProject(
            new(project), new(id), QuotaOf(declared.Quota) ?? known?.Quota ?? Quota.None,
            declared.Weight ?? known?.Weight ?? Shares.WeightUsual));
    }

    private static Quota? QuotaOf(Rest.QuotaView? asked) => asked is { } q
        ? new(q.CpuMillicores, q.MemoryBytes, q.Accelerators * AcceleratorMilli, q.Tasks, q.WaitingTasks, q.BitsPerSecond,
            [.. (q.BandwidthHours ?? []).Select(s => new BandwidthHours(s.FromHour, s.ToHour, s.BitsPerSecond))])
        : null;

    private static Refusal NegativeQuota() => Refusal.Of("bad-request", "A quota is not below zero.", "配额不能小于零。");

    private static bool IsNegative(Rest.QuotaView? asked) => asked is { } q && (
        q.CpuMillicores < 0 || q.MemoryBytes < 0 || q.Tasks < 0 || q.WaitingTasks < 0 || q.BitsPerSecond < 0
        || q.Accelerators is < 0 or > int.MaxValue / AcceleratorMilli);

    private static Task<IResult> GrantAsync(Call call, string id, Rest.Grant grant) => grant.Reason.Length > TitleLengthMax
        ? Task.FromResult<IResult>(Refusal.Of(
            "bad-request", $"A grant's reason has at most {TitleLengthMax} characters.", $"拨款事由最长 {TitleLengthMax} 个字符。"))
        : call.DecideAsync(new GrantCredit(new(id), new Money(grant.Amount, grant.Currency), grant.Reason));
}
