namespace Meridian.Optimisation.Stock;

/// <summary>Pieces of one length.</summary>
/// <param name="Length">At least one, and at most the length of a bar.</param>
/// <param name="Demand">How many are wanted, above zero; a fraction is allowed.</param>
public readonly record struct Piece(int Length, double Demand);

/// <summary>The best way to cut, where bars may be cut in fractions of patterns.</summary>
/// <param name="BarCount">The least number of bars; no cutting of whole bars needs fewer.</param>
/// <param name="Prices">What one piece of each length takes of a bar, as a part of it: its price in the dual program.</param>
public sealed record CuttingPlan(double BarCount, double[] Prices);

/// <summary>
/// The linear cutting stock problem, by generating patterns: P. C. Gilmore and R. E. Gomory, "A linear programming
/// approach to the cutting-stock problem", Operations Research 9 (1961). The simplex method keeps the inverse of the
/// basis, which is as small as the number of lengths; a knapsack over the prices finds the next pattern.
/// </summary>
public sealed class CuttingStock
{
    private const double Tolerance = 1e-9;

    private readonly int _barLength;
    private readonly Piece[] _pieces;
    private readonly double[][] _inverse;
    private readonly double[] _costs;
    private readonly double[] _amounts;

    private CuttingStock(int barLength, Piece[] pieces)
    {
        (_barLength, _pieces) = (barLength, pieces);
        var count = pieces.Length;
        _inverse = new double[count][];
        _costs = new double[count];
        _amounts = new double[count];
        for (var i = 0; i < count; i++)
        {
            // At first each length has a pattern to itself.
            var perBar = barLength / pieces[i].Length;
            _inverse[i] = new double[count];
            _inverse[i][i] = 1d / perBar;
            _costs[i] = 1;

            // Demands a millionth apart keep the method from walking in circles among ties.
            _amounts[i] = pieces[i].Demand * (1 + (1e-6 * ((i * 37 % 11) + 1))) / perBar;
        }
    }

    /// <summary>The least number of bars and the prices of the pieces.</summary>
    public static CuttingPlan Solve(int barLength, Piece[] pieces)
    {
        var stock = new CuttingStock(barLength, pieces);

        // A vertex is left for a better one each time; the bound is only against rounding that hides that.
        for (var step = 0; step < 100 * (pieces.Length + 1); step++)
        {
            var prices = stock.Prices();
            if (stock.Entering(prices) is not { } column || !stock.Pivot(column.Counts, column.Cost))
                break;
        }

        var final = stock.Prices();
        for (var i = 0; i < final.Length; i++)
            final[i] = Math.Max(0, final[i]);
        return new(pieces.Select((piece, i) => piece.Demand * final[i]).Sum(), final);
    }

    /// <summary>The greatest sum of prices that pieces in each length up to that of a bar can have.</summary>
    /// <param name="barLength">The length of a bar.</param>
    /// <param name="pieces">The lengths of the pieces and their prices.</param>
    /// <param name="values">Receives the sums, for the lengths from zero to <paramref name="barLength"/>.</param>
    public static void BestValues(int barLength, ReadOnlySpan<(int Length, double Price)> pieces, Span<double> values)
    {
        values[0] = 0;
        for (var length = 1; length <= barLength; length++)
        {
            var best = values[length - 1];
            foreach (var piece in pieces)
            {
                if (piece.Length <= length && values[length - piece.Length] + piece.Price > best)
                    best = values[length - piece.Length] + piece.Price;
            }

            values[length] = best;
        }
    }

    private double[] Prices()
    {
        var prices = new double[_pieces.Length];
        for (var i = 0; i < prices.Length; i++)
        {
            for (var j = 0; j < prices.Length && _costs[i] > 0; j++)
                prices[j] += _costs[i] * _inverse[i][j];
        }

        return prices;
    }

    /// <summary>A pattern worth more than the bar that it costs, or a length of which more than is wanted should be cut.</summary>
    private (double[] Counts, double Cost)? Entering(double[] prices)
    {
        var counts = new double[prices.Length];
        if (FillPattern(prices, counts) > 1 + Tolerance)
            return (counts, 1);
        var least = 0;
        for (var i = 1; i < prices.Length; i++)
        {
            if (prices[i] < prices[least])
                least = i;
        }

        if (prices.Length == 0 || prices[least] > -Tolerance)
            return null;
        Array.Clear(counts);
        counts[least] = -1;
        return (counts, 0);
    }

    private double FillPattern(double[] prices, double[] counts)
    {
        var (values, last) = (new double[_barLength + 1], new int[_barLength + 1]);
        for (var length = 1; length <= _barLength; length++)
        {
            (values[length], last[length]) = (values[length - 1], -1);
            for (var i = 0; i < prices.Length; i++)
            {
                var before = length - _pieces[i].Length;
                if (before >= 0 && values[before] + prices[i] > values[length] + 1e-12)
                    (values[length], last[length]) = (values[before] + prices[i], i);
            }
        }

        for (var length = _barLength; length > 0;)
        {
            var piece = last[length];
            if (piece >= 0)
                counts[piece]++;
            length -= piece >= 0 ? _pieces[piece].Length : 1;
        }

        return values[_barLength];
    }

    private bool Pivot(double[] column, double cost)
    {
        var direction = new double[column.Length];
        var leaving = -1;
        for (var i = 0; i < direction.Length; i++)
        {
            for (var j = 0; j < column.Length; j++)
                direction[i] += _inverse[i][j] * column[j];
            if (direction[i] > Tolerance && (leaving < 0 || _amounts[i] / direction[i] < _amounts[leaving] / direction[leaving]))
                leaving = i;
        }

        if (leaving < 0)
            return false;
        var (step, row) = (_amounts[leaving] / direction[leaving], _inverse[leaving]);
        for (var j = 0; j < row.Length; j++)
            row[j] /= direction[leaving];
        for (var i = 0; i < direction.Length; i++)
        {
            if (i == leaving)
                continue;
            _amounts[i] = Math.Max(0, _amounts[i] - (step * direction[i]));
            for (var j = 0; j < row.Length; j++)
                _inverse[i][j] -= direction[i] * row[j];
        }

        (_amounts[leaving], _costs[leaving]) = (step, cost);
        return true;
    }
}
