using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Meridian.Agent.Circuits;

/// <summary>A way of its own for the packets of one circuit: by a gateway, or through segments.</summary>
/// <param name="Number">Their mark, and the number of the table that holds the route.</param>
/// <param name="Peer">Where they go.</param>
/// <param name="Way">By what.</param>
internal sealed record MarkedRoute(int Number, IPAddress Peer, CircuitWay Way);

/// <summary>How the packets of a circuit leave.</summary>
/// <param name="Device">Out of which device.</param>
internal sealed record CircuitWay(string Device)
{
    /// <summary>By whom; nothing leaves it to the host's routes, or to the segments.</summary>
    internal IPAddress? Gateway { get; init; }

    /// <summary>Through which segments, in order, the last being the one that takes them out; none without segment routing.</summary>
    internal ImmutableArray<IPAddress> Segments { get; init; } = [];

    /// <summary>Whether it differs from the host's own routes.</summary>
    internal bool IsOwn => Gateway is not null || !Segments.IsEmpty;

    /// <summary>The way as <c>ip route</c> takes it.</summary>
    internal ImmutableArray<string> Words => Segments.IsEmpty
        ? ["via", $"{Gateway}", "dev", Device]
        : ["encap", "seg6", "mode", "encap", "segs", string.Join(',', Segments), "dev", Device];

    /// <summary>Whether the route that <c>ip -j route show</c> tells of is this way.</summary>
    internal bool IsThatOf(JsonElement route) => Json.Text(route, "dev") == Device && (Segments.IsEmpty
        ? Json.Text(route, "gateway") == $"{Gateway}"
        : Json.Text(route, "encap") == "seg6" && Json.Text(route, "mode") == "encap" && Json.Texts(route, "segs").SequenceEqual(Segments.Select(s => s.ToString())));

    /// <inheritdoc/>
    public override string ToString() =>
        Device + (Gateway is null ? "" : $" via {Gateway}") + (Segments.IsEmpty ? "" : " through " + string.Join(' ', Segments));
}

/// <summary>Rules and tables of routing for marked packets. Ours are known by the priority and by the upper half of the mark.</summary>
internal sealed class PolicyRoutes(SystemTool tool)
{
    /// <summary>What is said of a route that was gone or changed, and was put right.</summary>
    internal const string Mended = "mended";

    private const int Priority = 19_044;

    private static readonly ImmutableArray<string> Families = ["-4", "-6"];

    private readonly SortedSet<int> _made = [];

    /// <summary>Brings rules and tables to what is wanted. Says for each number what was mended, or what was refused.</summary>
    internal async Task<SortedDictionary<int, (string Code, string About)>> ReconcileAsync(IReadOnlyList<MarkedRoute> wanted, CancellationToken cancellation)
    {
        var news = new SortedDictionary<int, (string Code, string About)>();
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
        MarkedRoute route, string family, bool hasRule, SortedDictionary<int, (string Code, string About)> news, CancellationToken cancellation)
    {
        var number = Text(route.Number);
        var table = await tool.RunAsync(["ip", family, "-j", "route", "show", "table", number], cancellation);
        var hasRoute = Json.Items(table.Output).Any(r =>
            Json.Text(r, "dst") == route.Peer.ToString() && route.Way.IsThatOf(r));
        if (hasRule && hasRoute)
        {
            _made.Add(route.Number);
            return;
        }

        var answer = await tool.RunAsync(
            ["ip", family, "route", "replace", route.Peer.ToString(), .. route.Way.Words, "table", number], cancellation);
        if (answer.IsGood && !hasRule)
            answer = await tool.RunAsync(["ip", family, "rule", "add", "fwmark", number, "priority", Text(Priority), "lookup", number], cancellation);
        if (!answer.IsGood)
            news[route.Number] = route.Way.Segments.IsEmpty ? (CircuitCodes.ToolFailed, answer.Error) : LocalSegments.Refusal(answer);
        else if (!_made.Add(route.Number))
            news[route.Number] = (Mended, "");
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
