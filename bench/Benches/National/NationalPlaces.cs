using System.Globalization;
using Meridian.Benches.Running;
using Meridian.Domain.Sites;
using Meridian.Networking.Topologies;
using Meridian.Primitives;

namespace Meridian.Benches.National;

/// <summary>The rank of a site in the network.</summary>
internal enum Tier
{
    Core,
    Region,
    Edge,
}

/// <summary>A generated site.</summary>
internal sealed record NationalSite(Site Site, Tier Tier);

/// <summary>
/// Sites and a network around the clusters of hubs.csv, drawn from a seed. The first 500 sites and 0.4 transit points for each of
/// them are meshed; further sites hang on the nearest meshed point of their cluster by a line of their own.
/// </summary>
internal sealed class NationalPlaces
{
    private const int MeshedSitesMax = 500;

    private static readonly string[] Names = ["core", "region", "edge"];

    // Grams of CO2 per kilowatt-hour by province, drawn with a large brush: hydropower in Sichuan, coal elsewhere.
    private static readonly SortedDictionary<string, double> Carbon = new(StringComparer.Ordinal)
    {
        ["Sichuan"] = 150,
        ["Chongqing"] = 420,
        ["Guizhou"] = 430,
        ["Gansu"] = 380,
        ["Ningxia"] = 560,
        ["Inner Mongolia"] = 620,
        ["Hebei"] = 640,
        ["Anhui"] = 600,
        ["Guangdong"] = 400,
    };

    private readonly List<Point> _points = [];
    private readonly List<NetworkLink> _links = [];
    private Seed _seed;

    internal NationalPlaces(string hubsFile, int siteCount, ulong seed)
    {
        _seed = new(seed);
        var csv = Csv.Read(hubsFile);
        var hubs = csv.Rows.Select(row => Hub.Of(csv, row)).ToList();
        for (var i = 0; i < siteCount; i++)
            AddSite(hubs[i % hubs.Count], i % hubs.Count, i, siteCount);
        var meshedCount = Math.Min(siteCount, MeshedSitesMax);
        for (var i = 0; i < meshedCount * 2 / 5; i++)
            _points.Add(new($"t{Text(i)}", i % hubs.Count, Tier.Region, Near(hubs[i % hubs.Count], 250), IsMeshed: true));
        JoinHubs(hubs.Count);
        for (var hub = 0; hub < hubs.Count; hub++)
            JoinPoints(hub);
        Topology = Topology.Create(
            _points.Select(p => new NetworkPoint { Name = p.Name, Position = p.Position }), _links);
    }

    internal List<NationalSite> Sites { get; } = [];

    internal Topology Topology { get; }

    internal int LinkPairCount => _links.Count / 2;

    private void AddSite(Hub hub, int hubIndex, int number, int siteCount)
    {
        var turn = number / 10;
        var tier = turn % 14 == 0 ? Tier.Core : turn % 14 < 5 ? Tier.Region : Tier.Edge;
        var position = Near(hub, tier switch { Tier.Core => 30, Tier.Region => 250, _ => 450 });
        var name = "s" + Text(number);
        _points.Add(new(name, hubIndex, tier, position, IsMeshed: number < MeshedSitesMax));
        var price = hub.PowerPrice * (0.9 + (_seed.NextUnit() * 0.2));
        var carbon = hub.Carbon * (0.9 + (_seed.NextUnit() * 0.2));
        var pue = tier switch { Tier.Core => hub.Pue, Tier.Region => hub.Pue + 0.08, _ => 1.5 } + (_seed.NextUnit() * 0.05);
        Sites.Add(new(
            new(
                new(name), hub.City, $"provider{_seed.Next(Math.Min(30, siteCount))}", Names[(int)tier], hub.City, Sovereignty(hub), position.LatitudeDegrees,
                position.LongitudeDegrees, pue, [.. Enumerable.Range(0, 24).Select(hour => carbon * CarbonShare(hub, hour))],
                [.. Enumerable.Range(0, 24).Select(hour => Math.Round((decimal)(price * PriceShare(hour)), 4))]),
            tier));
    }

    private string Sovereignty(Hub hub)
    {
        var draw = _seed.NextUnit();
        return draw < 0.1 ? "cn-gov" : draw < 0.18 ? "cn-fin" : draw < 0.24 && hub.City == "Shaoguan" ? "hk" : "cn";
    }

    private GeoPosition Near(Hub hub, double kilometres)
    {
        var (distance, angle) = (kilometres * Math.Sqrt(_seed.NextUnit()), _seed.NextUnit() * 2 * Math.PI);
        var latitude = hub.Position.LatitudeDegrees + (distance * Math.Cos(angle) / 111.2);
        return new(latitude, hub.Position.LongitudeDegrees + (distance * Math.Sin(angle) / 111.2 / Math.Cos(latitude * Math.PI / 180)));
    }

    /// <summary>Long-haul fibre: the first site of every cluster to that of every other, and the second ones to the three nearest.</summary>
    private void JoinHubs(int hubCount)
    {
        var first = Enumerable.Range(0, hubCount).Select(hub => _points.FirstOrDefault(p => p.Hub == hub)).OfType<Point>().ToList();
        foreach (var (one, other) in first.SelectMany((a, i) => first.Skip(i + 1).Select(b => (a, b))))
            Join(one, other, 2_400_000);
        foreach (var one in first)
        {
            if (_points.Where(p => p.Hub == one.Hub && p.IsMeshed).Skip(1).FirstOrDefault() is not { } second)
                continue;
            foreach (var other in first.Where(p => p != one).OrderBy(p => Kilometres(p, one)).Take(3))
                Join(second, other, 1_200_000);
        }
    }

    /// <summary>Every point to the nearest one before it, in the order of the tiers; all that are meshed to the next nearest as well.</summary>
    private void JoinPoints(int hub)
    {
        var joined = new List<Point>();
        foreach (var point in _points.Where(p => p.Hub == hub).OrderBy(p => !p.IsMeshed).ThenBy(p => p.Tier).ToList())
        {
            var capacity = point.Tier switch { Tier.Core => 800_000, Tier.Region => 400_000, _ => 100_000 };
            foreach (var near in joined.OrderBy(p => Kilometres(p, point)).Take(point.IsMeshed ? 2 : 1))
                Join(point, near, capacity);
            if (point.IsMeshed)
                joined.Add(point);
        }
    }

    private void Join(Point one, Point other, int megabits)
    {
        var kilometres = Kilometres(one, other);
        var price = HourlyPrice.Flat(Money.Cny(Math.Round((decimal)((0.002 + (kilometres * 0.00002)) * (0.8 + (_seed.NextUnit() * 0.4))), 6)));
        foreach (var (from, to) in new[] { (one, other), (other, one) })
        {
            _links.Add(new()
            {
                Id = new(_links.Count),
                From = from.Name,
                To = to.Name,
                Capacity = Bandwidth.FromMbps(megabits),
                LatencyMicroseconds = Math.Max(1, FibreDistance.LatencyMicroseconds(from.Position, to.Position)),
                PricePerGigabyte = price,
            });
        }
    }

    private static double Kilometres(Point one, Point other) => FibreDistance.Kilometres(one.Position, other.Position);

    // By the hour of China, eight hours ahead: dear at ten and at eight in the evening, cheap at night.
    private static double PriceShare(int hour) => ((hour + 8) % 24) switch { < 7 => 0.5, 10 or 11 or 19 or 20 or 21 => 1.5, 23 => 0.5, _ => 1 };

    private static double CarbonShare(Hub hub, int hour) => (hour + 8) % 24 is >= 9 and <= 16 ? (hub.IsWest ? 0.6 : 0.85) : 1.05;

    private static string Text(int number) => number.ToString("00000", CultureInfo.InvariantCulture);

    private sealed record Point(string Name, int Hub, Tier Tier, GeoPosition Position, bool IsMeshed);

    private sealed record Hub(string City, GeoPosition Position, bool IsWest, double Pue, double PowerPrice, double Carbon)
    {
        internal static Hub Of(Csv csv, string[] row)
        {
            var isWest = csv.Text(row, "side") == "west";
            var price = csv.Text(row, "typical_price_cny_per_kwh").Length > 0 ? csv.Number(row, "typical_price_cny_per_kwh") : isWest ? 0.38 : 0.62;
            return new(
                csv.Text(row, "city"), new(csv.Number(row, "lat"), csv.Number(row, "lon")), isWest, csv.Number(row, "pue_target"), price,
                NationalPlaces.Carbon.GetValueOrDefault(csv.Text(row, "province").Split(';')[0], 560));
        }
    }
}
