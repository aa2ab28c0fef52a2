using Meridian.Optimisation.Batches;

namespace Meridian.Benches.Joint;

/// <summary>
/// The others, each on one job after another in the order in which they were handed in, with the same calendars: the node and
/// the links are held from the first moment at which all are free.
/// </summary>
internal sealed class JointPolicies
{
    private readonly JointInstance _instance;
    private readonly JointModel _model;
    private readonly BatchProblem _problem;

    internal JointPolicies(JointInstance instance, JointModel model) =>
        (_instance, _model, _problem) = (instance, model, model.Problem(roundUp: true));

    /// <summary>
    /// The cheapest compute among the sites with a free node, or the site whose node is free first; the input takes the cheapest way.
    /// </summary>
    internal JointPlan CheapestCompute() => Plan((job, usage) =>
    {
        var site = Sites(job)
            .Select(modes => (Modes: modes, RoomAt: RoomAt(job, modes, usage)))
            .OrderBy(s => s.RoomAt).ThenBy(s => ComputePrice(job, s.Modes)).First();
        return [site.Modes.First()];
    });

    /// <summary>Only where the input is; a job without input, or one that does not fit there, goes where it is best.</summary>
    internal JointPlan DataLocal() => Plan((job, _) =>
    {
        var local = _model.Modes[job].Where(m => m.Site == _instance.Jobs[job].Home).ToList();
        return _instance.Jobs[job].InputGigabytes > 0 && local.Count > 0 ? local : _model.Modes[job];
    });

    /// <summary>First the site that is best with idle links and its node's queue, then the best way there.</summary>
    internal JointPlan Separate() => Plan((job, usage) => Sites(job)
        .MinBy(modes => modes.Min(m => _model.CostOf(job, m, RoomAt(job, modes, usage) + m.Seconds)))!);

    /// <summary>Carries out choices of the batch in whole seconds.</summary>
    internal JointPlan Of(IReadOnlyList<Choice> choices) => new(_instance, _model, [.. choices.Select((choice, job) =>
    {
        var mode = _model.Modes[job][choice.Mode];
        return new JointPlacement(
            mode.Site, mode.Links, mode.Mbps, choice.Start, choice.Start, choice.Start + mode.HoldSeconds, choice.Start + mode.Seconds);
    })]);

    private JointPlan Plan(Func<int, ResourceUsage, IEnumerable<JointMode>> allowed)
    {
        var (usage, choices) = (new ResourceUsage(_problem), new List<Choice>());
        for (var job = 0; job < _instance.Jobs.Count; job++)
        {
            var activity = _problem.Activities[job];
            var best = allowed(job, usage).Select(m => _model.Modes[job].IndexOf(m))
                .Select(m => new Choice(m, usage.Earliest(activity.Modes[m], int.MaxValue)!.Value))
                .MinBy(activity.CostOf);
            usage.Add(activity.Modes[best.Mode], best.Start, 1);
            choices.Add(best);
        }

        return Of(choices);
    }

    private IEnumerable<List<JointMode>> Sites(int job) => _model.Modes[job].GroupBy(m => m.Site).Select(g => g.ToList());

    /// <summary>When the site's node has room for the job, whatever its links do.</summary>
    private long RoomAt(int job, List<JointMode> modes, ResourceUsage usage)
    {
        var mode = _problem.Activities[job].Modes[_model.Modes[job].IndexOf(modes[0])];
        return usage.Earliest(mode with { Draws = [.. mode.Draws.Where(d => d.Resource < 2 * _instance.Sites.Count)] }, int.MaxValue)!.Value;
    }

    private double ComputePrice(int job, List<JointMode> modes) =>
        modes[0].Price - (modes[0].Links.Sum(l => (double)_instance.Links[l].PerGigabyte) * _instance.Jobs[job].InputGigabytes);
}
