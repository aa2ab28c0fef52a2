using Meridian.Optimisation.Linear;
using Meridian.Optimisation.Stock;
using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>
/// What no placement can allocate more than, whoever knows all arrivals beforehand and may turn away what he likes: a linear
/// program in which equal nodes are one, with their cores, memory and accelerators together and pods in parts. Shares lie on accelerators in
/// patterns, which are generated where the prices ask for them (Gilmore and Gomory 1961). What single nodes leave over is not seen.
/// </summary>
internal sealed class OfflineBound
{
    private const double Tolerance = 1e-6;

    private readonly OpenbTrace _trace;
    private readonly List<(OpenbNode Like, int Count)> _types;
    private readonly int[] _lengths;
    private readonly List<(int Type, int[] Pieces)> _patterns = [];

    internal OfflineBound(OpenbTrace trace)
    {
        _trace = trace;
        _types = [.. trace.Nodes.GroupBy(node => node).Select(g => (g.Key, g.Count()))];
        _lengths = [.. trace.Classes.Where(IsShare).Select(ask => ask.Milli).Distinct().Order()];
        for (var type = 0; type < _types.Count; type++)
        {
            for (var i = 0; i < _lengths.Length; i++)
                _patterns.Add((type, [.. _lengths.Select((length, other) => other == i ? NodeView.AcceleratorWhole / length : 0)]));
        }
    }

    /// <summary>The accelerators that can be allocated at most, in hundredths of what there is, of so many pods of each class.</summary>
    internal double Percent(int[] counts)
    {
        while (true)
        {
            var program = new Program(this, counts);
            var solution = program.Solve();
            if (!Generate(solution, program))
                return 100 * solution.Objective / _trace.CapacityMilli;
        }
    }

    private static bool IsShare(Ask ask) => ask.Count == 1 && ask.Milli < NodeView.AcceleratorWhole;

    /// <summary>Adds for each type of node the pattern that is worth most, where it is worth more than the accelerator; false if none is.</summary>
    private bool Generate(LinearSolution solution, Program program)
    {
        var (before, values) = (_patterns.Count, new double[NodeView.AcceleratorWhole + 1]);
        for (var type = 0; type < _types.Count && _lengths.Length > 0; type++)
        {
            var pieces = _lengths.Select((length, i) => (length, Math.Max(0, solution.RowPrices[program.ShareRows[type][i]]))).ToArray();
            CuttingStock.BestValues(NodeView.AcceleratorWhole, pieces, values);
            if (values[^1] > Math.Max(0, solution.RowPrices[program.AcceleratorRows[type]]) + Tolerance)
                _patterns.Add((type, Cut(pieces, values)));
        }

        return _patterns.Count > before;
    }

    /// <summary>The pieces that give the whole accelerator its value.</summary>
    private static int[] Cut((int Length, double Price)[] pieces, double[] values)
    {
        var counts = new int[pieces.Length];
        for (var length = values.Length - 1; length > 0;)
        {
            var piece = Array.FindIndex(pieces, p => p.Length <= length && values[length - p.Length] + p.Price >= values[length]);
            if (piece < 0 || values[length] <= values[length - 1])
            {
                length--;
                continue;
            }

            counts[piece]++;
            length -= pieces[piece].Length;
        }

        return counts;
    }

    /// <summary>The program over the patterns known so far.</summary>
    private sealed class Program
    {
        private readonly LinearProgram _program = new(maximise: true);

        internal Program(OfflineBound bound, int[] counts)
        {
            var arrived = counts.Select(count => _program.AddRow(double.NegativeInfinity, count)).ToArray();
            for (var type = 0; type < bound._types.Count; type++)
            {
                var (node, nodeCount) = bound._types[type];
                var cores = AddRow((double)nodeCount * node.Total.CpuMillicores);
                var memory = AddRow((double)nodeCount * (node.Total.Memory.Bytes >> 20));
                AcceleratorRows.Add(AddRow((double)nodeCount * node.AcceleratorCount));
                ShareRows.Add([.. bound._lengths.Select(_ => AddRow(0))]);
                for (var pod = 0; pod < counts.Length; pod++)
                {
                    var ask = bound._trace.Classes[pod];
                    if (counts[pod] == 0 || ask.Count == 0 || ask.Count > node.AcceleratorCount || !ask.Kinds[node.Kind] || !ask.Amount.FitsIn(node.Total))
                        continue;
                    var variable = _program.AddVariable(0, counts[pod], OpenbTrace.MilliOf(ask));
                    _program.SetCoefficient(arrived[pod], variable, 1);
                    _program.SetCoefficient(cores, variable, ask.Amount.CpuMillicores);
                    _program.SetCoefficient(memory, variable, ask.Amount.Memory.Bytes >> 20);
                    _program.SetCoefficient(IsShare(ask) ? ShareRows[type][Array.IndexOf(bound._lengths, ask.Milli)] : AcceleratorRows[type], variable, IsShare(ask) ? 1 : ask.Count);
                }
            }

            foreach (var (type, pieces) in bound._patterns)
            {
                var variable = _program.AddVariable(0, double.PositiveInfinity, objective: 0);
                _program.SetCoefficient(AcceleratorRows[type], variable, 1);
                for (var i = 0; i < pieces.Length; i++)
                {
                    if (pieces[i] > 0)
                        _program.SetCoefficient(ShareRows[type][i], variable, -pieces[i]);
                }
            }
        }

        internal List<int> AcceleratorRows { get; } = [];

        internal List<int[]> ShareRows { get; } = [];

        internal LinearSolution Solve() => _program.Solve() ?? throw new InvalidOperationException("Nothing allocated is always a solution.");

        private int AddRow(double high) => _program.AddRow(double.NegativeInfinity, high);
    }
}
