using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Agent.Circuits;

/// <summary>A way of its own for the packets of one circuit.</summary>
/// <param name="Number">Their mark, and the number of the table that holds the route.</param>
/// <param name="Peer">Where they go.</param>
/// <param name="Gateway">By whom.</param>
/// <param name="Device">Out of which device.</param>
internal sealed record MarkedRoute(int Number, IPAddress Peer, IPAddress Gateway, string Device);

/// <summary>Rules and tables of routing for marked packets. Ours are known by the priority and by the upper half of the mark.</summary>
internal sealed class PolicyRoutes(SystemTool tool)
{
    /// <summary>What is said of a route that was gone or changed, and was put right.</summary>
    internal const string Mended = "mended";

    private const int Priority = 19_044;

    private static readonly ImmutableArray<string> Families = ["-4", "-6"];

    private readonly SortedSet<int> _made = [];

    /// <summary>Brings rules and tables to what is wanted. Says for each number what was mended, or what the tool refused.</summary>
    internal async Task<SortedDictionary<int, string>> ReconcileAsync(IReadOnlyList<MarkedRoute> wanted, CancellationToken cancellation)
    {
        var news = new SortedDictionary<int, string>();
        foreach (var family in Families)
        {
            var mine = wanted.Where(r => FamilyOf(r.Peer) == family).ToList();
            var rules = await RulesAsync(family, cancellation);
            foreach (var number in rules.Where(n => !mine.Exists(r => r.Number == n)))
            {
                await tool.RunAsync(["ip", family, "rule", "del", "fwmark", Text(number), "priority", Text(Priority)], cancellation);
                await tool.RunAsync(["ip", family, "route", "flush", "table", Text(number)], cancellation);
            }

            foreach (var route in mine)
                await BringAsync(route, family, rules.Contains(route.Number), news, cancellation);
        }

        _made.RemoveWhere(n => wanted.All(r => r.Number != n));
        return news;
    }

    private async Task BringAsync(
        MarkedRoute route, string family, bool hasRule, SortedDictionary<int, string> news, CancellationToken cancellation)
    {
        var number = Text(route.Number);
        var table = await tool.RunAsync(["ip", family, "-j", "route", "show", "table", number], cancellation);
        var hasRoute = Json.Items(table.Output).Any(r =>
            Json.Text(r, "dst") == route.Peer.ToString() && Json.Text(r, "gateway") == route.Gateway.ToString() && Json.Text(r, "dev") == route.Device);
        if (hasRule && hasRoute)
        {
            _made.Add(route.Number);
            return;
        }

        var answer = await tool.RunAsync(
            ["ip", family, "route", "replace", route.Peer.ToString(), "via", route.Gateway.ToString(), "dev", route.Device, "table", number], cancellation);
        if (answer.IsGood && !hasRule)
            answer = await tool.RunAsync(["ip", family, "rule", "add", "fwmark", number, "priority", Text(Priority), "lookup", number], cancellation);
        if (!answer.IsGood)
            news[route.Number] = answer.Error;
        else if (!_made.Add(route.Number))
            news[route.Number] = Mended;
    }

    private async Task<SortedSet<int>> RulesAsync(string family, CancellationToken cancellation)
    {
        var answer = await tool.RunAsync(["ip", family, "-j", "rule", "show"], cancellation);
        return [.. Json.Items(answer.Output).Where(r => r.TryGetProperty("priority", out var at) && at.TryGetInt32(out var priority) && priority == Priority)
            .Select(r => Json.Text(r, "fwmark")).Select(NumberOf).OfType<int>().Where(n => n >> 16 == CircuitTable.Prefix >> 16)];
    }

    private static int? NumberOf(string mark) =>
        mark.StartsWith("0x", StringComparison.Ordinal) && int.TryParse(mark[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "-6" : "-4";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
