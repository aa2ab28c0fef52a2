namespace Meridian.Protocol.Rest;

public sealed partial class MeridianClient
{
    public Task<Page<SitePairView>> GetSitePairsAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<SitePairView>>("network/pairs" + PageQuery(page), cancellation);

    public Task<SitePairDetail> GetSitePairAsync(string from, string to, CancellationToken cancellation) =>
        GetAsync<SitePairDetail>($"network/pairs/{Escaped(from)}/{Escaped(to)}", cancellation);

    /// <param name="target">The circle that every pair ought to be in; null for the rule by region.</param>
    public Task<CirclesView> GetCirclesAsync(string? target, CancellationToken cancellation) =>
        GetAsync<CirclesView>("network/circles" + Query(("target", target)), cancellation);

    public Task<Page<CircuitView>> GetCircuitsAsync(PageRequest page, CancellationToken cancellation) =>
        GetAsync<Page<CircuitView>>("network/circuits" + PageQuery(page), cancellation);

    /// <param name="from">The site where paths begin.</param>
    /// <param name="to">The site where they end.</param>
    /// <param name="by">latency, price or hops.</param>
    /// <param name="count">How many at most.</param>
    public Task<IReadOnlyList<NetworkPathView>> GetPathsAsync(
        string from, string to, string by, int count, CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<NetworkPathView>>(
            "network/paths" + Query(("from", from), ("to", to), ("by", by), ("count", Text(count))), cancellation);
}
