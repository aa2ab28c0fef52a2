using System.Collections.Immutable;
using System.Text;
using MemoryPack;
using Meridian.Primitives;

namespace Meridian.Domain.Jobs;

/// <summary>
/// What tasks took beside what their tenants had estimated, by project and kind of job. Estimates are far off and each
/// tenant's in its own way, so that experience with likewise jobs is worth more: Tsafrir, Etsion, Feitelson, <i>Backfilling
/// using system-generated predictions rather than user runtime estimates</i>, TPDS 2007.
/// </summary>
/// <param name="ByProject">The experience, by project and kind; see <see cref="KindOf"/>.</param>
[MemoryPackable]
public sealed partial record RunTimes(ImmutableSortedDictionary<ProjectId, ImmutableSortedDictionary<string, RunTimeExperience>> ByProject)
{
    /// <summary>Kinds remembered for a project; the one that was longest not seen makes room.</summary>
    public const int KindsMax = 256;

    private static readonly ImmutableSortedDictionary<string, RunTimeExperience> NoKinds =
        ImmutableSortedDictionary.Create<string, RunTimeExperience>(StringComparer.Ordinal);

    /// <summary>Nothing was seen yet.</summary>
    public static readonly RunTimes Empty = new(ImmutableSortedDictionary<ProjectId, ImmutableSortedDictionary<string, RunTimeExperience>>.Empty);

    /// <summary>Jobs are of one kind whose names differ in numbers only: <c>train-7</c> and <c>train-12</c> are <c>train-#</c>.</summary>
    public static string KindOf(string name)
    {
        if (!name.AsSpan().ContainsAnyInRange('0', '9'))
            return name;
        var kind = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            if (!char.IsAsciiDigit(letter))
                kind.Append(letter);
            else if (kind.Length == 0 || kind[^1] != '#')
                kind.Append('#');
        }

        return kind.ToString();
    }

    /// <summary>What was seen of the kind, or <see cref="RunTimeExperience.None"/>.</summary>
    public RunTimeExperience Of(ProjectId project, string kind) =>
        ByProject.TryGetValue(project, out var kinds) && kinds.TryGetValue(kind, out var seen) ? seen : RunTimeExperience.None;

    /// <summary>With one task more: its run time on the reference machine as a share of the estimate.</summary>
    public RunTimes With(ProjectId project, string kind, double share, DateTimeOffset at)
    {
        var kinds = ByProject.GetValueOrDefault(project, NoKinds);
        if (kinds.Count >= KindsMax && !kinds.ContainsKey(kind))
            kinds = kinds.Remove(kinds.MinBy(known => known.Value.LastAt).Key);
        return new(ByProject.SetItem(project, kinds.SetItem(kind, Of(project, kind).With(share, at))));
    }
}

/// <summary>
/// What likewise tasks took, as shares of their estimates; the mean and its mean deviation follow the latest tasks as in
/// Jacobson, <i>Congestion avoidance and control</i>, SIGCOMM 1988.
/// </summary>
/// <param name="Count">How many were seen.</param>
/// <param name="Share">The mean share of the estimate that they took on the reference machine.</param>
/// <param name="Deviation">The mean distance from it.</param>
/// <param name="LastAt">When the latest one ended.</param>
[MemoryPackable]
public sealed partial record RunTimeExperience(int Count, double Share, double Deviation, [property: CanonicalTime] DateTimeOffset LastAt)
{
    private const double LatestWeight = 1d / 8;

    /// <summary>No task was seen: the estimate is all there is.</summary>
    public static readonly RunTimeExperience None = new(0, Share: 1, Deviation: 0, DateTimeOffset.MinValue);

    /// <summary>With one task more.</summary>
    public RunTimeExperience With(double share, DateTimeOffset at)
    {
        if (Count == 0)
            return new(1, share, share / 2, at);
        var weight = Math.Max(LatestWeight, 1d / (Count + 1));
        var distance = Math.Abs(share - Share);
        return new(Math.Min(Count, int.MaxValue - 1) + 1, Share + (weight * (share - Share)), Deviation + (weight * (distance - Deviation)), at);
    }
}
