using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Formats;

/// <summary>
/// GraphML as the Internet Topology Zoo writes it (Knight et al., JSAC 2011): labels and positions of nodes, speeds of
/// edges. Edges of an undirected graph become two links; edges from a node to itself are left out. Latency comes from
/// the positions where both ends have one.
/// </summary>
public static class GraphMl
{
    private static readonly XNamespace Space = "http://graphml.graphdrawing.org/xmlns";

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
            return new() { Faults = [new(file, Math.Max(1, broken.LineNumber), "is not well-formed XML: " + broken.Message)] };
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
                new XAttribute("source", topology.Begin(link)),
                new XAttribute("target", topology.End(link)),
                Data("LinkSpeedRaw", Number(topology.Links[link].Capacity.BitsPerSecond)),
                Data("LatencyMicroseconds", Number(topology.Links[link].LatencyMicroseconds))));
        }

        return new XElement(Space + "graphml", Keys(), graph).ToString().ReplaceLineEndings("\n") + "\n";
    }

    private static XElement Data(string key, string value) => new(Space + "data", new XAttribute("key", key), value);

    private static string Number(IFormattable number) => number.ToString(format: null, CultureInfo.InvariantCulture);

    private static IEnumerable<XElement> Keys() =>
        from key in (string[])["label", "Latitude", "Longitude", "LinkSpeedRaw", "LatencyMicroseconds"]
        select new XElement(
            Space + "key",
            new XAttribute("id", key),
            new XAttribute("for", key.StartsWith('L') && key.Contains("tude", StringComparison.Ordinal) || key == "label" ? "node" : "edge"),
            new XAttribute("attr.name", key),
            new XAttribute("attr.type", key == "label" ? "string" : "double"));

    private sealed class Reading(string file, Bandwidth capacityWhereUnknown, double fibreFactor)
    {
        private readonly List<ImportFault> _faults = [];
        private readonly List<NetworkPoint> _points = [];
        private readonly List<NetworkLink> _links = [];
        private readonly Dictionary<string, NetworkPoint> _byId = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

        internal ImportedNetwork Read(XDocument document)
        {
            var root = document.Root!;
            var graph = root.Elements().FirstOrDefault(element => element.Name.LocalName == "graph");
            if (graph is null)
                Fault(root, "holds no graph element");
            foreach (var key in root.Elements().Where(element => element.Name.LocalName == "key"))
                _keys[(string?)key.Attribute("id") ?? ""] = (string?)key.Attribute("attr.name") ?? "";
            var nodes = Of(graph, "node").ToList();
            var labels = nodes.Select(node => Text(node, "label"))
                .GroupBy(label => label, StringComparer.Ordinal).Where(group => group.Count() == 1).Select(group => group.Key)
                .ToHashSet(StringComparer.Ordinal);
            foreach (var node in nodes)
                ReadNode(node, labels);
            var directed = (string?)graph?.Attribute("edgedefault") == "directed";
            foreach (var edge in Of(graph, "edge"))
                ReadEdge(edge, directed);
            return ImportedNetwork.Of(file, lastLine: 1, _points, _links, demands: [], _faults);
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
                Fault(node, "a node needs an id");
            else if (!_byId.TryAdd(id, point))
                Fault(node, $"the node id '{id}' is there twice");
            _points.Add(point);
        }

        private void ReadEdge(XElement edge, bool directed)
        {
            if (!TryEnd(edge, "source", out var from) | !TryEnd(edge, "target", out var to) || from == to)
                return;
            var speed = Double(edge, "LinkSpeedRaw", 1e18);
            var latency = Double(edge, "LatencyMicroseconds", 1e15);
            var link = new NetworkLink
            {
                Id = new(_links.Count),
                From = from.Name,
                To = to.Name,
                Capacity = speed is > 0 ? new((long)speed) : capacityWhereUnknown,
                LatencyMicroseconds = (long?)latency ?? (from.Position is { } begin && to.Position is { } end
                    ? FibreDistance.LatencyMicroseconds(begin, end, fibreFactor) : 0),
            };
            _links.Add(link);
            if (!directed)
                _links.Add(link with { Id = new(_links.Count), From = to.Name, To = from.Name });
        }

        private bool TryEnd(XElement edge, string attribute, out NetworkPoint point)
        {
            if (_byId.TryGetValue((string?)edge.Attribute(attribute) ?? "", out point!))
                return true;
            Fault(edge, $"the {attribute} '{(string?)edge.Attribute(attribute)}' of an edge is not the id of a node");
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
            Fault(element, $"{name} '{text}' is not a number within ±{magnitudeMax.ToString(CultureInfo.InvariantCulture)}");
            return null;
        }

        private void Fault(XElement at, string message) => _faults.Add(new(file, ((IXmlLineInfo)at).LineNumber, message));
    }
}
