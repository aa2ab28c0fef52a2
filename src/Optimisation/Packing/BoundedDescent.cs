namespace Meridian.Optimisation.Packing;

/// <summary>
/// Minimises a smooth convex function of numbers that are not negative: limited-memory BFGS (Nocedal 1980) on the
/// numbers that are free to move, projected onto the bounds, with backtracking (in the manner of Schmidt, Kim and Sra,
/// Projected Newton-type Methods, 2011). It keeps its memory between calls, for functions that change a little.
/// </summary>
internal sealed class BoundedDescent(int size)
{
    private const int MemoryMax = 24;
    private const int BacktrackMax = 12;

    private readonly List<(double[] Step, double[] Change, double Product)> _memory = [];
    private readonly double[] _direction = new double[size];

    /// <summary>Computes the value at a point and fills the gradient.</summary>
    internal delegate double Function(double[] point, double[] gradient);

    /// <summary>Improves the point in place.</summary>
    /// <param name="function">The function; each step calls it once or a few times.</param>
    /// <param name="point">The point, within the bounds.</param>
    /// <param name="scale">A rough inverse of the curvature in each number, for the first step.</param>
    /// <param name="evaluationCountMax">How many evaluations may be used.</param>
    /// <param name="isDone">Asked after each step with its value; true ends the descent.</param>
    internal int Minimise(
        Function function, double[] point, double[] scale, int evaluationCountMax, Func<double, bool> isDone)
    {
        var gradient = new double[size];
        var value = function(point, gradient);
        var evaluations = 1;
        while (evaluations < evaluationCountMax && !isDone(value))
        {
            if (!TryStep(function, point, gradient, scale, ref value, ref evaluations))
            {
                if (_memory.Count == 0)
                    break;
                _memory.Clear();
            }
        }

        return evaluations;
    }

    /// <summary>Forgets the curvature that was learnt.</summary>
    internal void Forget() => _memory.Clear();

    private bool TryStep(
        Function function, double[] point, double[] gradient, double[] scale, ref double value, ref int evaluations)
    {
        Direct(point, gradient, scale);
        var length = 1d;
        for (var attempt = 0; attempt < BacktrackMax; attempt++, length *= 0.4)
        {
            var next = new double[size];
            var decrease = 0d;
            for (var i = 0; i < size; i++)
            {
                next[i] = Math.Max(0, point[i] + (length * _direction[i]));
                decrease += gradient[i] * (point[i] - next[i]);
            }

            if (decrease <= 0)
                return false;
            var nextGradient = new double[size];
            var nextValue = function(next, nextGradient);
            evaluations++;
            if (nextValue > value - (1e-4 * decrease))
                continue;
            Remember(point, next, gradient, nextGradient);
            next.CopyTo(point, 0);
            nextGradient.CopyTo(gradient, 0);
            value = nextValue;
            return true;
        }

        return false;
    }

    /// <summary>Where to go: the two-loop recursion, over the numbers that are free.</summary>
    private void Direct(double[] point, double[] gradient, double[] scale)
    {
        for (var i = 0; i < size; i++)
            _direction[i] = IsHeld(point[i], gradient[i]) ? 0 : -gradient[i];
        var factors = new double[_memory.Count];
        for (var m = _memory.Count - 1; m >= 0; m--)
        {
            factors[m] = Dot(_memory[m].Step, _direction) / _memory[m].Product;
            AddScaled(_direction, _memory[m].Change, -factors[m]);
        }

        var fit = 1d;
        if (_memory.Count > 0)
        {
            var (_, change, product) = _memory[^1];
            var curved = 0d;
            for (var i = 0; i < size; i++)
                curved += change[i] * change[i] * scale[i];
            fit = product / curved;
        }

        for (var i = 0; i < size; i++)
            _direction[i] *= scale[i] * fit;
        for (var m = 0; m < _memory.Count; m++)
            AddScaled(_direction, _memory[m].Step, factors[m] - (Dot(_memory[m].Change, _direction) / _memory[m].Product));
        for (var i = 0; i < size; i++)
        {
            if (IsHeld(point[i], gradient[i]))
                _direction[i] = 0;
        }

        if (Dot(_direction, gradient) >= 0)
        {
            for (var i = 0; i < size; i++)
                _direction[i] = -gradient[i] * scale[i];
        }
    }

    private static bool IsHeld(double number, double slope) => number <= 0 && slope >= 0;

    private void Remember(double[] point, double[] next, double[] gradient, double[] nextGradient)
    {
        var (step, change) = (new double[size], new double[size]);
        for (var i = 0; i < size; i++)
            (step[i], change[i]) = (next[i] - point[i], nextGradient[i] - gradient[i]);
        var product = Dot(step, change);
        if (product <= 1e-12 * Math.Sqrt(Dot(step, step) * Dot(change, change)))
            return;
        if (_memory.Count == MemoryMax)
            _memory.RemoveAt(0);
        _memory.Add((step, change, product));
    }

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0d;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    private static void AddScaled(double[] target, double[] other, double factor)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] += other[i] * factor;
    }
}
