using System.Globalization;
using System.Text;
using System.Text.Json;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Formats;

/// <summary>
/// Network topology as JSON after RFC 8345 (ietf-network, ietf-network-topology). Links are directed, as the standard
/// says. What the standard has no leaf for stands in members of the module <c>meridian</c>: position, capacity, latency.
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
            return new() { Faults = [new(file, (int)(broken.LineNumber ?? 0) + 1, "is not JSON: " + broken.Message)] };
        }

        var faults = new List<ImportFault>();
        var network = root[Network, "networks"]?[Network, "network"]?.Items.FirstOrDefault();
        if (network is null)
            faults.Add(new(file, root.Line, "holds no network: expected {\"ietf-network:networks\": {\"network\": [...]}}"));
        var points = (network?[Network, "node"]?.Items ?? []).Select(node => Point(file, node, faults)).ToList();
        var names = points.Select(point => point.Name).ToHashSet(StringComparer.Ordinal);
        var links = new List<NetworkLink>();
        foreach (var link in network?[TopologyModule, "link"]?.Items ?? [])
            links.Add(Link(file, link, links.Count, names, capacityWhereUnknown, faults));
        return ImportedNetwork.Of(file, root.Line, points, links, demands: [], faults);
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
        writer.WriteEndObject();
    }

    private static NetworkPoint Point(string file, JsonTree node, List<ImportFault> faults)
    {
        var id = node[Network, "node-id"];
        if (id is null || id.Text.Length == 0 || id.Kind != JsonTokenType.String)
            faults.Add(new(file, node.Line, "a node needs a node-id"));
        var north = Number(file, node[Own, "latitude-degrees"], -90, 90, faults);
        var east = Number(file, node[Own, "longitude-degrees"], -180, 180, faults);
        return new()
        {
            Name = id?.Text ?? "",
            Position = north is { } latitude && east is { } longitude ? new(latitude, longitude) : null,
        };
    }

    private static NetworkLink Link(
        string file, JsonTree link, int index, HashSet<string> names, Bandwidth capacityWhereUnknown, List<ImportFault> faults)
    {
        var capacity = Number(file, link[Own, "capacity-bits-per-second"], 0, 9e18, faults);
        var latency = Number(file, link[Own, "latency-microseconds"], 0, 9e18, faults);
        return new()
        {
            Id = new(index),
            From = End(file, link, link[TopologyModule, "source"]?[TopologyModule, "source-node"], "source-node", names, faults),
            To = End(file, link, link[TopologyModule, "destination"]?[TopologyModule, "dest-node"], "dest-node", names, faults),
            Capacity = capacity is { } rate ? new((long)rate) : capacityWhereUnknown,
            LatencyMicroseconds = (long)(latency ?? 0),
        };
    }

    private static string End(
        string file, JsonTree link, JsonTree? end, string what, HashSet<string> names, List<ImportFault> faults)
    {
        if (end is null)
            faults.Add(new(file, link.Line, $"a link needs a {what}"));
        else if (!names.Contains(end.Text))
            faults.Add(new(file, end.Line, $"the {what} '{end.Text}' of a link is not the node-id of a node"));
        return end?.Text ?? "";
    }

    private static double? Number(string file, JsonTree? value, double low, double high, List<ImportFault> faults)
    {
        if (value is null)
            return null;
        if (value.Kind is JsonTokenType.Number or JsonTokenType.String
            && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= low && number <= high)
            return number;
        faults.Add(new(file, value.Line, string.Create(
            CultureInfo.InvariantCulture, $"'{value.Text}' is not a number from {low} to {high}")));
        return null;
    }
}
