namespace Meridian.Networking.Routing;

/// <summary>
/// The lightest path whose latency stays within a bound: labels of (weight, latency) are settled in the order of their
/// weight, and a label that another one at the same point beats in both is dropped (Hansen 1980; Desrochers and
/// Soumis 1988). The least latency to the target bars labels that can no longer arrive in time.
/// </summary>
internal static class BoundedPaths
{
    internal static List<int>? Find(LinkWeights weights)
    {
        var (topology, query) = (weights.Topology, weights.Query);
        var latencies = ShortestPaths.DistancesTo(
            topology, query.To, link => weights[link] == LinkWeights.Unusable ? LinkWeights.Unusable : weights.LatencyOf(link));
        if (latencies[query.From] > query.LatencyMicrosecondsMax)
            return null;

        var distances = ShortestPaths.DistancesTo(topology, query.To, link => weights[link]);
        var latencySettled = new long[topology.Points.Length];
        Array.Fill(latencySettled, long.MaxValue);
        var queue = new PriorityQueue<Label, (long Estimate, long Latency, int Hops, int Order)>();
        var order = 0;
        queue.Enqueue(new(query.From, Link: -1, 0, 0, 0, Before: null), (0, 0, 0, order++));
        while (queue.TryDequeue(out var label, out _))
        {
            if (label.Point == query.To)
                return label.Links();
            // Labels leave the queue by weight, so an earlier one here was no heavier: it wins unless it is slower.
            if (label.Latency >= latencySettled[label.Point])
                continue;
            latencySettled[label.Point] = label.Latency;
            foreach (var link in topology.Outgoing(label.Point))
            {
                var next = topology.End(link);
                if (weights[link] == LinkWeights.Unusable || latencies[next] == ShortestPaths.Unreachable)
                    continue;
                var latency = label.Latency + weights.LatencyOf(link);
                if (latency > query.LatencyMicrosecondsMax - latencies[next] || latency >= latencySettled[next])
                    continue;
                var step = new Label(next, link, label.Weight + weights[link], latency, label.Hops + 1, label);
                queue.Enqueue(step, (step.Weight + distances[next], latency, step.Hops, order++));
            }
        }

        return null;
    }

    private sealed record Label(int Point, int Link, long Weight, long Latency, int Hops, Label? Before)
    {
        internal List<int> Links()
        {
            var links = new List<int>();
            for (var label = this; label.Before is not null; label = label.Before)
                links.Add(label.Link);
            links.Reverse();
            return links;
        }
    }
}
