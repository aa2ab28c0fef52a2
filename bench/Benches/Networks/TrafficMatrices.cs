namespace Meridian.Benches.Networks;

/// <summary>The published traffic matrices, made again from their seeds.</summary>
internal static class TrafficMatrices
{
    private static readonly SortedDictionary<string, (double Uniform, double Gravity, double Low0, double Low1, double High0, double High1)> Scales =
        new(StringComparer.Ordinal)
        {
            ["Cogentco"] = (0.06, 1200, 0, 0.03, 0.06, 0.12),
            ["Colt"] = (0.065, 750, 0, 0.0325, 0.065, 0.13),
            ["Deltacom"] = (0.25, 1500, 0, 0.125, 0.25, 0.5),
            ["GtsCe"] = (0.05, 500, 0, 0.025, 0.05, 0.1),
            ["Interoute"] = (0.22, 1320, 0, 0.11, 0.22, 0.44),
            ["Ion"] = (0.15, 1200, 0, 0.075, 0.15, 0.30),
            ["Kdl"] = (0.005, 1500, 0, 0.00275, 0.0055, 0.011),
            ["Uninett2010"] = (0.46, 1250, 0.1, 0.2, 0.4, 0.8),
            ["UsCarrier"] = (0.05, 666, 0.01, 0.02, 0.04, 0.08),
        };

    /// <summary>The demand of every ordered pair in row-major order without the diagonal; none when there is no recipe.</summary>
    internal static double[]? Build(string topology, string model, uint seed, double scale, PublishedNetwork network)
    {
        if (!Scales.TryGetValue(topology, out var scales))
            return null;
        var random = new MersenneTwister(seed);
        var cells = model switch
        {
            "uniform" => Uniform(random, network.NodeCount, scales.Uniform, scale),
            "bimodal" => Bimodal(random, network.NodeCount, (scales.Low0, scales.Low1), (scales.High0, scales.High1), scale),
            "gravity" => Gravity(random, network, scales.Gravity, scale),
            _ => null,
        };
        var count = network.NodeCount;
        return cells?.Where((_, index) => index / count != index % count).ToArray();
    }

    private static double[] Uniform(MersenneTwister random, int count, double max, double scale)
    {
        var cells = new double[count * count];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = (float)(random.NextDouble() * max) * (float)scale;
        return cells;
    }

    private static double[] Bimodal(
        MersenneTwister random, int count, (double From, double To) low, (double From, double To) high, double scale)
    {
        var cells = new double[count * count];
        var isLow = new bool[cells.Length];
        for (var i = 0; i < cells.Length; i++)
            isLow[i] = random.NextDouble() >= 0.2;
        foreach (var (wanted, range) in ((bool, (double From, double To))[])[(true, low), (false, high)])
        {
            for (var i = 0; i < cells.Length; i++)
            {
                if (isLow[i] == wanted)
                    cells[i] = (range.From + ((range.To - range.From) * random.NextDouble())) * scale;
            }
        }

        return cells;
    }

    private static double[] Gravity(MersenneTwister random, PublishedNetwork network, double total, double scale)
    {
        var count = network.NodeCount;
        var outgoing = network.Neighbours.Select(list => (double)list.Count).ToArray();
        var incoming = new double[count];
        foreach (var (_, to) in network.Edges)
            incoming[to]++;
        var (sumOut, sumIn) = (outgoing.Sum(), incoming.Sum());
        var cells = new double[count * count];
        for (var from = 0; from < count; from++)
        {
            for (var to = 0; to < count; to++)
            {
                if (from == to)
                    continue;
                var share = outgoing[from] / sumOut * incoming[to] / (sumIn - incoming[from]);
                cells[(from * count) + to] =
                    (float)Math.Max(random.NextNormal(share, share / 4), 0) * (float)total * (float)scale;
            }
        }

        return cells;
    }
}
