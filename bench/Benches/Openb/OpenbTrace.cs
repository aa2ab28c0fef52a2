using Meridian.Benches.Running;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>
/// The nodes and pods of Alibaba's cluster-trace-gpu-v2023, packed as in Q. Weng and others, "Beware of Fragmentation",
/// USENIX ATC 2023: an empty cluster, pods in a shuffled order, none of which leaves.
/// </summary>
internal sealed class OpenbTrace
{
    /// <summary>So much is asked for, in capacities of the cluster, before arrivals end.</summary>
    private const double TuneRatio = 1.3;

    private readonly List<int> _pods = [];

    internal OpenbTrace(string nodesPath, string podsPath)
    {
        var nodes = Csv.Read(nodesPath);
        Models = [.. nodes.Rows.Select(row => nodes.Text(row, "model")).Distinct().Order(StringComparer.Ordinal)];
        Nodes = [.. nodes.Rows
            .OrderBy(row => nodes.Text(row, "sn"), StringComparer.Ordinal)
            .Select(row => new OpenbNode(
                Amount(nodes, row), (int)nodes.Number(row, "gpu"), Models.IndexOf(nodes.Text(row, "model"))))];
        CapacityMilli = Nodes.Sum(node => (long)node.AcceleratorCount * NodeView.AcceleratorWhole);

        var pods = Csv.Read(podsPath);
        var classes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in pods.Rows.OrderBy(row => pods.Text(row, "name"), StringComparer.Ordinal))
        {
            var key = string.Join(',', row[1..Math.Min(row.Length, 6)]);
            if (!classes.TryGetValue(key, out var pod))
            {
                classes.Add(key, pod = Classes.Count);
                Classes.Add(AskOf(pods, row));
                Counts.Add(0);
            }

            Counts[pod]++;
            _pods.Add(pod);
        }
    }

    internal List<string> Models { get; }

    /// <summary>In the order of their names.</summary>
    internal OpenbNode[] Nodes { get; }

    /// <summary>Pods that ask for the same are one class.</summary>
    internal List<Ask> Classes { get; } = [];

    /// <summary>How many pods of the list are of each class.</summary>
    internal List<int> Counts { get; } = [];

    internal int PodCount => _pods.Count;

    /// <summary>The thousandths of accelerators that there are.</summary>
    internal long CapacityMilli { get; }

    internal static long MilliOf(Ask ask) => (long)ask.Count * ask.Milli;

    /// <summary>
    /// The classes of the pods in the order in which they arrive: all of them shuffled, then copies drawn at random until
    /// the next would take what was asked for past the ratio. Drawn by our own generator; Go's would give other orders.
    /// </summary>
    internal List<int> Arrivals(ulong seed)
    {
        var random = new Seed(seed);
        var order = new List<int>(_pods);
        for (var i = order.Count - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        var milli = order.Sum(pod => MilliOf(Classes[pod]));
        while (true)
        {
            var pod = _pods[random.Next(_pods.Count)];
            milli += MilliOf(Classes[pod]);
            if (milli > CapacityMilli * TuneRatio)
                return order;
            order.Add(pod);
        }
    }

    /// <summary>How much has arrived, in whole hundredths of what there is.</summary>
    internal double ArrivedPercent(long milli) => Math.Floor((100d * milli / CapacityMilli) + 0.5);

    /// <summary>How many pods of each class have arrived when what has arrived rounds to the whole for the last time.</summary>
    internal int[] CountsAtWhole(ulong seed)
    {
        var (arrived, counts) = (0L, new int[Classes.Count]);
        foreach (var pod in Arrivals(seed))
        {
            arrived += MilliOf(Classes[pod]);
            if (ArrivedPercent(arrived) > 100)
                break;
            counts[pod]++;
        }

        return counts;
    }

    private Ask AskOf(Csv pods, string[] row)
    {
        var (count, specification) = ((int)pods.Number(row, "num_gpu"), row.Length > 5 ? pods.Text(row, "gpu_spec") : "");
        var models = specification.Split('|', StringSplitOptions.RemoveEmptyEntries);
        return new(
            Amount(pods, row), count, count == 0 ? 0 : (int)pods.Number(row, "gpu_milli"),
            [.. Models.Select(model => models.Length == 0 || models.Contains(model, StringComparer.Ordinal))]);
    }

    private static Capacity Amount(Csv table, string[] row) => new(
        (long)table.Number(row, "cpu_milli"), DataSize.FromMebibytes((long)table.Number(row, "memory_mib")), DataSize.Zero);
}

/// <summary>A node as it is when empty; all its accelerators are of one kind.</summary>
internal sealed record OpenbNode(Capacity Total, int AcceleratorCount, int Kind);
