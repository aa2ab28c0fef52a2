using Meridian.Networking.Formats;
using Meridian.Networking.Topologies;

namespace Meridian.Benches.Networks;

/// <summary>
/// A topology as the published experiments used it: both directions, parallel links merged, the largest connected
/// part, nodes in the order of the file, neighbours in the order in which networkx keeps them.
/// </summary>
internal sealed class PublishedNetwork
{
    private PublishedNetwork(int nodeCount, List<(int From, int To)> edges)
    {
        (NodeCount, Edges) = (nodeCount, edges);
        Neighbours = [.. Enumerable.Range(0, nodeCount).Select(_ => new List<int>())];
        EdgeIndexes = [];
        for (var i = 0; i < edges.Count; i++)
        {
            Neighbours[edges[i].From].Add(edges[i].To);
            EdgeIndexes[edges[i]] = i;
        }
    }

    internal int NodeCount { get; }

    internal List<(int From, int To)> Edges { get; }

    internal List<int>[] Neighbours { get; }

    internal Dictionary<(int From, int To), int> EdgeIndexes { get; }

    internal static PublishedNetwork Read(string path)
    {
        var read = GraphMl.Read(path, File.ReadAllText(path), capacityWhereUnknown: new(1000));
        if (read.Topology is null)
            throw new InvalidDataException(read.Faults[0].ToString());
        var indexes = read.Points.Select((point, index) => (point.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
        var kept = LargestPart(read.Points.Length, read.Links, indexes);
        var numbers = new int[kept.Length];
        var count = 0;
        for (var i = 0; i < kept.Length; i++)
            numbers[i] = kept[i] ? count++ : -1;

        var neighbours = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        foreach (var link in read.Links)
        {
            var (from, to) = (numbers[indexes[link.From]], numbers[indexes[link.To]]);
            if (from >= 0 && !neighbours[from].Contains(to))
                neighbours[from].Add(to);
        }

        return new(count, [.. Enumerable.Range(0, count).SelectMany(from => neighbours[from].Select(to => (from, to)))]);
    }

    private static bool[] LargestPart(int count, IReadOnlyList<NetworkLink> links, Dictionary<string, int> indexes)
    {
        var part = Enumerable.Range(0, count).ToArray();
        foreach (var link in links)
        {
            var (one, other) = (Root(part, indexes[link.From]), Root(part, indexes[link.To]));
            part[Math.Max(one, other)] = Math.Min(one, other);
        }

        var largest = Enumerable.Range(0, count).GroupBy(node => Root(part, node)).MaxBy(group => group.Count())!.Key;
        return [.. Enumerable.Range(0, count).Select(node => Root(part, node) == largest)];
    }

    private static int Root(int[] part, int node)
    {
        while (part[node] != node)
            node = part[node];
        return node;
    }
}
