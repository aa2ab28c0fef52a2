using System.Globalization;
using System.Text;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Formats;

/// <summary>
/// The native network format of SNDlib (Orlowski et al., Networks 2010): nodes, links, demands. A link is undirected
/// and becomes two; it carries what is installed or else its first module. Numbers are in one unit of bandwidth.
/// </summary>
public static class SndLib
{
    /// <summary>Reads a topology and its demands.</summary>
    /// <param name="file">The name for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="unit">What a number 1 stands for; 1 Mbit/s in most instances.</param>
    public static ImportedNetwork Read(string file, string text, Bandwidth unit)
    {
        var faults = new List<ImportFault>();
        if (!text.StartsWith("?SNDlib native format", StringComparison.Ordinal))
            faults.Add(new(file, 1, (
                "begins with '?SNDlib native format; type: network; version: 1.0'", "首行应为“?SNDlib native format; type: network; version: 1.0”")));
        var tokens = SndLibTokens.Of(text);
        var reading = new SndLibReading(file, tokens, unit, faults);
        if (faults.Count == 0)
            reading.Read();
        return ImportedNetwork.Of(file, reading.Lines, reading.Points, reading.Links, reading.Demands, faults);
    }

    /// <summary>
    /// Writes a topology and demands, capacities as installed. Two links of one capacity in opposite directions are one link
    /// of the format; any other becomes a link by itself, which is read as both directions.
    /// </summary>
    public static string Write(Topology topology, IEnumerable<TrafficDemand> demands, Bandwidth unit)
    {
        var text = new StringBuilder("?SNDlib native format; type: network; version: 1.0\n\nNODES (\n");
        foreach (var point in topology.Points)
        {
            var position = point.Position ?? new(0, 0);
            text.Append(CultureInfo.InvariantCulture, $"  {Word(point.Name)} ( {position.LongitudeDegrees} {position.LatitudeDegrees} )\n");
        }

        text.Append(")\n\nLINKS (\n");
        foreach (var link in WithoutReturns(topology.Links))
        {
            var capacity = (decimal)link.Capacity.BitsPerSecond / unit.BitsPerSecond;
            text.Append(CultureInfo.InvariantCulture, $"  {link.Id} ( {Word(link.From)} {Word(link.To)} ) {capacity} 0 0 0 ( )\n");
        }

        text.Append(")\n\nDEMANDS (\n");
        var index = 0;
        foreach (var demand in demands)
        {
            var rate = (decimal)demand.Rate.BitsPerSecond / unit.BitsPerSecond;
            text.Append(CultureInfo.InvariantCulture, $"  demand-{index++} ( {Word(demand.From)} {Word(demand.To)} ) 1 {rate} UNLIMITED\n");
        }

        return text.Append(")\n").ToString();
    }

    /// <summary>The links without those that are the other direction of one before them.</summary>
    private static IEnumerable<NetworkLink> WithoutReturns(IEnumerable<NetworkLink> links)
    {
        var single = new Dictionary<(string From, string To, Bandwidth Capacity), int>();
        foreach (var link in links)
        {
            var opposite = (link.To, link.From, link.Capacity);
            if (single.TryGetValue(opposite, out var count) && count > 0)
            {
                single[opposite] = count - 1;
                continue;
            }

            var own = (link.From, link.To, link.Capacity);
            single[own] = single.GetValueOrDefault(own) + 1;
            yield return link;
        }
    }

    private static string Word(string name) =>
        string.Concat(name.Select(letter => char.IsWhiteSpace(letter) || letter is '(' or ')' or '#' ? '_' : letter));
}

/// <summary>A word or a bracket and the line where it stands.</summary>
internal readonly record struct SndLibToken(string Text, int Line);

/// <summary>Cuts the text into words and brackets, without comments and without the META section, which is free text.</summary>
internal static class SndLibTokens
{
    internal const string End = "";

    internal static List<SndLibToken> Of(string text)
    {
        var tokens = new List<SndLibToken>();
        var line = 0;
        var inMeta = false;
        foreach (var raw in text.Split('\n'))
        {
            line++;
            var content = raw.Split('#')[0].Trim();
            inMeta |= content.StartsWith("META", StringComparison.Ordinal);
            if (inMeta)
            {
                inMeta = content != ")";
                continue;
            }

            if (line == 1 && content.StartsWith('?'))
                continue;
            foreach (var word in content.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                tokens.Add(new(word, line));
        }

        tokens.Add(new(End, line));
        return tokens;
    }
}

/// <summary>Reads the sections; the first thing that does not fit ends the reading of the text.</summary>
internal sealed class SndLibReading(string file, List<SndLibToken> tokens, Bandwidth unit, List<ImportFault> faults)
{
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private int _next;

    internal LinesOfParts Lines { get; } = new();

    internal List<NetworkPoint> Points { get; } = [];

    internal List<NetworkLink> Links { get; } = [];

    internal List<TrafficDemand> Demands { get; } = [];

    internal void Read()
    {
        while (faults.Count == 0 && Peek.Text != SndLibTokens.End)
        {
            var section = Take();
            if (!Expect("("))
                return;
            while (faults.Count == 0 && Peek.Text != ")")
                ReadItem(section);
            if (faults.Count == 0)
                Expect(")");
        }

        if (faults.Count == 0 && Points.Count == 0)
            faults.Add(new(file, Peek.Line, ("holds no NODES section", "没有 NODES 段")));
    }

    private SndLibToken Peek => tokens[_next];

    private SndLibToken Take() => Peek.Text == SndLibTokens.End ? Peek : tokens[_next++];

    private void ReadItem(SndLibToken section)
    {
        switch (section.Text)
        {
            case "NODES":
                ReadNode();
                break;
            case "LINKS":
                ReadLink();
                break;
            case "DEMANDS":
                ReadDemand();
                break;
            default:
                Skip();
                break;
        }
    }

    private void ReadNode()
    {
        var name = Word(("the name of a node", "节点名称"));
        GeoPosition? position = null;
        if (Peek.Text == "(" && Expect("("))
        {
            var (east, north) = (Number(), Number());
            position = Math.Abs(north) <= 90 && Math.Abs(east) <= 180 ? new(north, east) : null;
            Expect(")");
        }

        if (faults.Count == 0 && !_names.Add(name.Text))
            Fault(name, $"the node '{name.Text}' is there twice", $"节点“{name.Text}”出现两次");
        Points.Add(Lines.Note(new NetworkPoint { Name = name.Text, Position = position }, name.Line));
    }

    private void ReadLink()
    {
        var line = Word(("the name of a link", "链路名称")).Line;
        var (from, to) = Ends();
        var installed = Number();
        for (var i = 0; i < 3; i++)
            Number();
        Expect("(");
        var module = faults.Count == 0 && Peek.Text != ")" ? Number() : 0;
        while (faults.Count == 0 && Peek.Text != ")")
            Number();
        Expect(")");
        if (faults.Count > 0 || from == to)
            return;

        var link = new NetworkLink
        {
            Id = new(Links.Count),
            From = from,
            To = to,
            Capacity = Rate(installed > 0 ? installed : module),
        };
        Links.Add(Lines.Note(link, line));
        Links.Add(Lines.Note(link with { Id = new(Links.Count), From = to, To = from }, line));
    }

    private void ReadDemand()
    {
        Word(("the name of a demand", "需求名称"));
        var (from, to) = Ends();
        var units = Number();
        var rate = Rate(units * Number());
        Word(("the longest path or UNLIMITED", "最长路径或 UNLIMITED"));
        if (faults.Count == 0)
            Demands.Add(new(from, to, rate));
    }

    private (string From, string To) Ends()
    {
        Expect("(");
        var (from, to) = (Word(("a node", "节点")), Word(("a node", "节点")));
        Expect(")");
        foreach (var end in (SndLibToken[])[from, to])
        {
            if (faults.Count == 0 && !_names.Contains(end.Text))
                Fault(end, $"'{end.Text}' is not a node of the NODES section", $"“{end.Text}”不是 NODES 段中的节点");
        }

        return (from.Text, to.Text);
    }

    private void Skip()
    {
        var depth = 0;
        do
        {
            var token = Take();
            if (token.Text == SndLibTokens.End)
                Fault(token, "a section does not end: ')' is missing", "段落没有结束：缺少“)”");
            depth += token.Text == "(" ? 1 : token.Text == ")" ? -1 : 0;
        }
        while (faults.Count == 0 && depth > 0);
    }

    private Bandwidth Rate(double number) => new((long)Math.Min(1e18, Math.Round(number * unit.BitsPerSecond)));

    private double Number()
    {
        var token = Take();
        if (double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= 1e15)
            return number;
        Fault(token, $"'{token.Text}' stands where a number is expected", $"“{token.Text}”处应为数字");
        return 0;
    }

    private SndLibToken Word(Phrase what)
    {
        var token = Take();
        if (token.Text is "(" or ")" or SndLibTokens.End)
            Fault(token, $"'{token.Text}' stands where {what.English} is expected", $"“{token.Text}”处应为{what.Chinese}");
        return token;
    }

    private bool Expect(string text)
    {
        var token = Take();
        if (token.Text == text)
            return true;
        Fault(token, $"'{token.Text}' stands where '{text}' is expected", $"“{token.Text}”处应为“{text}”");
        return false;
    }

    private void Fault(SndLibToken at, string english, string chinese)
    {
        if (faults.Count == 0)
            faults.Add(new(file, at.Line, (english, chinese)));
    }
}
