using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;

namespace Meridian.Agent.Circuits;

/// <summary>How this node's own segments stand.</summary>
/// <param name="Locator">The locator that was declared.</param>
/// <param name="IsInForce">Whether packets end at this node's segments.</param>
/// <param name="IsOnward">Whether the node also sends packets on to the next segment: only where the host forwards IPv6.</param>
/// <param name="Code">Why it is not in force, as a stable word of <see cref="CircuitCodes"/>; empty when it is.</param>
/// <param name="About">What the code is about.</param>
/// <param name="MendedCount">How often one was gone or changed, and was put right.</param>
public sealed record SegmentState(SegmentLocator Locator, bool IsInForce, bool IsOnward, string Code, string About, int MendedCount);

/// <summary>
/// The segments that this host answers. They stand as long as the agent runs, for circuits of others lead through them.
/// Ours are known by the number of their protocol.
/// </summary>
/// <param name="tool">Runs the tools.</param>
/// <param name="locator">What was declared; nothing clears away what a killed agent left.</param>
internal sealed class LocalSegments(SystemTool tool, SegmentLocator? locator)
{
    /// <summary>The number of our protocol among those of routes.</summary>
    internal const string Protocol = "77";

    private const string ForwardingSwitch = "/proc/sys/net/ipv6/conf/all/forwarding";

    private readonly SortedSet<string> _made = new(StringComparer.Ordinal);
    private int _mended;

    /// <summary>Brings the host's segments to what was declared. Says how they stand; nothing where none was declared.</summary>
    internal async Task<SegmentState?> ReconcileAsync(CancellationToken cancellation)
    {
        var isOnward = locator is not null && (await tool.RunAsync(["cat", ForwardingSwitch], cancellation)).Output.Trim() is not ("" or "0");
        var wanted = locator is { } own ? Wanted(own, isOnward) : [];
        var there = await ReadAsync(cancellation);
        foreach (var stale in there.Where(t => !wanted.Any(w => w.Segment == t.Segment)))
            await tool.RunAsync(["ip", "-6", "route", "del", stale.Segment, "proto", Protocol], cancellation);
        if (locator is not { } declared)
            return null;

        foreach (var segment in wanted.Where(w => !there.Contains(w)))
        {
            if (await MakeAsync(segment, cancellation) is var (code, about))
                return new(declared, IsInForce: false, IsOnward: false, code, about, _mended);
            if (!_made.Add(segment.Segment))
                _mended++;
        }

        return new(declared, IsInForce: true, isOnward, Code: "", About: "", _mended);
    }

    /// <summary>Takes down whatever it made.</summary>
    internal Task RemoveAsync(CancellationToken cancellation) => new LocalSegments(tool, locator: null).ReconcileAsync(cancellation);

    /// <summary>Why a route by segments was refused: by a host without segment routing, or for another reason.</summary>
    internal static (string Code, string About) Refusal(ToolAnswer answer) =>
        answer.Error.Contains("encapsulation", StringComparison.OrdinalIgnoreCase)
        || answer.Error.Contains("LWTUNNEL", StringComparison.Ordinal)
        || answer.Error.Contains("not supported", StringComparison.OrdinalIgnoreCase)
        || answer.Error.Contains("\"encap type\" value is invalid", StringComparison.Ordinal)
            ? (CircuitCodes.NoSegmentRouting, answer.Error)
            : (CircuitCodes.ToolFailed, answer.Error);

    private readonly record struct LocalSegment(string Segment, string Action);

    // A packet that is taken out goes to its own destination, which is this host: DX4 with no next hop, and DT6 with the
    // table of the host's own addresses. DT4 would need a VRF.
    private static ImmutableArray<LocalSegment> Wanted(SegmentLocator locator, bool isOnward)
    {
        ImmutableArray<LocalSegment> ends =
        [
            new(locator.OutOf(AddressFamily.InterNetwork).ToString(), "End.DX4 nh4 0.0.0.0"),
            new(locator.OutOf(AddressFamily.InterNetworkV6).ToString(), "End.DT6 table local"),
        ];
        return isOnward ? ends.Add(new(locator.Onward.ToString(), "End")) : ends;
    }

    private async Task<ImmutableArray<LocalSegment>> ReadAsync(CancellationToken cancellation)
    {
        var answer = await tool.RunAsync(["ip", "-6", "-j", "route", "show", "proto", Protocol], cancellation);
        return [.. Json.Items(answer.Output).Select(r => new LocalSegment(Json.Text(r, "dst"), ActionOf(r)))];
    }

    private static string ActionOf(JsonElement route) => Json.Text(route, "encap") != "seg6local"
        ? ""
        : Json.Text(route, "action") + (Json.Text(route, "nh4") is { Length: > 0 } hop ? " nh4 " + hop : "")
            + (Json.Text(route, "table") is { Length: > 0 } table ? " table " + table : "");

    private async Task<(string Code, string About)?> MakeAsync(LocalSegment segment, CancellationToken cancellation)
    {
        // The device has no part in what is done, but the route must name one that is up, and not the loopback.
        var links = await tool.RunAsync(["ip", "-j", "link", "show", "up"], cancellation);
        var device = Json.Items(links.Output).Select(l => Json.Text(l, "ifname")).FirstOrDefault(d => d is not ("" or "lo"));
        if (device is null)
            return (CircuitCodes.NoRoute, segment.Segment);
        var answer = await tool.RunAsync(
            ["ip", "-6", "route", "replace", segment.Segment, "encap", "seg6local", "action", .. segment.Action.Split(' '), "dev", device, "proto", Protocol],
            cancellation);
        return answer.IsGood ? null : Refusal(answer);
    }
}
