using System.Globalization;
using System.Text;
using System.Text.Json;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Formats;

/// <summary>
/// Network topology as JSON after RFC 8345 (ietf-network, ietf-network-topology). Links are directed, as the standard
/// says. What the standard has no leaf for stands in members of the module <c>meridian</c>: position, capacity, latency,
/// jitter, loss, price by hour, carrier, risk groups and maintenance windows.
/// </summary>
public static class NetworkTopologyJson
{
    private const string Network = "ietf-network";
    private const string TopologyModule = "ietf-network-topology";
    private const string Own = "meridian";

    /// <summary>Reads the first network of the text.</summary>
    /// <param name="file">The name for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="capacityWhereUnknown">The capacity of links that state none.</param>
    public static ImportedNetwork Read(string file, string text, Bandwidth capacityWhereUnknown)
    {
        JsonTree root;
        try
        {
            root = JsonTree.Parse(text);
        }
        catch (JsonException broken)
        {
            return new() { Faults = [new(file, (int)(broken.LineNumber ?? 0) + 1, ("is not JSON: " + broken.Message, "不是 JSON：" + broken.Message))] };
        }

        var faults = new List<ImportFault>();
        var network = root[Network, "networks"]?[Network, "network"]?.Items.FirstOrDefault();
        if (network is null)
            faults.Add(new(file, root.Line, (
                "holds no network: expected {\"ietf-network:networks\": {\"network\": [...]}}",
                "没有网络：应为 {\"ietf-network:networks\": {\"network\": [...]}}")));
        var lines = new LinesOfParts();
        var points = (network?[Network, "node"]?.Items ?? []).Select(node => lines.Note(Point(file, node, faults), node.Line)).ToList();
        var names = points.Select(point => point.Name).ToHashSet(StringComparer.Ordinal);
        var reader = new LinkReader(file, names, capacityWhereUnknown, faults);
        var items = (network?[TopologyModule, "link"]?.Items ?? []).ToList();
        var areNamed = items.TrueForAll(link => LinkTexts.TryId(link[TopologyModule, "link-id"]?.Text ?? "", out _));
        var links = items.Select((link, index) => lines.Note(reader.Read(link, areNamed ? null : index), link.Line)).ToList();
        return ImportedNetwork.Of(file, lines, points, links, demands: [], faults);
    }

    /// <summary>Writes a topology as one network with the name.</summary>
    public static string Write(Topology topology, string name)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new() { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("ietf-network:networks");
            writer.WriteStartArray("network");
            writer.WriteStartObject();
            writer.WriteString("network-id", name);
            writer.WriteStartArray("node");
            foreach (var point in topology.Points)
                Write(writer, point);
            writer.WriteEndArray();
            writer.WriteStartArray("ietf-network-topology:link");
            foreach (var link in topology.Links)
                Write(writer, link);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, NetworkPoint point)
    {
        writer.WriteStartObject();
        writer.WriteString("node-id", point.Name);
        if (point.Position is { } position)
        {
            writer.WriteNumber("meridian:latitude-degrees", position.LatitudeDegrees);
            writer.WriteNumber("meridian:longitude-degrees", position.LongitudeDegrees);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, NetworkLink link)
    {
        writer.WriteStartObject();
        writer.WriteString("link-id", link.Id.ToString());
        writer.WriteStartObject("source");
        writer.WriteString("source-node", link.From);
        writer.WriteEndObject();
        writer.WriteStartObject("destination");
        writer.WriteString("dest-node", link.To);
        writer.WriteEndObject();
        writer.WriteNumber("meridian:capacity-bits-per-second", link.Capacity.BitsPerSecond);
        writer.WriteNumber("meridian:latency-microseconds", link.LatencyMicroseconds);
        if (link.JitterMicroseconds > 0)
            writer.WriteNumber("meridian:jitter-microseconds", link.JitterMicroseconds);
        if (link.LossShare > 0)
            writer.WriteNumber("meridian:loss-share", link.LossShare);
        if (!link.PricePerGigabyte.Equals(HourlyPrice.Free))
            Write(writer, "meridian:price-per-gigabyte", LinkTexts.Of(link.PricePerGigabyte));
        if (link.Carrier.Length > 0)
            writer.WriteString("meridian:carrier", link.Carrier);
        if (!link.RiskGroups.IsEmpty)
            Write(writer, "meridian:risk-groups", link.RiskGroups);
        if (!link.Maintenance.IsEmpty)
            Write(writer, "meridian:maintenance", link.Maintenance.Select(LinkTexts.Of));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static NetworkPoint Point(string file, JsonTree node, List<ImportFault> faults)
    {
        var id = node[Network, "node-id"];
        if (id is null || id.Text.Length == 0 || id.Kind != JsonTokenType.String)
            faults.Add(new(file, node.Line, ("a node needs a node-id", "节点须有 node-id")));
        var north = Number(file, node[Own, "latitude-degrees"], -90, 90, faults);
        var east = Number(file, node[Own, "longitude-degrees"], -180, 180, faults);
        return new()
        {
            Name = id?.Text ?? "",
            Position = north is { } latitude && east is { } longitude ? new(latitude, longitude) : null,
        };
    }

    private static double? Number(string file, JsonTree? value, double low, double high, List<ImportFault> faults)
    {
        if (value is null)
            return null;
        if (value.Kind is JsonTokenType.Number or JsonTokenType.String
            && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= low && number <= high)
            return number;
        faults.Add(new(file, value.Line, (
            string.Create(CultureInfo.InvariantCulture, $"'{value.Text}' is not a number from {low} to {high}"),
            string.Create(CultureInfo.InvariantCulture, $"“{value.Text}”不是 {low} 至 {high} 之间的数"))));
        return null;
    }

    private sealed class LinkReader(string file, HashSet<string> names, Bandwidth capacityWhereUnknown, List<ImportFault> faults)
    {
        internal NetworkLink Read(JsonTree link, int? index)
        {
            var capacity = Number(file, link[Own, "capacity-bits-per-second"], 0, 9e18, faults);
            return new()
            {
                Id = index is null && LinkTexts.TryId(link[TopologyModule, "link-id"]?.Text ?? "", out var id) ? id : new(index ?? 0),
                From = End(link, link[TopologyModule, "source"]?[TopologyModule, "source-node"], "source-node"),
                To = End(link, link[TopologyModule, "destination"]?[TopologyModule, "dest-node"], "dest-node"),
                Capacity = capacity is { } rate ? new((long)rate) : capacityWhereUnknown,
                LatencyMicroseconds = (long)(Number(file, link[Own, "latency-microseconds"], 0, 9e18, faults) ?? 0),
                JitterMicroseconds = (long)(Number(file, link[Own, "jitter-microseconds"], 0, 9e18, faults) ?? 0),
                LossShare = Number(file, link[Own, "loss-share"], 0, 1, faults) ?? 0,
                PricePerGigabyte = Price(link[Own, "price-per-gigabyte"]),
                Carrier = link[Own, "carrier"] is { } carrier ? Text(carrier) : "",
                RiskGroups = [.. Texts(link[Own, "risk-groups"]).Select(item => item.Text)],
                Maintenance = [.. Texts(link[Own, "maintenance"]).Select(Window)],
            };
        }

        private string End(JsonTree link, JsonTree? end, string what)
        {
            if (end is null)
                faults.Add(new(file, link.Line, ($"a link needs a {what}", $"链路须有 {what}")));
            else if (!names.Contains(end.Text))
                faults.Add(new(file, end.Line, (
                    $"the {what} '{end.Text}' of a link is not the node-id of a node", $"链路的 {what}“{end.Text}”不是任何节点的 node-id")));
            return end?.Text ?? "";
        }

        private string Text(JsonTree value)
        {
            if (value.Kind != JsonTokenType.String)
                faults.Add(new(file, value.Line, ("is not a text", "不是文本")));
            return value.Text;
        }

        private List<JsonTree> Texts(JsonTree? array)
        {
            if (array is not null && (array.Kind != JsonTokenType.StartArray || array.Items.Any(item => item.Kind != JsonTokenType.String)))
                faults.Add(new(file, array.Line, ("is not an array of texts", "不是文本数组")));
            return [.. array?.Items ?? []];
        }

        private HourlyPrice Price(JsonTree? array)
        {
            if (array is null)
                return HourlyPrice.Free;
            if (!LinkTexts.TryPrice([.. Texts(array).Select(item => item.Text)], out var price))
                faults.Add(new(file, array.Line, (
                    $"a price is a currency with one amount or with {HourlyPrice.HourCount}, as texts",
                    $"价格为文本形式的货币加 1 个或 {HourlyPrice.HourCount} 个金额")));
            return price;
        }

        private MaintenanceWindow Window(JsonTree item)
        {
            if (!LinkTexts.TryWindow(item.Text, out var window))
                faults.Add(new(file, item.Line, (
                    $"'{item.Text}' is not an interval such as {LinkTexts.WindowExample}", $"“{item.Text}”不是时间区间，例如 {LinkTexts.WindowExample}")));
            return window;
        }
    }
}
