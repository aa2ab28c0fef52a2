using System.Globalization;

namespace Meridian.Protocol.Rest;

public sealed partial class MeridianClient
{
    public Task<Page<TenantView>> GetTenantsAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<TenantView>>("tenants" + PageQuery(page), cancellation);

    public Task<TenantView> GetTenantAsync(string id, CancellationToken cancellation) =>
        GetAsync<TenantView>($"tenants/{Escaped(id)}", cancellation);

    public Task PutTenantAsync(string id, TenantDeclaration tenant, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, $"tenants/{Escaped(id)}", tenant, cancellation);

    public Task<Page<ProjectView>> GetProjectsAsync(string tenant, PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<ProjectView>>($"tenants/{Escaped(tenant)}/projects" + PageQuery(page), cancellation);

    public Task PutProjectAsync(string tenant, string id, ProjectDeclaration project, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, $"tenants/{Escaped(tenant)}/projects/{Escaped(id)}", project, cancellation);

    public Task GrantAsync(string tenant, Grant grant, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"tenants/{Escaped(tenant)}/grants", grant, cancellation);

    /// <summary>The bill of a tenant, or the token's own where it is null.</summary>
    public Task<Bill> GetBillAsync(string? tenant, long? job, string? cursor, CancellationToken cancellation) =>
        GetAsync<Bill>(
            "bill" + Query(("tenant", tenant), ("job", job?.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            cancellation);

    public Task<Ledger> GetLedgerAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Ledger>("ledger" + PageQuery(page), cancellation);

    public Task<Page<TokenView>> GetTokensAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<TokenView>>("tokens" + PageQuery(page), cancellation);

    public Task<TokenCreated> CreateTokenAsync(TokenRequest request, CancellationToken cancellation) =>
        WriteAsync<TokenCreated>(HttpMethod.Post, "tokens", request, cancellation);

    public Task RevokeTokenAsync(string id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Delete, $"tokens/{Escaped(id)}", body: null, cancellation);
}
