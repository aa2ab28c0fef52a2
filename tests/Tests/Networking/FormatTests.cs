using CsCheck;
using Meridian.Networking.Formats;
using Meridian.Networking.Topologies;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Networking;

public class FormatTests
{
    private const string Graph = """
        <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
          <key attr.name="label" attr.type="string" for="node" id="d1" />
          <key attr.name="Latitude" attr.type="double" for="node" id="d2" />
          <key attr.name="Longitude" attr.type="double" for="node" id="d3" />
          <graph edgedefault="undirected">
            <node id="0"><data key="d1">Beijing</data><data key="d2">39.9</data><data key="d3">116.4</data></node>
            <node id="1"><data key="d1">Shanghai</data><data key="d2">31.2</data><data key="d3">121.5</data></node>
            <node id="2"><data key="d1">Unknown</data></node>
            <node id="3"><data key="d1">Unknown</data></node>
            <edge source="0" target="1" />
            <edge source="1" target="2" />
            <edge source="2" target="3" />
            <edge source="3" target="3" />
          </graph>
        </graphml>
        """;

    private const string Native = """
        ?SNDlib native format; type: network; version: 1.0
        META (
          origin = nobody ( really
        )
        NODES ( # a comment
          a ( 1.5 2.5 )
          b ( 3.0 4.0 )
        )
        LINKS (
          ab ( a b ) 0.00 0.00 0.00 0.00 ( 40.00 133.00 80.00 200.00 )
          ba ( a b ) 10.00 0.00 0.00 0.00 ( )
        )
        DEMANDS (
          d1 ( a b ) 1 2.5 UNLIMITED
        )
        ADMISSIBLE_PATHS (
          d1 ( p0 ( ab ) )
        )
        """;

    private static readonly Bandwidth Mbps = Bandwidth.FromMbps(1);

    [Fact]
    public void A_topology_zoo_graph_gives_two_links_for_an_edge_and_latency_from_positions()
    {
        var read = GraphMl.Read("zoo.graphml", Graph, capacityWhereUnknown: Mbps);

        Assert.Empty(read.Faults);
        Assert.Equal(["Beijing", "Shanghai", "Unknown (2)", "Unknown (3)"], read.Points.Select(point => point.Name));
        Assert.Equal(6, read.Links.Length);
        Assert.InRange(read.Links[0].LatencyMicroseconds, 7_000, 9_000);
        Assert.Equal(read.Links[0].LatencyMicroseconds, read.Links[1].LatencyMicroseconds);
    }

    [Fact]
    public void SNDlib_gives_positions_modules_and_demands()
    {
        var read = SndLib.Read("net.txt", Native, Mbps);

        Assert.Empty(read.Faults);
        Assert.Equal([40, 40, 10, 10], read.Links.Select(link => link.Capacity.BitsPerSecond / 1_000_000));
        Assert.Equal(new TrafficDemand("a", "b", Bandwidth.FromMbps(2.5)), Assert.Single(read.Demands));
        Assert.Equal(2.5, read.Points[0].Position!.LatitudeDegrees);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var topology = GraphMl.Read("zoo.graphml", Graph, capacityWhereUnknown: Mbps).Topology!;

        var graph = GraphMl.Read("g", GraphMl.Write(topology), Bandwidth.Zero).Topology!;
        var json = NetworkTopologyJson.Read("j", NetworkTopologyJson.Write(topology, "zoo"), Bandwidth.Zero).Topology!;
        var native = SndLib.Read("n", SndLib.Write(topology, [], Mbps), Mbps);

        Assert.Equal(topology.Links, graph.Links);
        Assert.Equal(topology.Points, graph.Points);
        Assert.Equal(topology.Links, json.Links);
        Assert.Equal(topology.Points, json.Points);
        Assert.Empty(native.Faults);
        Assert.Equal(topology.Points.Length, native.Points.Length);
        Assert.Equal(Ends(topology.Links), Ends(native.Links));

        static IEnumerable<(string From, string To, Bandwidth Capacity)> Ends(IEnumerable<NetworkLink> links) =>
            links.Select(l => (Word(l.From), Word(l.To), l.Capacity)).Order();

        // Words of the format have neither blanks nor brackets.
        static string Word(string name) => name.Replace(' ', '_').Replace('(', '_').Replace(')', '_');
    }

    [Fact]
    public void Every_attribute_of_a_link_is_written_and_read_again()
    {
        Gen.Select(Gen.Long[0, 1_000], Gen.Double[0, 1], Gen.Int[0, 9_999].Array[24], Gen.String[Gen.Char[' ', '\uD7FF'], 0, 8].Array[0, 3])
            .Sample((number, share, prices, names) =>
            {
                var clean = names.Select(name => new string([.. name.Where(letter => !char.IsControl(letter))]).Trim()).ToArray();
                var link = new NetworkLink
                {
                    Id = new(number),
                    From = "a",
                    To = "b",
                    Capacity = new(1 + number),
                    LatencyMicroseconds = number,
                    JitterMicroseconds = number / 3,
                    LossShare = share,
                    PricePerGigabyte = new("EUR", [.. prices.Select(price => price / 1000m)]),
                    Carrier = clean.FirstOrDefault() ?? "",
                    RiskGroups = [.. clean],
                    Maintenance = [new(DateTimeOffset.UnixEpoch.AddTicks(number), DateTimeOffset.UnixEpoch.AddDays(2 + number))],
                };
                var topology = Topology.Create([new() { Name = "a" }, new() { Name = "b" }], [link, link with { Id = new(number + 7), From = "b", To = "a" }]);

                var graph = GraphMl.Read("g", GraphMl.Write(topology), Bandwidth.Zero);
                var json = NetworkTopologyJson.Read("j", NetworkTopologyJson.Write(topology, "n"), Bandwidth.Zero);

                Assert.Empty(graph.Faults.Concat(json.Faults));
                Assert.Equal(topology.Links, graph.Topology!.Links);
                Assert.Equal(topology.Links, json.Topology!.Links);
            }, iter: 200);
    }

    [Theory]
    [InlineData("LossShare", "1.5", "LossShare")]
    [InlineData("LossShare", "-0.5", "loses a share")]
    [InlineData("LatencyMicroseconds", "-1", "negative")]
    [InlineData("PricePerGigabyte", "CNY", "PricePerGigabyte")]
    [InlineData("PricePerGigabyte", "cny 1", "PricePerGigabyte")]
    [InlineData("RiskGroups", "duct 7", "RiskGroups")]
    [InlineData("Maintenance", "tomorrow", "maintenance window")]
    [InlineData("Maintenance", "2026-02-01T00:00:00Z/2026-01-01T00:00:00Z", "ends before it begins")]
    public void A_wrong_attribute_of_an_edge_is_told_with_the_line_of_the_edge(string key, string value, string message)
    {
        var text = Graph.Replace("<edge source=\"1\" target=\"2\" />", $"<edge source=\"1\" target=\"2\"><data key=\"{key}\">{value}</data></edge>");

        var read = GraphMl.Read("zoo.graphml", text, Mbps);

        Assert.Null(read.Topology);
        Assert.Equal(("zoo.graphml", 11), (read.Faults[0].File, read.Faults[0].Line));
        Assert.Contains(message, read.Faults[0].Message.English);
    }

    [Theory]
    [InlineData("\"meridian:loss-share\": 2", "number")]
    [InlineData("\"meridian:carrier\": 2", "text")]
    [InlineData("\"meridian:risk-groups\": [1]", "array of texts")]
    [InlineData("\"meridian:price-per-gigabyte\": [\"CNY\"]", "currency")]
    [InlineData("\"meridian:maintenance\": [\"now\"]", "interval")]
    public void A_wrong_attribute_of_a_link_is_told_with_its_line(string member, string message)
    {
        var text = "{\"networks\":{\"network\":[{\"node\":[{\"node-id\":\"a\"},{\"node-id\":\"b\"}],\n\"link\":[{"
            + "\"source\":{\"source-node\":\"a\"},\"destination\":{\"dest-node\":\"b\"},\n" + member + "}]}]}}";

        var read = NetworkTopologyJson.Read("net.json", text, Mbps);

        Assert.Contains(read.Faults, fault => fault is { File: "net.json", Line: 3 } && fault.Message.English.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<edge source=\"2\" target=\"3\" />", "<edge source=\"2\" target=\"9\" />", 12, "'9'")]
    [InlineData("39.9", "north", 6, "Latitude")]
    [InlineData("39.9", "91", 6, "Latitude")]
    [InlineData("id=\"3\"><data", "id=\"2\"><data", 9, "twice")]
    [InlineData("</graph>\n", "\n", 15, "XML")]
    public void A_wrong_graph_is_told_by_file_and_line(string right, string wrong, int line, string message)
    {
        var read = GraphMl.Read("zoo.graphml", Graph.Replace(right, wrong), Mbps);

        Assert.Null(read.Topology);
        Assert.Equal(("zoo.graphml", line), (read.Faults[0].File, read.Faults[0].Line));
        Assert.Contains(message, read.Faults[0].Message.English);
    }

    [Theory]
    [InlineData("?SNDlib", "SNDlib", 1, "begins with")]
    [InlineData("1.5 2.5", "1.5 x", 6, "'x'")]
    [InlineData("ab ( a b )", "ab ( a c )", 10, "'c'")]
    [InlineData("b ( 3.0 4.0 )", "a ( 3.0 4.0 )", 7, "twice")]
    [InlineData("2.5 UNLIMITED\n)", "2.5 UNLIMITED", 16, "expected")]
    [InlineData("d1 ( p0 ( ab ) )\n)", "d1 ( p0 ( ab )", 17, "missing")]
    public void A_wrong_SNDlib_network_is_told_by_file_and_line(string right, string wrong, int line, string message)
    {
        var read = SndLib.Read("net.txt", Native.Replace(right, wrong), Mbps);

        Assert.Null(read.Topology);
        Assert.Contains(message, read.Faults[0].Message.English);
        Assert.Equal(("net.txt", line), (read.Faults[0].File, read.Faults[0].Line));
    }

    [Theory]
    [InlineData("{\n\"ietf-network:networks\": 3}", 1, "holds no network")]
    [InlineData("{\n\n oops", 3, "not JSON")]
    [InlineData("{\"networks\":{\"network\":[{\"node\":[\n{\"node-id\":\"a\"},\n{}]}]}}", 3, "node-id")]
    [InlineData("{\"networks\":{\"network\":[{\"node\":[{\"node-id\":\"a\"}],\n\"link\":[{\"source\":\n{\"source-node\":\"b\"}}]}]}}", 3, "'b'")]
    public void A_wrong_network_topology_is_told_by_file_and_line(string text, int line, string message)
    {
        var read = NetworkTopologyJson.Read("net.json", text, Mbps);

        Assert.Null(read.Topology);
        Assert.Contains(read.Faults, fault => fault.Line == line && fault.Message.English.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void No_damage_to_a_text_makes_a_reader_fail_otherwise_than_by_a_fault()
    {
        Gen.Select(Gen.Int[0, 10_000], Gen.Char[' ', '~'], Gen.Int[0, 12]).Sample((at, letter, cut) =>
        {
            foreach (var text in (string[])[Graph, Native, "{\"networks\":{\"network\":[{\"node\":[{\"node-id\":\"a\"}],\"link\":[]}]}}"])
            {
                var place = at % text.Length;
                var damaged = text[..place] + letter + text[Math.Min(text.Length, place + cut)..];

                Assert.True(Agrees(GraphMl.Read("f", damaged, Mbps)));
                Assert.True(Agrees(SndLib.Read("f", damaged, Mbps)));
                Assert.True(Agrees(NetworkTopologyJson.Read("f", damaged, Mbps)));
            }
        });
    }

    private static bool Agrees(ImportedNetwork read) => read.Topology is null == read.Faults.Length > 0;
}
