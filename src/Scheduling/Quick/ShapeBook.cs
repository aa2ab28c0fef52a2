namespace Meridian.Scheduling.Quick;

/// <summary>
/// One shape over all pools: which of them may have room, and the least rates of those at every node of the tree over the sites. A
/// pool that turned out to be full is closed until something ends there.
/// </summary>
internal sealed class ShapeBook
{
    private readonly Terrain _terrain;
    private readonly Hierarchy _tree;
    private readonly Tariffs _tariffs;
    private readonly bool[] _suits;
    private readonly bool[] _open;
    private readonly Rates[] _rates;
    private readonly double _balanceSlowness;
    private double _balancePrice;
    private double _balanceCarbon;

    internal ShapeBook(Shape shape, Terrain terrain, Hierarchy tree, Tariffs tariffs)
    {
        (Shape, _terrain, _tree, _tariffs) = (shape, terrain, tree, tariffs);
        var count = terrain.Pools.Length;
        (_suits, _open, _rates) = (new bool[count], new bool[count], new Rates[tree.Branches.Length]);
        for (var pool = 0; pool < count; pool++)
        {
            if (!shape.Suits(terrain.Pools[pool]))
                continue;
            _suits[pool] = _open[pool] = true;
            var slowness = tariffs.Slowness(pool);
            (SuitedCount, MeanSlowness) = (SuitedCount + 1, MeanSlowness + slowness);
            SlownessMin = Math.Min(SlownessMin, slowness);
            SlownessMax = Math.Max(SlownessMax, slowness);
        }

        SuitedSites = [.. Enumerable.Range(0, count).Where(pool => _suits[pool]).Select(pool => terrain.SiteOfPool[pool]).Distinct()];
        MeanSlowness /= Math.Max(1, SuitedCount);
        _balanceSlowness = SuitedCount > 0 ? 1 / MeanSlowness : 0;
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

    internal bool Suits(int pool) => _suits[pool];

    /// <summary>Whether the pool suits and is not known to be full.</summary>
    internal bool IsOpen(int pool) => _open[pool];

    /// <summary>The least rates of the open pools at the sites of a node.</summary>
    internal ref readonly Rates OfNode(int node) => ref _rates[node];

    /// <summary>The terms of the pool in this hour, and its grams for a second of run time from another hour on.</summary>
    internal (Terms Terms, double CarbonPerSecond) Of(int pool, int hour)
    {
        var (site, (compute, energy)) = (_terrain.SiteOfPool[pool], _tariffs.Of(pool, Shape));
        return (new(compute + (energy * _tariffs.At(site).PowerPrice), _tariffs.Slowness(pool)), energy * _tariffs.CarbonAt(site, hour));
    }

    /// <summary>Weighs everything anew, after the hour has changed.</summary>
    internal void Turn()
    {
        (_balancePrice, _balanceCarbon, MeanPrice, MeanCarbon) = (0, 0, 0, 0);
        for (var pool = 0; pool < _suits.Length; pool++)
        {
            if (!_suits[pool])
                continue;
            var (terms, carbon, _) = Of(pool);
            MeanPrice += terms.Price / SuitedCount;
            MeanCarbon += carbon / SuitedCount;
        }

        _balancePrice = MeanPrice > 0 ? 1 / MeanPrice : 0;
        _balanceCarbon = MeanCarbon > 0 ? 1 / MeanCarbon : 0;
        for (var node = _rates.Length - 1; node >= 0; node--)
            _rates[node] = Least(node);
    }

    /// <summary>Notes that the pool has no room, up to where that changes the least.</summary>
    internal void Close(int pool)
    {
        _open[pool] = false;
        for (var node = _tree.LeafOf[_terrain.SiteOfPool[pool]]; node >= 0; node = _tree.Branches[node].Parent)
        {
            var least = Least(node);
            if (Rates.Same(_rates[node], least))
                return;
            _rates[node] = least;
        }
    }

    /// <summary>Notes that the pool may have room again.</summary>
    internal void Open(int pool)
    {
        _open[pool] = true;
        var rates = RatesOf(pool);
        for (var node = _tree.LeafOf[_terrain.SiteOfPool[pool]]; node >= 0; node = _tree.Branches[node].Parent)
        {
            var least = Rates.Least(_rates[node], rates);
            if (Rates.Same(_rates[node], least))
                return;
            _rates[node] = least;
        }
    }

    private Rates Least(int node)
    {
        ref readonly var of = ref _tree.Branches[node];
        var least = Rates.None;
        if (of.Site < 0)
        {
            for (var child = of.Children.First; child < of.Children.End; child++)
                least = Rates.Least(least, _rates[child]);
            return least;
        }

        for (var pool = _terrain.FirstPool[of.Site]; pool < _terrain.FirstPool[of.Site + 1]; pool++)
        {
            if (_open[pool])
                least = Rates.Least(least, RatesOf(pool));
        }

        return least;
    }

    private (Terms Terms, double Carbon, double CarbonMin) Of(int pool)
    {
        var (compute, energy) = _tariffs.Of(pool, Shape);
        ref readonly var tariff = ref _tariffs.At(_terrain.SiteOfPool[pool]);
        var terms = new Terms(compute + (energy * tariff.PowerPrice), _tariffs.Slowness(pool));
        return (terms, energy * tariff.Carbon * terms.Slowness, energy * tariff.CarbonMin * terms.Slowness);
    }

    private Rates RatesOf(int pool)
    {
        var (terms, carbon, carbonMin) = Of(pool);
        var (price, time) = (terms.Price * _balancePrice, terms.Slowness * _balanceSlowness);
        return new()
        {
            Price = Rates.Down(terms.Price),
            PricePerSecond = Rates.Down(terms.PricePerSecond),
            Slowness = Rates.Down(terms.Slowness),
            Carbon = Rates.Down(carbon),
            CarbonMin = Rates.Down(carbonMin),
            Balance = Rates.Down(price + time + (carbon * _balanceCarbon)),
            BalanceMin = Rates.Down(price + time + (carbonMin * _balanceCarbon)),
            ServiceBalance = Rates.Down(price + (carbon * _balanceCarbon)),
        };
    }
}
