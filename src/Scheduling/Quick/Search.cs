namespace Meridian.Scheduling.Quick;

/// <summary>The best allowed placement, by branch and bound over territories, areas, sites and pools.</summary>
internal sealed class Search
{
    private readonly Terrain _terrain;
    private readonly Backbone _backbone;
    private readonly NodeStore _nodes;
    private readonly WayFinder _ways;
    private readonly Congestion _congestion;
    private readonly Closures _closures;
    private readonly int[] _latencyOfTerritory;
    private readonly double[] _priceOfTerritory;
    private readonly double[] _meanTransport;
    private readonly (double Score, double Price)[] _territoryBounds;
    private readonly (double Score, double Price)[] _areaBounds;
    private QuickJob _job;
    private ShapeBook _book;
    private Ask _ask;
    private long _localReady;
    private long _farReady;
    private ulong _lateTerritories;
    private int _inputHost;
    private int _userHost;
    private Candidate _best;

    internal Search(Terrain terrain, Backbone backbone, NodeStore nodes, (WayFinder Ways, Congestion Congestion) transport, Closures closures)
    {
        (_terrain, _backbone, _nodes, _closures) = (terrain, backbone, nodes, closures);
        (_ways, _congestion) = transport;
        var territoryCount = terrain.TerritoryCount;
        (_latencyOfTerritory, _priceOfTerritory) = (new int[backbone.Size * territoryCount], new double[backbone.Size * territoryCount]);
        _territoryBounds = new (double, double)[territoryCount];
        _areaBounds = new (double, double)[terrain.AreaHosts.Length];
        _meanTransport = new double[terrain.Sites.Length];
        Array.Fill(_meanTransport, double.NaN);
        _book = null!;
        for (var from = 0; from < backbone.Size; from++)
        {
            for (var territory = 0; territory < territoryCount; territory++)
                Reach(from, territory);
        }
    }

    /// <summary>What was found: the pool, or -1; the node of a single task; how its input comes there.</summary>
    internal ref readonly Candidate Best => ref _best;

    /// <summary>
    /// Looks for the best placement now. A pool is asked whether it has room only when it would be the best so far; one that
    /// has none is closed for its shape until something ends there.
    /// </summary>
    internal bool Run(in QuickJob job, ShapeBook book, long now)
    {
        (_job, _book, _best) = (job, book, Candidate.Nothing);
        var hasInput = job.InputBytes > 0;
        _localReady = hasInput ? WayFinder.LocalReady(job.InputBytes, now) : now;
        _farReady = hasInput ? _ways.FarReady(job.InputSite, job.InputBytes, now) : now;
        _inputHost = hasInput ? _backbone.HostOf(_terrain.Points[job.InputSite]) : 0;
        _userHost = job.LatencyMicrosecondsMax > 0 ? _backbone.HostOf(_terrain.Points[job.UserSite]) : 0;
        _ask = new(job, book, hasInput ? MeanTransport(job.InputSite) : 0, _localReady, now);
        _lateTerritories = hasInput && _ask.WeighsCarbon ? _congestion.LateAt(job.InputSite, job.InputBytes, _ask.NextHour, now) : 0;

        for (var territory = 0; territory < _territoryBounds.Length; territory++)
            _territoryBounds[territory] = BoundOfTerritory(territory);
        while (Next(_territoryBounds, 0, _territoryBounds.Length) is >= 0 and var territory)
            LookIntoTerritory(territory);
        return _best.Pool >= 0;
    }

    /// <summary>Whether some pool could hold the job if everything were idle.</summary>
    internal bool IsPossible(in QuickJob job, ShapeBook book, long now)
    {
        (_job, _book) = (job, book);
        _ask = new(job, book, 0, now, now);
        // Where the users or the input are, or where the shape was possible last, is a good guess.
        if (IsAllowedAndPossibleAt(job.LatencyMicrosecondsMax > 0 ? job.UserSite : job.InputSite) || IsAllowedAndPossibleAt(book.PossibleSite))
            return true;
        foreach (var site in book.SuitedSites)
        {
            if (!IsAllowedAndPossibleAt(site))
                continue;
            book.PossibleSite = site;
            return true;
        }

        return false;
    }

    private bool IsAllowedAndPossibleAt(int site) => Allows(_job, site) && IsPossibleAt(site);

    private bool IsPossibleAt(int site)
    {
        if (_job.InputBytes == 0 || _job.InputSite == site)
            return IsPossibleAt(site, 0, _job.InputBytes == 0 ? _ask.Now : WayFinder.LocalReady(_job.InputBytes, _ask.Now));
        foreach (var route in _ways.Between(_job.InputSite, site))
        {
            var (price, ready) = _ways.Idle(_job, site, route, _ask.Now);
            if (ready != long.MaxValue && IsPossibleAt(site, price, ready))
                return true;
        }

        return false;
    }

    private bool IsPossibleAt(int site, double transport, long ready)
    {
        for (var pool = _terrain.FirstPool[site]; pool < _terrain.FirstPool[site + 1]; pool++)
        {
            if (!_book.Suits(pool))
                continue;
            var rates = _book.Of(pool);
            if (_ask.IsAllowed(rates, transport, _ask.FinishOf(rates, ready)))
                return true;
        }

        return false;
    }

    /// <summary>Whether the job's lists and its bound on latency allow the site.</summary>
    internal bool Allows(in QuickJob job, int site) => _terrain.SiteMarks[site].Allow(job)
        && (job.LatencyMicrosecondsMax == 0
            || _backbone.Latency(_terrain.Points[site], _terrain.Points[job.UserSite]) <= job.LatencyMicrosecondsMax);

    private void LookIntoTerritory(int territory)
    {
        var (first, end, mayBeLater) = (_terrain.FirstArea[territory], _terrain.FirstArea[territory + 1], MayBeLaterIn(territory));
        for (var area = first; area < end; area++)
            _areaBounds[area] = BoundOfArea(area, mayBeLater);
        // The best first, so that few of the others are left; those are taken as they come.
        if (Next(_areaBounds, first, end) is >= 0 and var best)
            LookIntoArea(best, mayBeLater);
        for (var area = first; area < end; area++)
        {
            if (!IsWorse(_areaBounds[area]))
                LookIntoArea(area, mayBeLater);
        }
    }

    private void LookIntoArea(int area, bool mayBeLater)
    {
        if (mayBeLater && _lateTerritories != Congestion.Everywhere && _congestion.IsClear(_inputHost, area, _ask.Now))
        {
            mayBeLater = false;
            if (IsWorse(BoundOfArea(area, mayBeLater)))
                return;
        }

        for (var site = _terrain.FirstSite[area]; site < _terrain.FirstSite[area + 1]; site++)
        {
            if (!IsWorse(BoundOfSite(site, mayBeLater)))
                LookIntoSite(site, mayBeLater);
        }
    }

    private void LookIntoSite(int site, bool mayBeLater)
    {
        if (_job.InputBytes == 0 || _job.InputSite == site)
        {
            LookAtPools(site, new(default, 0, _localReady));
            return;
        }

        var isDominated = false;
        foreach (var route in _ways.Between(_job.InputSite, site))
        {
            if (isDominated || !_ways.TryFind(_job, site, route, _ask.Now, out var way))
                continue;
            LookAtPools(site, way);
            // After the cheapest way, one that arrives no later can only be beaten in carbon, by a start in a later hour.
            isDominated = way.Circuit.Way == Backbone.Cheapest && way.Ready <= _farReady
                && (!mayBeLater || IsWorse(_ask.Bound(_book.OfSites[site], way.Price, way.Ready, mayBeLater)));
        }
    }

    private void LookAtPools(int site, in Way way)
    {
        var hour = QuickPath.HourOf(way.Ready);
        for (var pool = _terrain.FirstPool[site]; pool < _terrain.FirstPool[site + 1]; pool++)
        {
            if (!_book.IsOpen(pool))
                continue;
            var rates = _book.Of(pool);
            var finish = _ask.FinishOf(rates, way.Ready);
            if (!_ask.IsAllowed(rates, way.Price, finish))
                continue;
            var price = _ask.PriceOf(rates, way.Price);
            var perSecond = _book.CarbonPerSecond(pool, hour);
            var carbon = _ask.CarbonOf(perSecond * rates.Slowness, perSecond);
            var score = _ask.Score(price, finish, carbon);
            if (IsWorse((score, price)))
                continue;
            var candidate = new Candidate(pool, -1, way, price, finish, carbon, score);
            if (candidate.IsBetterThan(_best) && Room(ref candidate))
                _best = candidate;
        }
    }

    /// <summary>Whether the pool has room; where it has, the node is noted, and where not, the pool is closed.</summary>
    private bool Room(ref Candidate candidate)
    {
        if (_best.Pool == candidate.Pool)
        {
            candidate = candidate with { Node = _best.Node };
            return true;
        }

        var shape = _book.Shape;
        var node = shape.TaskCount == 1 ? _nodes.Best(candidate.Pool, shape) : _nodes.HasRoom(candidate.Pool, shape) ? 0 : -1;
        candidate = candidate with { Node = node };
        if (node >= 0)
            return true;
        _closures.Add(candidate.Pool, _job.Shape);
        _book.Close(candidate.Pool);
        return false;
    }

    /// <summary>The one of the least bound, taken out; -1 when none can hold anything better.</summary>
    private int Next((double Score, double Price)[] bounds, int first, int end)
    {
        var next = first;
        for (var i = first + 1; i < end; i++)
        {
            if (bounds[i].Score < bounds[next].Score || (bounds[i].Score == bounds[next].Score && bounds[i].Price < bounds[next].Price))
                next = i;
        }

        if (IsWorse(bounds[next]))
            return -1;
        bounds[next] = Ask.Never;
        return next;
    }

    private bool IsWorse((double Score, double Price) bound) => double.IsPositiveInfinity(bound.Score)
        || bound.Score > _best.Score || (bound.Score == _best.Score && bound.Price > _best.Price);

    private (double Score, double Price) BoundOfTerritory(int territory)
    {
        ref readonly var rates = ref _book.OfTerritories[territory];
        if (rates.IsNone || !_terrain.TerritoryMarks[territory].Allow(_job))
            return Ask.Never;
        var territoryCount = _territoryBounds.Length;
        if (_job.LatencyMicrosecondsMax > 0 && _latencyOfTerritory[(_userHost * territoryCount) + territory] > _job.LatencyMicrosecondsMax)
            return Ask.Never;
        return _job.InputBytes == 0
            ? _ask.Bound(rates, 0, _ask.Now, mayBeLater: false)
            : _ask.Bound(
                rates, _priceOfTerritory[(_inputHost * territoryCount) + territory] * _ask.Gigabytes,
                _terrain.TerritoryOfArea[_terrain.AreaOfSite[_job.InputSite]] == territory ? _localReady : _farReady,
                MayBeLaterIn(territory));
    }

    private (double Score, double Price) BoundOfArea(int area, bool mayBeLater)
    {
        ref readonly var rates = ref _book.OfAreas[area];
        if (rates.IsNone || _ask.LeastScore(rates, mayBeLater) > _best.Score || !_terrain.AreaMarks[area].Allow(_job))
            return Ask.Never;
        var host = _terrain.AreaHosts[area];
        if (_job.LatencyMicrosecondsMax > 0 && _backbone.LatencyBetween(host, _userHost) > _job.LatencyMicrosecondsMax)
            return Ask.Never;
        return _job.InputBytes == 0
            ? _ask.Bound(rates, 0, _ask.Now, mayBeLater: false)
            : _ask.Bound(
                rates, _backbone.PriceBetween(_inputHost, host) * _ask.Gigabytes,
                _terrain.AreaOfSite[_job.InputSite] == area ? _localReady : _farReady, mayBeLater);
    }

    private (double Score, double Price) BoundOfSite(int site, bool mayBeLater)
    {
        ref readonly var rates = ref _book.OfSites[site];
        if (rates.IsNone || _ask.LeastScore(rates, mayBeLater) > _best.Score || !Allows(_job, site))
            return Ask.Never;
        return _job.InputBytes == 0
            ? _ask.Bound(rates, 0, _ask.Now, mayBeLater: false)
            : _ask.Bound(
                rates, _backbone.Price(_terrain.Points[_job.InputSite], _terrain.Points[site]) * _ask.Gigabytes,
                _job.InputSite == site ? _localReady : _farReady, mayBeLater);
    }

    /// <summary>Whether the input may come to a site there in a later hour than this one, in which power may emit less.</summary>
    private bool MayBeLaterIn(int territory) => (_lateTerritories & Congestion.MarkOf(territory)) != 0;

    private void Reach(int from, int territory)
    {
        var (latency, price) = (Backbone.Unreachable, double.PositiveInfinity);
        for (var area = _terrain.FirstArea[territory]; area < _terrain.FirstArea[territory + 1]; area++)
        {
            latency = Math.Min(latency, _backbone.LatencyBetween(_terrain.AreaHosts[area], from));
            price = Math.Min(price, _backbone.PriceBetween(from, _terrain.AreaHosts[area]));
        }

        _latencyOfTerritory[(from * _terrain.TerritoryCount) + territory] = latency;
        _priceOfTerritory[(from * _terrain.TerritoryCount) + territory] = price;
    }

    /// <summary>The mean price per gigabyte from the site to all that can be reached: the yardstick of the balanced objective.</summary>
    private double MeanTransport(int from)
    {
        ref var mean = ref _meanTransport[from];
        if (!double.IsNaN(mean))
            return mean;
        var (sum, count) = (0d, 0);
        foreach (var point in _terrain.Points)
        {
            var price = _backbone.Price(_terrain.Points[from], point);
            if (!double.IsPositiveInfinity(price))
                (sum, count) = (sum + price, count + 1);
        }

        return mean = sum / Math.Max(1, count);
    }
}

/// <summary>A pool, a way of the input there, and what that comes to.</summary>
internal readonly record struct Candidate(int Pool, int Node, Way Way, double Price, long Finish, double Carbon, double Score)
{
    internal static readonly Candidate Nothing =
        new(-1, -1, default, double.PositiveInfinity, long.MaxValue, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>By the score, then the price, the finish, the carbon and the order of the pools.</summary>
    internal bool IsBetterThan(in Candidate other) =>
        Score != other.Score ? Score < other.Score
        : Price != other.Price ? Price < other.Price
        : Finish != other.Finish ? Finish < other.Finish
        : Carbon != other.Carbon ? Carbon < other.Carbon
        : Pool < other.Pool;
}
