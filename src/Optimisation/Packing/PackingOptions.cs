namespace Meridian.Optimisation.Packing;

/// <summary>How hard a packing is sought.</summary>
public sealed record PackingOptions
{
    /// <summary>The first temperature of the smoothing, as a share of the value of a unit.</summary>
    public double TemperatureFirst { get; init; } = 0.2;

    /// <summary>The temperature at or above which the search ends.</summary>
    public double TemperatureLast { get; init; } = 0.002;

    /// <summary>By what the temperature is multiplied from stage to stage.</summary>
    public double TemperatureFactor { get; init; } = 0.4;

    /// <summary>The most evaluations of all columns in a stage.</summary>
    public int EvaluationCountPerTemperature { get; init; } = 60;

    /// <summary>A stage ends after two steps that each improve by less than this share.</summary>
    public double Tolerance { get; init; } = 3e-5;

    /// <summary>How many groups one linear program may move that lowers the largest load.</summary>
    public int LoadGroupCountMax { get; init; } = 2_000;

    /// <summary>How many groups one linear program may move that raises the total. Small ones, one after another, gain as much sooner.</summary>
    public int TotalGroupCountMax { get; init; } = 400;

    /// <summary>How many linear programs the improvement may solve; zero leaves it out.</summary>
    public int ImprovementCountMax { get; init; } = 30;

    /// <summary>The improvement ends when the answer is within this share of its bound.</summary>
    public double GapWanted { get; init; } = 0.005;

    /// <summary>Receives a line for each stage; none by default.</summary>
    public Action<string>? Trace { get; init; }
}
