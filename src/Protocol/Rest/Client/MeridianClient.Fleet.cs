namespace Meridian.Protocol.Rest;

public sealed partial class MeridianClient
{
    public Task<Page<SiteView>> GetSitesAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<SiteView>>("sites" + PageQuery(page), cancellation);

    public Task<SiteView> GetSiteAsync(string id, CancellationToken cancellation) =>
        GetAsync<SiteView>($"sites/{Escaped(id)}", cancellation);

    public Task PutSiteAsync(string id, SiteDeclaration site, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, $"sites/{Escaped(id)}", site, cancellation);

    public Task RemoveSiteAsync(string id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Delete, $"sites/{Escaped(id)}", body: null, cancellation);

    public Task<JoinToken> CreateJoinTokenAsync(string site, JoinTokenRequest request, CancellationToken cancellation) =>
        WriteAsync<JoinToken>(HttpMethod.Post, $"sites/{Escaped(site)}/join-tokens", request, cancellation);

    public Task<Page<PoolView>> GetPoolsAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<PoolView>>("pools" + PageQuery(page), cancellation);

    public Task PutPoolAsync(string site, string pool, PoolDeclaration declaration, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, $"pools/{Escaped(site)}/{Escaped(pool)}", declaration, cancellation);

    public Task<Page<LinkView>> GetLinksAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<LinkView>>("links" + PageQuery(page), cancellation);

    public Task PutLinkAsync(string id, LinkDeclaration link, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, $"links/{Escaped(id)}", link, cancellation);

    public Task RemoveLinkAsync(string id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Delete, $"links/{Escaped(id)}", body: null, cancellation);

    public Task<Page<EquivalenceView>> GetEquivalencesAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<EquivalenceView>>("equivalences" + PageQuery(page), cancellation);

    public Task PutEquivalenceAsync(EquivalenceView equivalence, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Put, PathOf(equivalence), new EquivalenceDeclaration(equivalence.Factor), cancellation);

    public Task RemoveEquivalenceAsync(EquivalenceView equivalence, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Delete, PathOf(equivalence), body: null, cancellation);

    private static string PathOf(EquivalenceView e) => $"equivalences/{Escaped(e.Workload)}/{Escaped(e.Model)}/{Escaped(e.Instead)}";

    public Task<Page<AgentView>> GetAgentsAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<AgentView>>("agents" + PageQuery(page), cancellation);

    public Task BanAgentAsync(string id, CancellationToken cancellation) =>
        WriteAsync(HttpMethod.Post, $"agents/{Escaped(id)}/ban", body: null, cancellation);

    private static string PageQuery(PageRequest page) =>
        Query(("cursor", page.Cursor), ("limit", Text(page.Limit)), ("sort", page.Sort));
}
