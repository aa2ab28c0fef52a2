using Meridian.Benches.Express;
using Meridian.Benches.Joint;
using Meridian.Benches.National;
using Meridian.Benches.Networks;
using Meridian.Benches.Openb;
using Meridian.Benches.Overlay;
using Meridian.Benches.Rounds;
using Meridian.Benches.Swf;
using Meridian.Benches.Worlds;

namespace Meridian.Benches;

/// <summary>Every measurement there is.</summary>
public static class BenchCatalogue
{
    /// <summary>The measurements in the order in which they are listed.</summary>
    public static IReadOnlyList<IBench> All { get; } =
    [
        new TrafficEngineeringBench(),
        new CalendarBench(),
        new OffpeakBench(),
        new OverlayBench(),
        new RoundsBench(),
        new OpenbBench(),
        new SwfBench(),
        new JointBench(),
        new ExpressBench(),
        new NationalBench(),
        new SimulateBench(),
    ];

    /// <summary>What the product's own binary measures, since it starts itself; <c>./meridian bench</c> sends these names there.</summary>
    public static IReadOnlyList<(string Name, string Summary)> OfTheProduct { get; } =
    [
        ("tasks", "small tasks through REST, journal, scheduler, one agent and back [--tasks 10000] [--slurm SCRIPT]"),
        ("rest", "start and memory of a control plane and an agent at rest [--seconds 20]"),
    ];
}
