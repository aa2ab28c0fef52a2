using Meridian.Benches.Running;
using Meridian.Networking.Overlay;

namespace Meridian.Benches.Overlay;

/// <summary>The regions of three clouds with the throughput and the price between every two, as Skyplane's planner reads them.</summary>
internal sealed class SkyplaneGrid
{
    // Skyplane divides by 2^30 and calls it Gbps; the exact plans do the same.
    private const double BitsPerUnit = 1024d * 1024 * 1024;
    private const double PricePerInstanceHour = 0.54;

    private readonly string[] _regions;
    private readonly double[] _throughputs;
    private readonly double[] _prices;

    private SkyplaneGrid(string[] regions) =>
        (_regions, _throughputs, _prices) = (regions, new double[regions.Length * regions.Length], new double[regions.Length * regions.Length]);

    internal static SkyplaneGrid Read(string folder)
    {
        var throughputs = Csv.Read(Path.Combine(folder, "throughput_2022-01.csv"));
        var prices = Csv.Read(Path.Combine(folder, "cost_2022-05.csv"));
        // Some pairs were measured twice; the exact plans take the first.
        var measured = throughputs.Rows.Where(row => IsPremium(throughputs, row, "src_tier", "dst_tier"))
            .DistinctBy(row => (throughputs.Text(row, "src_region"), throughputs.Text(row, "dst_region"))).ToList();
        var names = measured.SelectMany(row => (string[])[throughputs.Text(row, "src_region"), throughputs.Text(row, "dst_region")]);
        var grid = new SkyplaneGrid([.. names.Distinct().Order(StringComparer.Ordinal)]);
        foreach (var row in measured)
            grid._throughputs[grid.Pair(throughputs.Text(row, "src_region"), throughputs.Text(row, "dst_region"))] = throughputs.Number(row, "throughput_sent") / BitsPerUnit;
        foreach (var row in prices.Rows.Where(row => IsPremium(prices, row, "src_tier", "dest_tier")))
            grid._prices[grid.Pair(prices.Text(row, "src"), prices.Text(row, "dest"))] = prices.Number(row, "cost");
        return grid;
    }

    /// <summary>The problem of a row of the exact plans.</summary>
    internal OverlayProblem Problem(Csv csv, string[] row) =>
        new()
        {
            Depots = [.. _regions.Select(region => DepotOf(region, (int)csv.Number(row, "instance_limit")))],
            ThroughputGbps = _throughputs,
            PricePerGigabyte = _prices,
            From = Array.IndexOf(_regions, csv.Text(row, "src")),
            To = Array.IndexOf(_regions, csv.Text(row, "dst")),
            Gigabytes = csv.Number(row, "volume_gbyte"),
            GoalGbps = csv.Number(row, "goal_gbps"),
        };

    private static OverlayDepot DepotOf(string region, int instanceCountMax) =>
        region.Split(':')[0] switch
        {
            "aws" => new(5, 10, instanceCountMax, PricePerInstanceHour),
            "gcp" => new(7, 16, instanceCountMax, PricePerInstanceHour),
            "azure" => new(16, 16, instanceCountMax, PricePerInstanceHour),
            _ => throw new InvalidDataException($"the region '{region}' belongs to no known cloud"),
        };

    private static bool IsPremium(Csv csv, string[] row, string from, string to) =>
        csv.Text(row, from) == "PREMIUM" && csv.Text(row, to) == "PREMIUM";

    private int Pair(string from, string to) =>
        (Array.IndexOf(_regions, from) * _regions.Length) + Array.IndexOf(_regions, to);
}
