using System.Collections.Immutable;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Networking.Formats;

/// <summary>Something in a text that could not be read.</summary>
/// <param name="File">The name that was given for the text.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is wrong and what is expected.</param>
public sealed record ImportFault(string File, int Line, Phrase Message)
{
    /// <summary>The file, the line and the message in English.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}: {Message.English}");
}

/// <summary>How much is to go from one point to another.</summary>
/// <param name="From">The name of the point where it begins.</param>
/// <param name="To">The name of the point where it ends.</param>
/// <param name="Rate">How much.</param>
public sealed record TrafficDemand(string From, string To, Bandwidth Rate);

/// <summary>What a text holds: a topology, perhaps with demands, or everything that is wrong with it.</summary>
public sealed record ImportedNetwork
{
    /// <summary>The topology; none when there are faults.</summary>
    public Topology? Topology { get; init; }

    /// <summary>The points in the order of the text.</summary>
    public ImmutableArray<NetworkPoint> Points { get; init; } = [];

    /// <summary>The links in the order of the text. An undirected edge gives two, one after the other.</summary>
    public ImmutableArray<NetworkLink> Links { get; init; } = [];

    /// <summary>The demands in the order of the text; empty for formats without any.</summary>
    public ImmutableArray<TrafficDemand> Demands { get; init; } = [];

    /// <summary>What is wrong, in the order of the lines.</summary>
    public ImmutableArray<ImportFault> Faults { get; init; } = [];

    internal static ImportedNetwork Of(
        string file, LinesOfParts lines, IReadOnlyList<NetworkPoint> points, IReadOnlyList<NetworkLink> links,
        IReadOnlyList<TrafficDemand> demands, List<ImportFault> faults)
    {
        Topology? topology = null;
        if (faults.Count == 0)
        {
            topology = Topology.TryCreate(points, links, out ImmutableArray<(object Part, Phrase Message)> broken);
            faults.AddRange(broken.Select(fault => new ImportFault(file, lines.Of(fault.Part), fault.Message)));
        }

        return faults.Count > 0
            ? new() { Faults = [.. faults.OrderBy(fault => fault.Line)] }
            : new() { Topology = topology, Points = [.. points], Links = [.. links], Demands = [.. demands] };
    }
}

/// <summary>The line of the text at which each point and each link begins.</summary>
internal sealed class LinesOfParts
{
    private readonly Dictionary<object, int> _lines = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes the line of a part and returns the part.</summary>
    internal T Note<T>(T part, int line)
        where T : class
    {
        _lines[part] = line;
        return part;
    }

    internal int Of(object part) => _lines.GetValueOrDefault(part, 1);
}
