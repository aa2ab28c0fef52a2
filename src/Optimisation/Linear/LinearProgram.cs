using Google.OrTools.LinearSolver;

namespace Meridian.Optimisation.Linear;

/// <summary>Which method solves a linear program.</summary>
public enum LinearMethod
{
    /// <summary>The simplex method (GLOP): exact vertices.</summary>
    Simplex,

    /// <summary>The primal-dual hybrid gradient method (PDLP): for large programs, to a relative gap of 1e-6.</summary>
    FirstOrder,
}

/// <summary>The best point of a linear program.</summary>
/// <param name="Objective">The value of the objective.</param>
/// <param name="Values">The value of each variable.</param>
/// <param name="RowPrices">By how much the objective changes for a unit more in the bound of each row; empty for integer programs.</param>
public sealed record LinearSolution(double Objective, double[] Values, double[] RowPrices);

/// <summary>
/// A linear or mixed-integer program put together row by row. One worker and no time limit, so that a run is repeatable.
/// </summary>
public sealed class LinearProgram(bool maximise)
{
    private readonly List<(double Low, double High)> _rows = [];
    private readonly List<(double Low, double High, double Objective, bool IsInteger)> _variables = [];
    private readonly List<(int Row, int Variable, double Coefficient)> _coefficients = [];

    /// <summary>Adds a row between two bounds and returns its index.</summary>
    public int AddRow(double low, double high)
    {
        _rows.Add((low, high));
        return _rows.Count - 1;
    }

    /// <summary>Changes the bounds of a row.</summary>
    public void SetRowBounds(int row, double low, double high) => _rows[row] = (low, high);

    /// <summary>Adds a variable between two bounds and returns its index.</summary>
    public int AddVariable(double low, double high, double objective, bool isInteger = false)
    {
        _variables.Add((low, high, objective, isInteger));
        return _variables.Count - 1;
    }

    /// <summary>Sets how much a variable counts in a row; at most once for each pair.</summary>
    public void SetCoefficient(int row, int variable, double coefficient) =>
        _coefficients.Add((row, variable, coefficient));

    /// <summary>The best point, or none when no point satisfies every row.</summary>
    public LinearSolution? Solve(LinearMethod method = LinearMethod.Simplex)
    {
        var isInteger = _variables.Exists(variable => variable.IsInteger);
        using var solver = Solver.CreateSolver(isInteger ? "SCIP" : method == LinearMethod.Simplex ? "GLOP" : "PDLP");
        var variables = _variables.ConvertAll(variable => solver.MakeVar(variable.Low, variable.High, variable.IsInteger, ""));
        var rows = _rows.ConvertAll(row => solver.MakeConstraint(row.Low, row.High, ""));
        foreach (var (row, variable, coefficient) in _coefficients)
            rows[row].SetCoefficient(variables[variable], coefficient);
        var objective = solver.Objective();
        for (var i = 0; i < _variables.Count; i++)
            objective.SetCoefficient(variables[i], _variables[i].Objective);
        objective.SetOptimizationDirection(maximise);
        return solver.Solve() == Solver.ResultStatus.OPTIMAL
            ? new(
                objective.Value(),
                [.. variables.Select(variable => variable.SolutionValue())],
                isInteger ? [] : [.. rows.Select(row => row.DualValue())])
            : null;
    }
}
