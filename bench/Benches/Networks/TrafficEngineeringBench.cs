using Meridian.Benches.Running;

namespace Meridian.Benches.Networks;

/// <summary>
/// Traffic engineering against published optima: total and concurrent flow on the instances of NCFlow and POP, least
/// maximum utilisation on Repetita and SNDlib.
/// </summary>
internal sealed class TrafficEngineeringBench : IBench
{
    private const string Origin =
        "github.com/netcontract/ncflow (topologies and results), github.com/svissicchio/Repetita and sndlib.zib.de";

    /// <inheritdoc/>
    public string Name => "te";

    /// <inheritdoc/>
    public string Summary =>
        "traffic engineering against published optima [--only total|concurrent|repetita|sndlib|changes] [--topology NAME] [--per-cell N]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        var arguments = new BenchArguments(args);
        var folder = Path.Combine(arguments.Data, "wan");
        if (!Directory.Exists(folder))
            return BenchArguments.Missing(output, folder, Origin);

        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var only = arguments.Text("--only");
        foreach (var isTotal in (bool[])[true, false])
        {
            if (only is null || only == (isTotal ? "total" : "concurrent"))
                new PublishedFlows(folder, isTotal, arguments, output, figures).Run();
        }

        if (only is null or "repetita")
            LeastUtilisations.Repetita(folder, arguments, output, figures);
        if (only is null or "sndlib")
            LeastUtilisations.SndLib(folder, arguments, output, figures);
        if (only is null or "changes")
            Changes.Run(folder, arguments, output, figures);
        return arguments.Finish(output, figures);
    }
}
