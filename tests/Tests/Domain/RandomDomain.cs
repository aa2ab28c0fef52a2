using System.Collections.Immutable;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;

namespace Meridian.Tests.Domain;

/// <summary>A domain to which everything happens that can, sensible or not, drawn from one seed.</summary>
internal sealed class RandomDomain
{
    private const string Law = "cn";

    private static readonly TenantId[] Tenants = [new("lab"), new("bank")];

    private static readonly SiteId[] Sites = [new("east"), new("west"), new("edge")];

    private static readonly string[] Datasets = ["wells", "scene", "film"];

    private readonly List<DomainEvent> _events = [];
    private Seed _seed;
    private int _secretCount;

    internal RandomDomain(ulong seed)
    {
        _seed = new(seed);
        foreach (var site in Sites)
        {
            Do(new DeclareSite(new(
                site, site.Value, site.Value, "core", site.Value, _seed.Chance(0.8) ? Law : "sg", 0, 0, Pue: 1.1,
                [.. Enumerable.Range(0, 24).Select(h => 100d + h)], [.. Enumerable.Range(0, 24).Select(h => 0.1m * h)])));
            Do(new DeclarePool(new(new(site + "/p"), "process", _seed.Next(5), 0.1m, [new("A100", 3)], 1 + _seed.NextUnit(), 10, IsDraining: false)));
        }

        foreach (var tenant in Tenants)
        {
            var quota = Quota.Default with { CpuMillicores = 12_000, Tasks = _seed.Chance(0.5) ? 6 : null };
            if (_seed.Chance(0.5))
                quota = quota with { BitsPerSecond = 40_000_000, BandwidthHours = [new(_seed.Next(12), 12 + _seed.Next(12), _seed.Next(60) * 1_000_000L)] };
            Do(new DeclareTenant(tenant, tenant.Value, quota, [new(tenant.Value)]));
            Do(new GrantCredit(tenant, Money.Cny(_seed.Next(300) + 1), "test"));
        }
    }

    internal DomainState State { get; private set; } = DomainState.Empty;

    internal DateTimeOffset Now { get; private set; } = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    internal IReadOnlyList<DomainEvent> Events => _events;

    internal int AcceptedCount { get; private set; }

    /// <summary>Lets one thing happen.</summary>
    internal void Step()
    {
        if (_seed.Chance(0.3))
            Now += TimeSpan.FromSeconds(_seed.Next(_seed.Chance(0.1) ? 4_000 : 60));
        Do(Draw());
    }

    internal bool Do(DomainCommand command)
    {
        var decision = DomainMachine.Decide(State, command, Now);
        if (decision.Fault is not null)
            return false;
        _events.AddRange(decision.Events);
        State = State.Evolve(decision.Events);
        AcceptedCount += decision.Events.IsEmpty ? 0 : 1;
        return true;
    }

    private DomainCommand Draw() => _seed.Next(100) switch
    {
        < 6 => Enrol(),
        < 12 => Report(),
        < 15 => new RenewLease(AnyNode(), TimeSpan.FromMinutes(_seed.Next(60) + 1)),
        < 19 => NewLink(),
        < 20 => new RemoveLink(new($"l{_seed.Next(9)}")),
        < 25 => Upload(),
        < 26 => new RemoveDataset(DatasetId.Of(AnyProject(), Pick(Datasets))),
        < 28 => Exchange(),
        < 40 => new SubmitJob(AnyProject(), "ann", Spec(), Money.Cny(_seed.Next(20)), new(_seed.Chance(0.1) ? "key" : "")),
        < 42 => Reserve(),
        < 62 => Place(),
        < 64 => Order(),
        < 72 => AnyAttempt() is { } a ? new ReportStarted(a.Id, a.Node, IsSandboxed: true, "") : new Tick(),
        < 84 => AnyAttempt() is { } a ? End(a) : new Tick(),
        < 89 => _seed.Chance(0.6) ? EndFetch() : Seal(),
        < 92 => ChangeTransfer(),
        < 94 => new CancelJob(AnyJob()),
        < 96 => new RetryJob(AnyJob()),
        < 97 when _seed.Chance(0.5) => Measure(),
        < 98 when _seed.Chance(0.6) => Reserve(),
        < 97 => _seed.Chance(0.3) ? new BanNode(AnyNode()) : new Tick(),
        < 98 => new GrantCredit(Pick(Tenants), Money.Cny(_seed.Next(50)), "more"),
        < 99 => new TakeOver(TimeSpan.FromMinutes(1)),
        _ => new Tick(),
    };

    private DomainCommand Enrol()
    {
        var (site, secret) = (Pick(Sites), new SecretHash($"s{_secretCount++}"));
        Do(new IssueJoinToken(secret, site, TimeSpan.FromMinutes(5)));
        return new EnrolNode(secret, site, "p", "process", $"n{_seed.Next(3)}", "key");
    }

    private ReportNode Report()
    {
        var node = AnyNode();
        var isLarge = node.Value.EndsWith('0');
        ImmutableArray<Accelerator> accelerators = isLarge
            ? [new("A100", "gpu", DataSize.FromGibibytes(40), 0), new("A100", "gpu", DataSize.FromGibibytes(80), 0)]
            : [];
        return new(
            node, new(isLarge ? 8_000 : 2_000, DataSize.FromGibibytes(8), DataSize.FromGibibytes(50)), accelerators,
            "https://" + node, CanSandbox: true, "", "linux", TimeSpan.FromMinutes(_seed.Next(90) + 1),
            PublicKey: "key of " + node);
    }

    private DomainCommand Reserve()
    {
        if (_seed.Chance(0.15))
            return new CancelReservation(_seed.Next(6) + 1);
        var (node, from, count) = (AnyNode(), Now + TimeSpan.FromMinutes(_seed.Next(200) - 1), _seed.Next(3) + 1);
        var isWhole = _seed.Chance(0.2) && State.Sites.Nodes.ContainsKey(node);
        var demand = new ResourceDemand
        {
            CpuMillicores = 500 * (_seed.Next(4) + 1),
            Accelerators = _seed.Chance(0.3) ? new() { FractionMilli = 250 * (_seed.Next(4) + 1) } : null,
        };
        ImmutableArray<AcceleratorShare> shares = demand.Accelerators is { } one ? [new(_seed.Next(2), one.FractionMilli)] : [];
        return new MakeReservation(
            new(
                AnyProject(), "ann", $"r{_seed.Next(6)}", node.Pool, from, from + TimeSpan.FromMinutes(_seed.Next(120)), isWhole ? 1 : count,
                isWhole ? null : demand, new("")),
            isWhole ? [ReservationRules.Whole(State.Sites.Nodes[node])] : [.. Enumerable.Repeat(new ReservedSeat(node, shares), count)]);
    }

    private RecordMeasurement Measure() => new(
        new(Pick(Sites), Pick(Sites)),
        new(Now - TimeSpan.FromMinutes(_seed.Next(40)), _seed.Next(9_000), _seed.Next(900), _seed.Next(50_000), new(_seed.Next(9) * 1_000_000_000L)));

    private DeclareLink NewLink()
    {
        var from = _seed.Next(Sites.Length);
        var to = (from + 1 + _seed.Next(Sites.Length - 1)) % Sites.Length;
        return new(new(
            new($"l{(from * 3) + to}"), Sites[from], Sites[to], Bandwidth.FromMbps(_seed.Next(100) + 1), _seed.Next(50_000),
            _seed.Next(3)));
    }

    private RegisterDataset Upload() => new(
        DatasetId.Of(AnyProject(), Pick(Datasets)), new(AnyRoot(), DataSize.FromMebibytes(_seed.Next(500) + 1), 1),
        _seed.Chance(0.2) ? Law : "", AnyNode());

    private DomainCommand Exchange() => _seed.Next(5) switch
    {
        < 2 => new OrderExchange(
            new(
                _seed.Chance(0.6) ? ExchangeDirection.Import : ExchangeDirection.Export, AnyProject(), "ann", DatasetId.Of(AnyProject(), Pick(Datasets)),
                _seed.Next(2) + 1, new(_seed.Chance(0.5) ? "https://host.example/film" : "s3://lake/films", "", _seed.Chance(0.8) ? "lake" : ""), "",
                _seed.Chance(0.2) ? Law : "", new(_seed.Chance(0.1) ? "key" : "")),
            AnyNode()),
        < 3 => new CancelExchange(_seed.Next(6) + 1),
        _ => new ReportExchange(
            _seed.Next(6) + 1, AnyNode(), new(AnyRoot(), DataSize.FromMebibytes(_seed.Next(9)), 1), _seed.Chance(0.3) ? Reason.Of("outside-missing", "it") : null),
    };

    private JobSpec Spec() => new()
    {
        Name = $"job{_seed.Next(5)}",
        Command = ["/bin/true"],
        TaskCount = _seed.Next(4) + 1,
        IsGang = _seed.Chance(0.2),
        Retries = _seed.Next(3),
        IsBestEffort = _seed.Chance(0.5),
        Reservation = State.Reservations.Open.Count > 0 && _seed.Chance(0.4) ? State.Reservations.All[Pick(State.Reservations.Open)].Request.Name : "",
        Timeout = TimeSpan.FromMinutes(_seed.Next(120) + 1),
        Resources = new()
        {
            CpuMillicores = 500 * (_seed.Next(6) + 1),
            Accelerators = _seed.Chance(0.3) ? new() { Count = _seed.Next(2) + 1, FractionMilli = 250 * (_seed.Next(4) + 1) } : null,
        },
        After = _seed.Chance(0.1) ? [$"job{_seed.Next(5)}"] : [],
        Inputs = _seed.Chance(0.3) ? [new(Pick(Datasets), "in")] : [],
        Outputs = _seed.Chance(0.3) ? [new("film", "out", _seed.Chance(0.5) ? "east" : "")] : [],
        Constraints = new()
        {
            Budget = _seed.Chance(0.3) ? Money.Cny(_seed.Next(30)) : null,
            DeadlineAfter = _seed.Chance(0.2) ? TimeSpan.FromMinutes(_seed.Next(200) + 1) : null,
        },
    };

    private PlaceTasks Place()
    {
        var id = State.Jobs.Queue.Count > 0 && _seed.Chance(0.9) ? Pick(State.Jobs.Queue) : AnyJob();
        if (!State.Jobs.Jobs.TryGet(id, out var job))
            return new(id, [], [], explanation: null);
        var count = job.Spec.IsGang ? job.WaitingCount : _seed.Next(3) + 1;
        var tasks = _seed.Chance(0.9) ? job.WaitingTasks().Take(count) : [_seed.Next(5)];
        var node = AnyNode();
        var shares = job.Spec.Resources.Accelerators is { } need
            ? Enumerable.Range(0, need.Count).Select(i => new AcceleratorShare((i + _seed.Next(2)) % 2, need.FractionMilli))
            : [];
        var parts = job.Spec.Inputs.SelectMany(i => State.Data.Find(job.Project, i.Dataset)?.Parts ?? []);
        return new(
            id, [.. tasks.Select(t => new TaskPlacement(t, _seed.Chance(0.8) ? node : AnyNode(), [.. shares], Now + TimeSpan.FromMinutes(9)))],
            [.. parts.Select(p => Transfer(p.Root, p.Size, node)), .. _seed.Chance(0.05) ? [AnyTransfer()] : Array.Empty<PlannedTransfer>()],
            Explanation: null, _seed.Chance(0.1), _seed.Chance(0.3) ? Yielders(node) : []);
    }

    /// <summary>Some of what runs on the node and may be told to make room, or may not.</summary>
    private ImmutableArray<AttemptId> Yielders(NodeId node) =>
        [.. State.Jobs.ByNode.GetValueOrDefault(node, []).Where(a => State.Jobs.Jobs[a.Job].Spec.IsBestEffort || _seed.Chance(0.05))];

    private PlannedTransfer AnyTransfer() => Transfer(AnyRoot(), DataSize.FromMebibytes(_seed.Next(100)), AnyNode());

    private PlannedTransfer Transfer(ContentRoot root, DataSize size, NodeId to)
    {
        var holders = State.Data.HoldersOf(root);
        var from = holders.Count > 0 && _seed.Chance(0.95) ? Pick(holders) : AnyNode();
        var (a, b) = (Array.IndexOf(Sites, from.Site), Array.IndexOf(Sites, to.Site));
        ImmutableArray<LinkId> links = a == b && _seed.Chance(0.95) ? [] : [new($"l{(a * 3) + b}")];
        var start = Now + TimeSpan.FromSeconds(_seed.Next(300) - 10);
        return new(
            root, DatasetId.Of(new("lab"), "wells"), from, to, links, Bandwidth.FromMbps(_seed.Next(60)), size, start,
            start + TimeSpan.FromSeconds(_seed.Next(600)));
    }

    private ReportEnded End(Attempt a)
    {
        var end = (AttemptEnd)_seed.Next(4);
        ImmutableArray<NamedPart> outputs = end == AttemptEnd.Succeeded
            ? [new("film", new(AnyRoot(), DataSize.FromMebibytes(_seed.Next(50)), 1))]
            : [];
        var node = _seed.Chance(0.95) ? a.Node : AnyNode();
        return new(a.Id, node, end, new(
            0, Reason.Of(end.ToString()), TimeSpan.FromSeconds(_seed.Next(5_000)), TimeSpan.Zero, DataSize.Zero, outputs));
    }

    private OrderTransfer Order()
    {
        var project = AnyProject();
        var id = DatasetId.Of(project, Pick(Datasets));
        var version = State.Data.Datasets.TryGetValue(id, out var known) ? known.Latest : null;
        var to = AnyNode();
        var job = _seed.Chance(0.5) ? AnyJob() : 0;
        var via = _seed.Chance(0.3) ? AnyNode() : default(NodeId?);
        var hops = (version?.Parts ?? []).SelectMany(part => via is { } relay
            ? [Transfer(part.Root, part.Size, relay).ToHop(), Onward(part.Root, part.Size, relay, to)]
            : new[] { Transfer(part.Root, part.Size, to).ToHop() });
        return new(
            new(
                job == 0 ? TransferPurpose.Send : TransferPurpose.Delivery,
                job != 0 && State.Jobs.Jobs.TryGet(job, out var paying) ? paying.Project : project, "ann", id, version?.Number ?? 1, [to.Site],
                (TransferMode)_seed.Next(3), _seed.Next(11), Bandwidth.Zero, Deadline: null, job, new("")),
            [.. hops]);
    }

    private PlannedHop Onward(ContentRoot root, DataSize size, NodeId from, NodeId to)
    {
        var (a, b) = (Array.IndexOf(Sites, from.Site), Array.IndexOf(Sites, to.Site));
        var start = Now + TimeSpan.FromSeconds(_seed.Next(600));
        var half = start + TimeSpan.FromSeconds(_seed.Next(100) + 1);
        ImmutableArray<HopSource> sources = [new(from, a == b ? [] : [new($"l{(a * 3) + b}")], Bandwidth.FromMbps(_seed.Next(30) + 1))];
        return new(root, size, to, [new(start, half, sources), new(half + TimeSpan.FromSeconds(_seed.Next(100)), half + TimeSpan.FromSeconds(200), sources)]);
    }

    private DomainCommand ChangeTransfer()
    {
        if (State.Data.Transfers.Count == 0)
            return new Tick();
        var id = State.Data.Open.Count > 0 && _seed.Chance(0.9) ? Pick(State.Data.Open) : _seed.Next(State.Data.Transfers.Count) + 1;
        var transfer = State.Data.Transfers[id];
        return _seed.Next(4) switch
        {
            0 => new PauseTransfer(id),
            1 => new ReplanTransfer(
                id, [.. transfer.Hops.Where(h => h.State is not (HopState.Done or HopState.Moving)).Select(h => Transfer(h.Root, h.Size, h.To).ToHop())],
                transfer.State == TransferState.Paused),
            2 when State.Data.Fetches.Count > 0 => Mark(),
            _ => _seed.Chance(0.3) ? new CancelTransfer(id) : new Tick(),
        };
    }

    private MarkFetch Mark()
    {
        var (fetch, key) = Pick([.. State.Data.Fetches]);
        var hop = State.Data.Transfers[key.Transfer].Hops[key.Hop];
        return new(fetch, hop.To, (long)(hop.Size.Bytes * _seed.NextUnit()));
    }

    /// <summary>A depot answers that is asked to seal; or another that was asked before, or not at all.</summary>
    private DomainCommand Seal()
    {
        var asked = State.Data.Open.Select(id => State.Data.Transfers[id]).SelectMany(t => t.Seals.Where(t.Awaits), (t, s) => (t, s)).ToList();
        if (asked.Count == 0)
            return new Tick();
        var (transfer, seal) = Pick([.. asked]);
        var keys = transfer.Hops.Where(transfer.IsTarget).Select(h => h.To).Distinct().Where(_ => _seed.Chance(0.95));
        return new ReportSeal(
            transfer.Id, seal with { Name = new($"{seal.Root} by {seal.By}"), Keys = [.. keys.Select(k => new SealedKey(k, "key for " + k))] },
            _seed.Chance(0.8) ? "" : "cannot");
    }

    private DomainCommand EndFetch()
    {
        if (State.Data.Fetches.Count == 0)
            return new Tick();
        var (fetch, key) = Pick([.. State.Data.Fetches]);
        var node = _seed.Chance(0.95) ? State.Data.Transfers[key.Transfer].Hops[key.Hop].To : AnyNode();
        return new ReportFetch(_seed.Chance(0.9) ? fetch : _seed.Next((int)State.Data.FetchCount), node, _seed.Chance(0.7), _seed.Next(1_000), "");
    }

    /// <summary>A live attempt, or one that is long over.</summary>
    private Attempt? AnyAttempt()
    {
        if (!State.Jobs.Jobs.TryGet(AnyJob(), out var job) || job.Tasks.Count == 0)
            return null;
        var task = Pick([.. job.Tasks.Values]);
        return task.Live ?? (task as Ended)?.Attempt;
    }

    private long AnyJob() => _seed.Next(State.Jobs.Jobs.Count + 1) + 1;

    private ProjectId AnyProject() => new(Pick(Tenants).Value);

    private ContentRoot AnyRoot() => new($"r{_seed.Next(6)}");

    private NodeId AnyNode() => new($"{Pick(Sites)}/p/n{_seed.Next(3)}");

    private T Pick<T>(IReadOnlyList<T> list) => list[_seed.Next(list.Count)];
}
