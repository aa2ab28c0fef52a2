namespace Meridian.Scheduling.Quick;

/// <summary>
/// One shape over all pools: which of them may have room, and the least rates of those at every site, in every area and in
/// every territory. A pool that turned out to be full is closed until something ends there.
/// </summary>
internal sealed class ShapeBook
{
    private readonly Terrain _terrain;
    private readonly Tariffs _tariffs;
    private readonly bool[] _suits;
    private readonly bool[] _open;
    private readonly double[] _kilowattHoursPerSecond;
    private readonly double[] _computePerSecond;
    private readonly double _balanceSlowness;
    private double _balancePrice;
    private double _balanceCarbon;

    internal ShapeBook(Shape shape, Terrain terrain, Tariffs tariffs)
    {
        (Shape, _terrain, _tariffs) = (shape, terrain, tariffs);
        var count = terrain.Pools.Length;
        (_suits, _open, _kilowattHoursPerSecond, _computePerSecond) = (new bool[count], new bool[count], new double[count], new double[count]);
        for (var pool = 0; pool < count; pool++)
        {
            if (!shape.Suits(terrain.Pools[pool]))
                continue;
            _suits[pool] = _open[pool] = true;
            var (perHour, kilowatts) = Tariffs.Of(shape, terrain.Pools[pool], terrain.Sites[terrain.SiteOfPool[pool]]);
            (_computePerSecond[pool], _kilowattHoursPerSecond[pool]) = (perHour / 3600, kilowatts / 3600);
            var slowness = tariffs.Slowness(pool);
            (SuitedCount, MeanSlowness) = (SuitedCount + 1, MeanSlowness + slowness);
            SlownessMin = Math.Min(SlownessMin, slowness);
            SlownessMax = Math.Max(SlownessMax, slowness);
        }

        SuitedSites = [.. Enumerable.Range(0, count).Where(pool => _suits[pool]).Select(pool => terrain.SiteOfPool[pool]).Distinct()];
        MeanSlowness /= Math.Max(1, SuitedCount);
        _balanceSlowness = SuitedCount > 0 ? 1 / MeanSlowness : 0;
        OfSites = new Rates[terrain.Sites.Length];
        OfAreas = new Rates[terrain.AreaHosts.Length];
        OfTerritories = new Rates[terrain.TerritoryCount];
    }

    internal Shape Shape { get; }

    /// <summary>How many pools could hold it when empty.</summary>
    internal int SuitedCount { get; }

    /// <summary>The sites of those pools, in order.</summary>
    internal int[] SuitedSites { get; }

    /// <summary>The means over the pools that could hold it: the yardstick of the balanced objective.</summary>
    internal double MeanPrice { get; private set; }

    internal double MeanSlowness { get; }

    internal double MeanCarbon { get; private set; }

    internal double SlownessMin { get; } = double.PositiveInfinity;

    internal double SlownessMax { get; }

    /// <summary>A site where some job of the shape was possible.</summary>
    internal int PossibleSite { get; set; }

    internal Rates[] OfSites { get; }

    internal Rates[] OfAreas { get; }

    internal Rates[] OfTerritories { get; }

    internal bool Suits(int pool) => _suits[pool];

    /// <summary>Whether the pool suits and is not known to be full.</summary>
    internal bool IsOpen(int pool) => _open[pool];

    /// <summary>The rates of the pool in this hour.</summary>
    internal Rates Of(int pool)
    {
        var (energy, site, slowness) = (_kilowattHoursPerSecond[pool], _terrain.SiteOfPool[pool], _tariffs.Slowness(pool));
        var rates = new Rates(
            _computePerSecond[pool] + (energy * _tariffs.PowerPrice[site]), slowness, energy * _tariffs.Carbon[site], energy * _tariffs.CarbonMin[site]);
        var balance = (rates.Price * _balancePrice) + (slowness * _balanceSlowness);
        return rates with
        {
            Balance = balance + (rates.Carbon * _balanceCarbon),
            BalanceMin = balance + (rates.CarbonMin * _balanceCarbon),
        };
    }

    /// <summary>Grams for a second of run time at the pool from the hour of the day on.</summary>
    internal double CarbonPerSecond(int pool, int hour) => _kilowattHoursPerSecond[pool] * _tariffs.CarbonAt(_terrain.SiteOfPool[pool], hour);

    /// <summary>Weighs everything anew, after the hour has changed.</summary>
    internal void Turn()
    {
        (_balancePrice, _balanceCarbon, MeanPrice, MeanCarbon) = (0, 0, 0, 0);
        for (var pool = 0; pool < _suits.Length; pool++)
        {
            if (!_suits[pool])
                continue;
            var rates = Of(pool);
            MeanPrice += rates.Price / SuitedCount;
            MeanCarbon += rates.Carbon / SuitedCount;
        }

        _balancePrice = MeanPrice > 0 ? 1 / MeanPrice : 0;
        _balanceCarbon = MeanCarbon > 0 ? 1 / MeanCarbon : 0;
        for (var site = 0; site < OfSites.Length; site++)
            OfSites[site] = LeastAt(site);
        for (var area = 0; area < OfAreas.Length; area++)
            OfAreas[area] = Least(OfSites, _terrain.FirstSite[area], _terrain.FirstSite[area + 1]);
        for (var territory = 0; territory < OfTerritories.Length; territory++)
            OfTerritories[territory] = Least(OfAreas, _terrain.FirstArea[territory], _terrain.FirstArea[territory + 1]);
    }

    /// <summary>Notes that the pool has no room, up to where that changes the least.</summary>
    internal void Close(int pool)
    {
        _open[pool] = false;
        var site = _terrain.SiteOfPool[pool];
        if (!Replace(ref OfSites[site], LeastAt(site)))
            return;
        var area = _terrain.AreaOfSite[site];
        if (!Replace(ref OfAreas[area], Least(OfSites, _terrain.FirstSite[area], _terrain.FirstSite[area + 1])))
            return;
        var territory = _terrain.TerritoryOfArea[area];
        OfTerritories[territory] = Least(OfAreas, _terrain.FirstArea[territory], _terrain.FirstArea[territory + 1]);
    }

    /// <summary>Notes that the pool may have room again.</summary>
    internal void Open(int pool)
    {
        _open[pool] = true;
        var (rates, site) = (Of(pool), _terrain.SiteOfPool[pool]);
        var area = _terrain.AreaOfSite[site];
        var territory = _terrain.TerritoryOfArea[area];
        OfSites[site] = Rates.Least(OfSites[site], rates);
        OfAreas[area] = Rates.Least(OfAreas[area], rates);
        OfTerritories[territory] = Rates.Least(OfTerritories[territory], rates);
    }

    private Rates LeastAt(int site)
    {
        var least = Rates.None;
        for (var pool = _terrain.FirstPool[site]; pool < _terrain.FirstPool[site + 1]; pool++)
        {
            if (_open[pool])
                least = Rates.Least(least, Of(pool));
        }

        return least;
    }

    private static Rates Least(Rates[] of, int first, int end)
    {
        var least = Rates.None;
        for (var i = first; i < end; i++)
            least = Rates.Least(least, of[i]);
        return least;
    }

    private static bool Replace(ref Rates old, in Rates now)
    {
        if (Rates.Same(old, now))
            return false;
        old = now;
        return true;
    }
}
