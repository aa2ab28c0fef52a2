using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Tenants, their quotas and their credit.</summary>
internal static class TenantEndpoints
{
    private const int AcceleratorMilli = 1000;
    private const int TitleLengthMax = 200;

    private static readonly Listing<Tenant> Tenants = new Listing<Tenant>("id", t => t.Id.Value).By("name", t => t.Title);

    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var tenants = routes.MapGroup("/tenants").WithTags("Accounts");
        tenants.MapGet("", List).ForAnyone()
            .Named<Rest.Page<Rest.TenantView>>("listTenants", "Tenants: the caller's own, or all for an operator");
        tenants.MapPut("/{id}", PutAsync).ForOperators().Named("putTenant", "Declares a tenant and its projects, or changes them");
        tenants.MapPost("/{id}/grants", GrantAsync).ForOperators().DoneOnce().Named("grantCredit", "Gives a tenant credit");
    }

    public static Refusal Missing(TenantId tenant) =>
        Refusal.Missing("tenant", $"There is no tenant '{tenant}'.", $"没有租户“{tenant}”。");

    private static IResult List(Call call, [AsParameters] ListQuery query, Ledgers ledgers) => Tenants.Page(
        query, call.State.Accounts.Tenants.Values.Where(t => call.Caller.Sees(t.Id)), t => View(call.State, t, ledgers));

    private static Rest.TenantView View(DomainState state, Tenant tenant, Ledgers ledgers)
    {
        var accounts = state.Accounts;
        var quota = tenant.Quota;
        return new(
            tenant.Id.Value, tenant.Title, accounts.Balance(AccountId.Available(tenant.Id)).ToString(),
            accounts.Balance(AccountId.Held(tenant.Id)).ToString(), ledgers.Spent(accounts, tenant.Id).ToString(),
            new(quota.CpuMillicores, quota.MemoryBytes, quota.AcceleratorMilli / AcceleratorMilli, quota.Tasks, quota.WaitingTasks),
            [.. accounts.Projects.Where(p => p.Value == tenant.Id).Select(p => p.Key.Value)]);
    }

    private static Task<IResult> PutAsync(Call call, string id, Rest.TenantDeclaration declared)
    {
        if (declared.Name.Length > TitleLengthMax)
            return Task.FromResult<IResult>(Refusal.Of(
                "bad-request", $"A tenant's name has at most {TitleLengthMax} characters.", $"租户名称最长 {TitleLengthMax} 个字符。"));
        if (declared.Quota is { } asked && IsNegative(asked))
            return Task.FromResult<IResult>(Refusal.Of("bad-request", "A quota is not below zero.", "配额不能小于零。"));

        var tenant = new TenantId(id);
        var known = call.State.Accounts.Tenants.GetValueOrDefault(tenant)?.Quota ?? Quota.Default;
        var quota = declared.Quota is { } q
            ? new Quota(q.CpuMillicores, q.MemoryBytes, q.Accelerators * AcceleratorMilli, q.Tasks, q.WaitingTasks)
            : known;
        return call.DecideAsync(new DeclareTenant(
            tenant, declared.Name, quota, [.. (declared.Projects ?? []).Select(p => new ProjectId(p))]));
    }

    private static bool IsNegative(Rest.QuotaView q) =>
        q.CpuMillicores < 0 || q.MemoryBytes < 0 || q.Tasks < 0 || q.WaitingTasks < 0
        || q.Accelerators is < 0 or > int.MaxValue / AcceleratorMilli;

    private static Task<IResult> GrantAsync(Call call, string id, Rest.Grant grant) => grant.Reason.Length > TitleLengthMax
        ? Task.FromResult<IResult>(Refusal.Of(
            "bad-request", $"A grant's reason has at most {TitleLengthMax} characters.", $"拨款事由最长 {TitleLengthMax} 个字符。"))
        : call.DecideAsync(new GrantCredit(new(id), new Money(grant.Amount, grant.Currency), grant.Reason));
}
