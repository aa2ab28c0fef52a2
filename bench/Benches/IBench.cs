namespace Meridian.Benches;

/// <summary>A measurement that a person can run again.</summary>
public interface IBench
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Summary { get; }

    /// <summary>Runs it and returns the exit status: 0 done, 1 failed, 2 wrong arguments or missing data.</summary>
    /// <param name="args">The arguments after the name.</param>
    /// <param name="output">Where the report goes; with <c>--json</c> its last line is one JSON object.</param>
    int Run(string[] args, TextWriter output);
}
