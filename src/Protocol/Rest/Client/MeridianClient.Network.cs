using System.Globalization;
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

    /// <summary>What it would do to cut the link, or to give it another rate or latency; no link asks for each of all links.</summary>
    public Task<IReadOnlyList<LinkChangeView>> NetworkWhatIfAsync(
        string? link, long? bitsPerSecond, long? latencyMicroseconds, CancellationToken cancellation) =>
        GetAsync<IReadOnlyList<LinkChangeView>>(
            "network/what-if" + Query(
                ("link", link), ("bitsPerSecond", bitsPerSecond?.ToString(CultureInfo.InvariantCulture)),
                ("latencyMicroseconds", latencyMicroseconds?.ToString(CultureInfo.InvariantCulture))),
            cancellation);

    /// <summary>The declared network as a file of the format: graphml, sndlib or rfc8345.</summary>
    public Task<string> ExportNetworkAsync(string format, CancellationToken cancellation) =>
        ReadTextAsync(Request(HttpMethod.Get, "network/export" + Query(("format", format))), cancellation);

    /// <summary>Declares the sites and links of a file, or only reads it.</summary>
    public Task<NetworkImported> ImportNetworkAsync(
        string text, (string Format, string FileName, string Provider) file, bool isDryRun, CancellationToken cancellation) =>
        ReadAsync<NetworkImported>(
            WriteRequest(
                HttpMethod.Post,
                "network/import" + Query(
                    ("format", file.Format), ("fileName", file.FileName), ("provider", file.Provider), ("dryRun", isDryRun ? "true" : null)),
                new StringContent(text)),
            cancellation);

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
