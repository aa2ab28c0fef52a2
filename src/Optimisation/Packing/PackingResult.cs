namespace Meridian.Optimisation.Packing;

/// <summary>An answer to a packing problem and how far it can be from the best one.</summary>
/// <param name="Amounts">The amount in each column; feasible.</param>
/// <param name="Value">What the answer reaches.</param>
/// <param name="Bound">What no answer can pass: an upper bound of a maximum, a lower bound of a minimum.</param>
/// <param name="Prices">The prices of the resources that prove the bound.</param>
/// <param name="EvaluationCount">How often all columns were priced.</param>
public sealed record PackingResult(
    double[] Amounts, double Value, double Bound, double[] Prices, int EvaluationCount)
{
    /// <summary>The largest share of the bound that the answer can be away from the best.</summary>
    public double Gap => Bound == 0 ? 0 : Math.Abs(Bound - Value) / Math.Abs(Bound);
}
