using Meridian.Benches.Express;
using Meridian.Benches.National;
using Meridian.Benches.Networks;
using Meridian.Benches.Openb;
using Meridian.Benches.Overlay;
using Meridian.Benches.Rounds;
using Meridian.Benches.Swf;

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
        new ExpressBench(),
        new NationalBench(),
    ];
}
