using MemoryPack;

namespace Meridian.Networking.Topologies;

/// <summary>A position on the earth.</summary>
/// <param name="LatitudeDegrees">From -90 (south) to 90 (north).</param>
/// <param name="LongitudeDegrees">From -180 (west) to 180 (east).</param>
[MemoryPackable]
public sealed partial record GeoPosition(double LatitudeDegrees, double LongitudeDegrees);

/// <summary>How far light has to go between two positions, for links whose latency nobody has measured.</summary>
public static class FibreDistance
{
    /// <summary>The mean radius of the earth.</summary>
    public const double EarthRadiusKilometres = 6371.0088;

    /// <summary>How much longer fibre usually is than the straight line over ground.</summary>
    public const double DefaultFibreFactor = 1.5;

    /// <summary>The speed of light in glass of refractive index 1.468.</summary>
    public const double KilometresPerMicrosecond = 0.299792458 / 1.468;

    /// <summary>The distance over ground by the haversine formula.</summary>
    public static double Kilometres(GeoPosition from, GeoPosition to)
    {
        var latitude = Math.Sin(Radians(to.LatitudeDegrees - from.LatitudeDegrees) / 2);
        var longitude = Math.Sin(Radians(to.LongitudeDegrees - from.LongitudeDegrees) / 2);
        var share = (latitude * latitude)
            + (Math.Cos(Radians(from.LatitudeDegrees)) * Math.Cos(Radians(to.LatitudeDegrees)) * longitude * longitude);
        return 2 * EarthRadiusKilometres * Math.Asin(Math.Sqrt(Math.Clamp(share, 0, 1)));
    }

    /// <summary>The one-way latency in whole microseconds, rounded up.</summary>
    /// <param name="from">One end.</param>
    /// <param name="to">The other end.</param>
    /// <param name="fibreFactor">Length of fibre over distance on the ground; at least 1.</param>
    public static long LatencyMicroseconds(
        GeoPosition from, GeoPosition to, double fibreFactor = DefaultFibreFactor) =>
        (long)Math.Ceiling(Kilometres(from, to) * fibreFactor / KilometresPerMicrosecond);

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
