namespace Meridian.Scheduling.Quick;

/// <summary>The best allowed placement, by branch and bound over the tree of the sites, the best bound first.</summary>
internal sealed class Search
{
    private const int Nowhere = int.MinValue;

    private readonly Terrain _terrain;
    private readonly Hierarchy _tree;
    private readonly Backbone _backbone;
    private readonly NodeStore _nodes;
    private readonly WayFinder _ways;
    private readonly Congestion _congestion;
    private readonly Closures _closures;
    private readonly Frontier _frontier = new();
    private readonly double[] _meanTransport;
    private readonly (double Sum, int Count)[] _transportFrom;
    private readonly (double LineSum, int Count)[] _sitesOf;
    private QuickJob _job;
    private ShapeBook _book;
    private Ask _ask;
    private long _localReady;
    private long _farReady;
    private ulong _lateTerritories;
    private int _inputHost;
    private int _inputPlace;
    private int _userHost;
    private bool _isAnywhere;
    private Candidate _best;

    internal Search(Hierarchy tree, (Terrain Terrain, Backbone Backbone) land, NodeStore nodes, (WayFinder Ways, Congestion Congestion) transport, Closures closures)
    {
        (_tree, _nodes, _closures) = (tree, nodes, closures);
        (_terrain, _backbone) = land;
        (_ways, _congestion) = transport;
        _meanTransport = new double[_terrain.Sites.Length];
        (_transportFrom, _sitesOf) = (new (double, int)[_backbone.Size], new (double, int)[_backbone.Size]);
        foreach (var point in _terrain.Points)
        {
            ref var sites = ref _sitesOf[_backbone.HostOf(point)];
            sites = (sites.LineSum + _backbone.PriceOfLineTo(point), sites.Count + 1);
        }

        Array.Fill(_meanTransport, double.NaN);
        _book = null!;
    }

    /// <summary>What was found: the pool, or -1; the node of a single task; how its input comes there.</summary>
    internal ref readonly Candidate Best => ref _best;

    /// <summary>
    /// Looks for the best placement now. A pool is asked whether it has room only when it would be the best so far; one that
    /// has none is closed for its shape until something ends there.
    /// </summary>
    internal bool Run(in QuickJob job, ShapeBook book, long now)
    {
        Begin(job, book, now);
        _frontier.Clear();
        _frontier.Add(0, Bounded(0, _farReady, MayBeLaterIn(_tree.Branches[0])));
        while (_frontier.TryTake(out var node, out var bound) && !IsWorse(bound))
        {
            while (node != Nowhere)
                node = Follow(node);
        }

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

    /// <summary>Whether the job's lists and its bound on latency allow the site.</summary>
    internal bool Allows(in QuickJob job, int site) => _terrain.SiteMarks[site].Allow(job)
        && (job.LatencyMicrosecondsMax == 0
            || _backbone.Latency(_terrain.Points[site], _terrain.Points[job.UserSite]) <= job.LatencyMicrosecondsMax);

    private void Begin(in QuickJob job, ShapeBook book, long now)
    {
        (_job, _book, _best, _lateTerritories) = (job, book, Candidate.Nothing, 0);
        _isAnywhere = job.InputBytes == 0 && job.LatencyMicrosecondsMax == 0;
        _userHost = job.LatencyMicrosecondsMax > 0 ? _backbone.HostOf(_terrain.Points[job.UserSite]) : 0;
        if (job.InputBytes == 0)
        {
            (_localReady, _farReady, _inputPlace) = (now, now, -1);
            _ask = new(job, book, 0, now, now);
            return;
        }

        _localReady = WayFinder.LocalReady(job.InputBytes, now);
        _farReady = _ways.FarReady(job.InputSite, job.InputBytes, now);
        _inputHost = _backbone.HostOf(_terrain.Points[job.InputSite]);
        _inputPlace = _tree.PlaceOf[job.InputSite];
        _ways.Turn(job, now);
        _ask = new(job, book, MeanTransport(job.InputSite), _localReady, now);
        if (_ask.WeighsCarbon)
            _lateTerritories = _congestion.LateAt(job.InputSite, job.InputBytes, _ask.NextHour, now);
    }

    private bool IsAllowedAndPossibleAt(int site) => Allows(_job, site) && IsPossibleAt(site);

    private bool IsPossibleAt(int site)
    {
        var local = _job.InputBytes == 0 ? _ask.Now : WayFinder.LocalReady(_job.InputBytes, _ask.Now);
        if (_job.InputBytes == 0 || _job.InputSite == site)
            return IsPossibleAt(site, 0, local);
        // No way is better than to have the input there; that is soon found out, and mostly already too much.
        if (!IsPossibleAt(site, 0, local))
            return false;
        for (var way = 0; way < Backbone.WayCount; way++)
        {
            var (price, ready) = _ways.Idle(_job, site, way, _ask.Now);
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
            var (terms, _) = _book.Of(pool, hour: 0);
            if (_ask.IsAllowed(terms, transport, _ask.FinishOf(terms, ready)))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Looks into a node of the frontier, and says which of its children to look into next, unless another of the frontier comes before them.
    /// What was only guessed is bounded when its turn has come; if others come before it then, it waits again.
    /// </summary>
    private int Follow(int node)
    {
        if (node >= 0)
            return LookInto(node);
        var exact = Bounded(~node, _farReady, mayBeLater: false);
        if (IsWorse(exact))
            return Nowhere;
        if (!_frontier.Precedes(exact))
            return LookInto(~node);
        _frontier.Add(~node, exact);
        return Nowhere;
    }

    private int LookInto(int node)
    {
        ref readonly var branch = ref _tree.Branches[node];
        var mayBeLater = MayBeLaterIn(branch);
        if (branch.Site >= 0)
        {
            LookIntoSite(branch.Site, mayBeLater);
            return Nowhere;
        }

        // At one point of the backbone, when the input can be there is known; above, only when it can have left its home.
        var ready = branch.Area >= 0 && _job.InputBytes > 0 ? Math.Max(_farReady, _ways.SoonestAt(_terrain.AreaHosts[branch.Area])) : _farReady;
        var (next, least) = (Nowhere, Bound.Never);
        for (var child = branch.Children.First; child < branch.Children.End; child++)
        {
            var bound = Considered(child, ready, mayBeLater);
            if (IsWorse(bound))
                continue;
            var at = _isAnywhere ? ~child : child;
            if (next != Nowhere && !bound.IsBelow(least))
            {
                _frontier.Add(at, bound);
                continue;
            }

            if (next != Nowhere)
                _frontier.Add(next, least);
            (next, least) = (at, bound);
        }

        if (next == Nowhere || !_frontier.Precedes(least))
            return next;
        _frontier.Add(next, least);
        return Nowhere;
    }

    /// <summary>
    /// A bound on what is there. Where no place is better than another but for its rates, it is a guess by those, which lie side by side:
    /// most nodes' turn never comes.
    /// </summary>
    private Bound Considered(int node, long ready, bool mayBeLater)
    {
        ref readonly var rates = ref _book.OfNode(node);
        if (rates.IsNone)
            return Bound.Never;
        var guess = _ask.LeastScore(rates, mayBeLater);
        return _isAnywhere || guess > _best.Score ? new(guess, 0) : Bounded(node, ready, mayBeLater);
    }

    private Bound Bounded(int node, long ready, bool mayBeLater)
    {
        ref readonly var branch = ref _tree.Branches[node];
        if (!branch.Marks.Allow(_job) || !IsNear(branch))
            return Bound.Never;
        ref readonly var rates = ref _book.OfNode(node);
        return _job.InputBytes == 0
            ? _ask.Least(rates, 0, _ask.Now, mayBeLater: false)
            : _ask.Least(rates, TransportTo(branch), HasInput(branch) ? _localReady : ready, mayBeLater && (_lateTerritories & branch.Territories) != 0);
    }

    private bool IsNear(in Branch branch)
    {
        if (_job.LatencyMicrosecondsMax == 0)
            return true;
        return branch.Site >= 0
            ? _backbone.Latency(_terrain.Points[branch.Site], _terrain.Points[_job.UserSite]) <= _job.LatencyMicrosecondsMax
            : _tree.LatencyTo(_userHost, branch) <= _job.LatencyMicrosecondsMax;
    }

    private double TransportTo(in Branch branch) => _ask.Gigabytes * (branch.Site >= 0
        ? _backbone.Price(_terrain.Points[_job.InputSite], _terrain.Points[branch.Site])
        : _tree.PriceFrom(_inputHost, branch));

    private bool HasInput(in Branch branch) => _inputPlace >= branch.Leaves.First && _inputPlace < branch.Leaves.End;

    /// <summary>Whether the input may come to a site there in a later hour than this one, in which power may emit less.</summary>
    private bool MayBeLaterIn(in Branch branch) => (_lateTerritories & branch.Territories) != 0
        && (branch.Area < 0 || _lateTerritories == Congestion.Everywhere || _congestion.MayBeLate(_inputHost, branch.Area));

    private void LookIntoSite(int site, bool mayBeLater)
    {
        if (_job.InputBytes == 0 || _job.InputSite == site)
        {
            LookAtPools(site, new(default, 0, _localReady));
            return;
        }

        var soonest = Math.Max(_farReady, _ways.SoonestAt(_backbone.HostOf(_terrain.Points[site])));
        for (var index = 0; index < Backbone.WayCount; index++)
        {
            if (!_ways.TryFind(site, index, out var way))
                continue;
            LookAtPools(site, way);
            // After the cheapest way, one that arrives no later can only be beaten in carbon, by a start in a later hour.
            if (index == Backbone.Cheapest && way.Ready <= soonest
                && (!mayBeLater || IsWorse(_ask.Least(_book.OfNode(_tree.LeafOf[site]), way.Price, way.Ready, mayBeLater))))
                return;
        }
    }

    private void LookAtPools(int site, in Way way)
    {
        var hour = QuickPath.HourOf(way.Ready);
        for (var pool = _terrain.FirstPool[site]; pool < _terrain.FirstPool[site + 1]; pool++)
        {
            if (!_book.IsOpen(pool))
                continue;
            var (terms, perSecond) = _book.Of(pool, hour);
            var finish = _ask.FinishOf(terms, way.Ready);
            if (!_ask.IsAllowed(terms, way.Price, finish))
                continue;
            var price = _ask.PriceOf(terms, way.Price);
            var carbon = _ask.CarbonOf(terms, perSecond);
            var score = _ask.Score(price, finish, carbon);
            if (IsWorse(new(score, price)))
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

    private bool IsWorse(in Bound bound) => double.IsPositiveInfinity(bound.Score)
        || bound.Score > _best.Score || (bound.Score == _best.Score && bound.Price > _best.Price);

    /// <summary>The mean price per gigabyte from the site to all that can be reached: the yardstick of the balanced objective.</summary>
    private double MeanTransport(int from)
    {
        ref var mean = ref _meanTransport[from];
        if (!double.IsNaN(mean))
            return mean;
        var host = _backbone.HostOf(_terrain.Points[from]);
        if (_transportFrom[host].Count == 0)
            _transportFrom[host] = TransportFrom(host);
        // All but the site itself are reached over its own line, which its neighbour does not need.
        var (sum, count) = _transportFrom[host];
        var own = _backbone.PriceOfLineTo(_terrain.Points[from]);
        return mean = (sum - own + ((count - 1) * _backbone.PriceOfLineFrom(_terrain.Points[from]))) / count;
    }

    /// <summary>The sum of the prices per gigabyte from a point of the backbone to all sites that can be reached, and their number.</summary>
    private (double Sum, int Count) TransportFrom(int host)
    {
        var (sum, count) = (0d, 0);
        for (var to = 0; to < _sitesOf.Length; to++)
        {
            var price = _backbone.PriceBetween(host, to);
            if (!double.IsPositiveInfinity(price))
                (sum, count) = (sum + (price * _sitesOf[to].Count) + _sitesOf[to].LineSum, count + _sitesOf[to].Count);
        }

        return (sum, count);
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
