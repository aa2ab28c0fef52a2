using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Primitives;
using Meridian.Scheduling;
using Meridian.Scheduling.Intentions;
using Meridian.Scheduling.Planner;

namespace Meridian.Benches.Joint;

/// <summary>
/// The instance as a domain of the product. Its own rounds place the jobs under the writer's rules, with or without a plan of the
/// batch; circuits and tasks end when they were expected to.
/// </summary>
internal sealed class JointDomain
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProjectId Project = new("bench");

    private readonly JointInstance _instance;
    private readonly JointPlacement?[] _placements;
    private DomainState _state = DomainState.Empty;
    private DateTimeOffset _now = Start;

    internal JointDomain(JointInstance instance)
    {
        (_instance, _placements) = (instance, new JointPlacement?[instance.Jobs.Count]);
        Do(new DeclareTenant(new("bench"), "Bench", Quota.Default, [Project]));
        Do(new GrantCredit(new("bench"), Money.Cny(1_000_000_000), "bench"));
        for (var site = 0; site < instance.Sites.Count; site++)
            AddSite(site, instance.Sites[site]);
        for (var link = 0; link < instance.Links.Count; link++)
        {
            var one = instance.Links[link];
            Do(new DeclareLink(new(new(Name("l", link)), new(Name("s", one.From)), new(Name("s", one.To)), Bandwidth.FromMbps(one.Mbps), 10_000, one.PerGigabyte)));
        }

        for (var job = 0; job < instance.Jobs.Count; job++)
            Submit(job, instance.Jobs[job]);
    }

    /// <summary>The plan of the batch at its beginning.</summary>
    internal PlannerReport Improve(PlannerOptions options) => Scheduler.Improve(_state, _now, options, IntentionBook.Empty);

    /// <summary>Rounds, whenever something ends or a plan wants one, until every job has run.</summary>
    internal JointPlan Run(IntentionBook intentions, JointModel model)
    {
        while (!_state.Jobs.Queue.IsEmpty)
        {
            var round = Scheduler.Plan(_state, _now, new(), intentions);
            foreach (var command in round.Commands)
            {
                Do(command);
                if (command is PlaceTasks place)
                    Note(place);
            }

            if (_state.Jobs.Queue.IsEmpty)
                break;
            var next = Ends().Select(e => e.At).Concat(round.NextLook is { } look ? [look] : []).Where(at => at > _now).DefaultIfEmpty(Start.AddDays(20)).Min();
            Invariant.Holds(next < Start.AddDays(10), "the bench's jobs all find a place");
            _now = next;
            EndAll();
        }

        return new(_instance, model, _placements.OfType<JointPlacement>().ToList());
    }

    private void Note(PlaceTasks place)
    {
        var (job, placement) = ((int)place.Job - 1, place.Placements[0]);
        var circuit = place.Transfers.FirstOrDefault(t => !t.Links.IsEmpty);
        var links = circuit?.Links.Select(l => int.Parse(l.Value.AsSpan(1), CultureInfo.InvariantCulture)).ToImmutableArray() ?? [];
        var (from, until) = (circuit?.Start ?? _now, circuit?.Finish ?? _now);
        _placements[job] = new(
            int.Parse(placement.Node.Site.Value.AsSpan(1), CultureInfo.InvariantCulture), links, circuit is null ? 0 : circuit.Rate.BitsPerSecond / 1_000_000,
            Seconds(_now), Seconds(from), Seconds(until), Seconds(placement.ExpectedFinish));
    }

    private IEnumerable<(DateTimeOffset At, DomainCommand Command)> Ends()
    {
        foreach (var (_, hop) in _state.Data.OpenHops)
            yield return (hop.Finish, new ReportFetch(hop.Fetch, hop.To, Succeeded: true, BytesMoved: 1, ""));

        foreach (var id in _state.Jobs.ByNode.Values.SelectMany(a => a))
        {
            // Without a run time nothing is learned: in the instance every estimate is exact.
            if (_state.Jobs.Current(id)?.Live is { } live)
                yield return (live.ExpectedFinish, new ReportEnded(
                    id, live.Node, AttemptEnd.Succeeded, new(0, Reason: null, RunTime: TimeSpan.Zero, TimeSpan.Zero, DataSize.Zero, [])));
        }
    }

    private void EndAll()
    {
        Do(new Tick()); // Hops start when their windows come.
        // Transfers first: a task whose input has come may be over at once.
        foreach (var kind in new[] { typeof(ReportFetch), typeof(ReportEnded) })
        {
            foreach (var (_, command) in Ends().Where(e => e.At <= _now && e.Command.GetType() == kind).OrderBy(e => e.At).ToList())
                Do(command);
        }
    }

    private void AddSite(int index, JointSite of)
    {
        var site = new SiteId(Name("s", index));
        Do(new DeclareSite(new(
            site, site.Value, site.Value, "core", site.Value, "cn", 0, 0, of.Pue,
            [.. Enumerable.Repeat(of.GramsPerKilowattHour, 24)], [.. Enumerable.Repeat(of.PerKilowattHour, 24)])));
        Do(new DeclarePool(new(
            new(site + "/main"), "process", of.CoreHour, MemoryGibHour: 0, [new("A100", of.AcceleratorHour)], of.Speed, JointInstance.WattsPerCore, IsDraining: false)));
        var secret = new SecretHash(site.Value);
        Do(new IssueJoinToken(secret, site, TimeSpan.FromMinutes(10)));
        Do(new EnrolNode(secret, site, "main", "process", "n", "key"));
        Do(new ReportNode(
            new($"{site}/main/n"), new(of.Cores * 1000L, DataSize.FromGibibytes(4_096), DataSize.FromGibibytes(4_096)),
            [.. Enumerable.Repeat(new Accelerator("A100", "gpu", DataSize.FromGibibytes(40), 0), of.Accelerators)], "", CanSandbox: true, "", "linux",
            TimeSpan.FromDays(30)));
    }

    private void Submit(int index, JointJob job)
    {
        var input = Name("d", index);
        if (job.InputGigabytes > 0)
            Do(new RegisterDataset(
                DatasetId.Of(Project, input), new(new(input), new(job.InputGigabytes * 1_000_000_000L), 1), Sovereignty: "", new($"{Name("s", job.Home)}/main/n")));
        Do(new SubmitJob(Project, "bench", new()
        {
            Name = Name("job", index),
            Command = ["/bin/true"],
            Duration = TimeSpan.FromMinutes(job.Minutes),
            Timeout = TimeSpan.FromHours(24),
            Objective = Objective.Balanced,
            Resources = new()
            {
                CpuMillicores = job.Cores * 1000,
                Accelerators = job.Accelerators > 0 ? new() { Count = job.Accelerators } : null,
            },
            Inputs = job.InputGigabytes > 0 ? [new(input, "in")] : [],
        }, Money.Zero(), new("")));
    }

    private void Do(DomainCommand command)
    {
        var decision = DomainMachine.Decide(_state, command, _now);
        Invariant.Holds(decision.Fault is null, $"a bench asks only for what is allowed: {decision.Fault}");
        _state = _state.Evolve(decision.Events);
    }

    private static double Seconds(DateTimeOffset at) => (at - Start).TotalSeconds;

    private static string Name(string kind, int number) => kind + number.ToString("000", CultureInfo.InvariantCulture);
}
