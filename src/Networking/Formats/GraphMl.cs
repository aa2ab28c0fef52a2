using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Formats;

/// <summary>
/// GraphML as the Internet Topology Zoo writes it (Knight et al., JSAC 2011): labels and positions of nodes, speeds of
/// edges. Edges of an undirected graph become two links; edges from a node to itself are left out. Latency comes from
/// the positions where both ends have one and none is stated. Identities, jitter, loss, prices, carriers, risk groups and
/// maintenance windows stand in data elements of our own.
/// </summary>
public static class GraphMl
{
    private static readonly XNamespace Space = "http://graphml.graphdrawing.org/xmlns";

    private static readonly (string Name, string Type)[] NodeKeys = [("label", "string"), ("Latitude", "double"), ("Longitude", "double")];

    private static readonly (string Name, string Type)[] EdgeKeys =
    [
        ("LinkSpeedRaw", "double"), ("LatencyMicroseconds", "double"), ("JitterMicroseconds", "double"), ("LossShare", "double"),
        ("PricePerGigabyte", "string"), ("Carrier", "string"), ("RiskGroups", "string"), ("Maintenance", "string"),
    ];

    /// <summary>Reads a topology.</summary>
    /// <param name="file">The name for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="capacityWhereUnknown">The capacity of links that state none.</param>
    /// <param name="fibreFactor">Length of fibre over distance on the ground.</param>
    public static ImportedNetwork Read(
        string file, string text, Bandwidth capacityWhereUnknown, double fibreFactor = FibreDistance.DefaultFibreFactor)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new() { DtdProcessing = DtdProcessing.Prohibit });
            var document = XDocument.Load(reader, LoadOptions.SetLineInfo);
            return new Reading(file, capacityWhereUnknown, fibreFactor).Read(document);
        }
        catch (XmlException broken)
        {
            return new() { Faults = [new(file, Math.Max(1, broken.LineNumber), ("is not well-formed XML: " + broken.Message, "不是格式正确的 XML：" + broken.Message))] };
        }
    }

    /// <summary>Writes a topology as a directed graph with the attributes that <see cref="Read"/> knows.</summary>
    public static string Write(Topology topology)
    {
        var graph = new XElement(Space + "graph", new XAttribute("edgedefault", "directed"));
        for (var point = 0; point < topology.Points.Length; point++)
        {
            var node = new XElement(Space + "node", new XAttribute("id", point), Data("label", topology.Points[point].Name));
            if (topology.Points[point].Position is { } position)
                node.Add(Data("Latitude", Number(position.LatitudeDegrees)), Data("Longitude", Number(position.LongitudeDegrees)));
            graph.Add(node);
        }

        for (var link = 0; link < topology.Links.Length; link++)
        {
            graph.Add(new XElement(
                Space + "edge",
                new XAttribute("id", topology.Links[link].Id.ToString()),
                new XAttribute("source", topology.Begin(link)),
                new XAttribute("target", topology.End(link)),
                Attributes(topology.Links[link])));
        }

        return new XElement(Space + "graphml", Keys(), graph).ToString().ReplaceLineEndings("\n") + "\n";
    }

    private static IEnumerable<XElement> Attributes(NetworkLink link)
    {
        yield return Data("LinkSpeedRaw", Number(link.Capacity.BitsPerSecond));
        yield return Data("LatencyMicroseconds", Number(link.LatencyMicroseconds));
        if (link.JitterMicroseconds > 0)
            yield return Data("JitterMicroseconds", Number(link.JitterMicroseconds));
        if (link.LossShare > 0)
            yield return Data("LossShare", Number(link.LossShare));
        if (!link.PricePerGigabyte.Equals(HourlyPrice.Free))
            yield return Data("PricePerGigabyte", string.Join(' ', LinkTexts.Of(link.PricePerGigabyte)));
        if (link.Carrier.Length > 0)
            yield return Data("Carrier", link.Carrier);
        if (!link.RiskGroups.IsEmpty)
            yield return Data("RiskGroups", JsonSerializer.Serialize(link.RiskGroups.AsEnumerable()));
        if (!link.Maintenance.IsEmpty)
            yield return Data("Maintenance", string.Join(' ', link.Maintenance.Select(LinkTexts.Of)));
    }

    private static XElement Data(string key, string value) => new(Space + "data", new XAttribute("key", key), value);

    private static string Number(IFormattable number) => number.ToString(format: null, CultureInfo.InvariantCulture);

    private static IEnumerable<XElement> Keys() =>
        from key in NodeKeys.Concat(EdgeKeys)
        select new XElement(
            Space + "key",
            new XAttribute("id", key.Name),
            new XAttribute("for", NodeKeys.Contains(key) ? "node" : "edge"),
            new XAttribute("attr.name", key.Name),
            new XAttribute("attr.type", key.Type));

    private sealed class Reading(string file, Bandwidth capacityWhereUnknown, double fibreFactor)
    {
        private readonly List<ImportFault> _faults = [];
        private readonly LinesOfParts _lines = new();
        private readonly List<NetworkPoint> _points = [];
        private readonly List<NetworkLink> _links = [];
        private readonly Dictionary<string, NetworkPoint> _byId = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

        internal ImportedNetwork Read(XDocument document)
        {
            var root = document.Root!;
            var graph = root.Elements().FirstOrDefault(element => element.Name.LocalName == "graph");
            if (graph is null)
                Fault(root, "holds no graph element", "没有 graph 元素");
            foreach (var key in root.Elements().Where(element => element.Name.LocalName == "key"))
                _keys[(string?)key.Attribute("id") ?? ""] = (string?)key.Attribute("attr.name") ?? "";
            var nodes = Of(graph, "node").ToList();
            var labels = nodes.Select(node => Text(node, "label"))
                .GroupBy(label => label, StringComparer.Ordinal).Where(group => group.Count() == 1).Select(group => group.Key)
                .ToHashSet(StringComparer.Ordinal);
            foreach (var node in nodes)
                ReadNode(node, labels);
            var directed = (string?)graph?.Attribute("edgedefault") == "directed";
            var edges = Of(graph, "edge").ToList();
            var areNamed = directed && edges.TrueForAll(edge => LinkTexts.TryId((string?)edge.Attribute("id") ?? "", out _));
            foreach (var edge in edges)
                ReadEdge(edge, directed, areNamed);
            return ImportedNetwork.Of(file, _lines, _points, _links, demands: [], _faults);
        }

        private static IEnumerable<XElement> Of(XElement? graph, string name) =>
            graph?.Elements().Where(element => element.Name.LocalName == name) ?? [];

        private void ReadNode(XElement node, HashSet<string> labels)
        {
            var id = (string?)node.Attribute("id") ?? "";
            var label = Text(node, "label");
            var name = label.Length > 0 && labels.Contains(label) ? label : label.Length > 0 ? $"{label} ({id})" : id;
            var (latitude, longitude) = (Double(node, "Latitude", 90), Double(node, "Longitude", 180));
            var point = new NetworkPoint
            {
                Name = name,
                Position = latitude is { } north && longitude is { } east ? new(north, east) : null,
            };
            if (id.Length == 0)
                Fault(node, "a node needs an id", "节点须有 id");
            else if (!_byId.TryAdd(id, point))
                Fault(node, $"the node id '{id}' is there twice", $"节点 id“{id}”出现两次");
            _points.Add(_lines.Note(point, LineOf(node)));
        }

        private void ReadEdge(XElement edge, bool directed, bool isNamed)
        {
            if (!TryEnd(edge, "source", out var from) | !TryEnd(edge, "target", out var to) || from == to)
                return;
            var speed = Double(edge, "LinkSpeedRaw", 1e18);
            var latency = Double(edge, "LatencyMicroseconds", 1e15);
            var link = new NetworkLink
            {
                Id = isNamed && LinkTexts.TryId((string?)edge.Attribute("id") ?? "", out var id) ? id : new(_links.Count),
                From = from.Name,
                To = to.Name,
                Capacity = speed is > 0 ? new((long)speed) : capacityWhereUnknown,
                LatencyMicroseconds = (long?)latency ?? (from.Position is { } begin && to.Position is { } end
                    ? FibreDistance.LatencyMicroseconds(begin, end, fibreFactor) : 0),
                JitterMicroseconds = (long)(Double(edge, "JitterMicroseconds", 1e15) ?? 0),
                LossShare = Double(edge, "LossShare", 1) ?? 0,
                PricePerGigabyte = Price(edge),
                Carrier = Text(edge, "Carrier"),
                RiskGroups = RiskGroups(edge),
                Maintenance = Maintenance(edge),
            };
            _links.Add(_lines.Note(link, LineOf(edge)));
            if (!directed)
                _links.Add(_lines.Note(link with { Id = new(_links.Count), From = to.Name, To = from.Name }, LineOf(edge)));
        }

        private HourlyPrice Price(XElement edge)
        {
            var text = Text(edge, "PricePerGigabyte");
            if (text.Length == 0)
                return HourlyPrice.Free;
            if (!LinkTexts.TryPrice(text.Split(' '), out var price))
                Fault(
                    edge, $"PricePerGigabyte '{text}' is not a currency with one amount or with {HourlyPrice.HourCount}",
                    $"PricePerGigabyte“{text}”须为货币加 1 个或 {HourlyPrice.HourCount} 个金额");
            return price;
        }

        private ImmutableArray<string> RiskGroups(XElement edge)
        {
            var text = Text(edge, "RiskGroups");
            try
            {
                if (text.Length == 0)
                    return [];
                if (JsonSerializer.Deserialize<string?[]>(text) is { } groups && Array.TrueForAll(groups, group => group is not null))
                    return [.. groups.OfType<string>()];
            }
            catch (JsonException)
            {
                // Told below, as for a text of another form.
            }

            Fault(edge, $"RiskGroups '{text}' is not a JSON array of names", $"RiskGroups“{text}”不是名称的 JSON 数组");
            return [];
        }

        private ImmutableArray<MaintenanceWindow> Maintenance(XElement edge)
        {
            var windows = ImmutableArray.CreateBuilder<MaintenanceWindow>();
            foreach (var text in Text(edge, "Maintenance").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (LinkTexts.TryWindow(text, out var window))
                    windows.Add(window);
                else
                    Fault(
                        edge, $"the maintenance window '{text}' is not an interval such as {LinkTexts.WindowExample}",
                        $"维护窗口“{text}”不是时间区间，例如 {LinkTexts.WindowExample}");
            }

            return windows.ToImmutable();
        }

        private bool TryEnd(XElement edge, string attribute, out NetworkPoint point)
        {
            if (_byId.TryGetValue((string?)edge.Attribute(attribute) ?? "", out point!))
                return true;
            var text = (string?)edge.Attribute(attribute);
            Fault(edge, $"the {attribute} '{text}' of an edge is not the id of a node", $"边的 {attribute}“{text}”不是任何节点的 id");
            return false;
        }

        private string Text(XElement element, string name) =>
            element.Elements().FirstOrDefault(data => data.Name.LocalName == "data" && NameOf(data) == name)?.Value.Trim() ?? "";

        private string NameOf(XElement data)
        {
            var key = (string?)data.Attribute("key") ?? "";
            return _keys.GetValueOrDefault(key, key);
        }

        private double? Double(XElement element, string name, double magnitudeMax)
        {
            var text = Text(element, name);
            if (text.Length == 0)
                return null;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && Math.Abs(number) <= magnitudeMax)
                return number;
            var most = magnitudeMax.ToString(CultureInfo.InvariantCulture);
            Fault(element, $"{name} '{text}' is not a number within ±{most}", $"{name}“{text}”不是 ±{most} 以内的数");
            return null;
        }

        private static int LineOf(XElement element) => ((IXmlLineInfo)element).LineNumber;

        private void Fault(XElement at, string english, string chinese) => _faults.Add(new(file, LineOf(at), (english, chinese)));
    }
}
