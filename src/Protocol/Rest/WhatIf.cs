namespace Meridian.Protocol.Rest;

/// <summary>
/// Changes that are supposed to come true together, now: sites lost, links cut, the price of a core for an hour by pool, nodes
/// added by pool (each like the first ready one), and a job file handed in.
/// </summary>
public sealed record WhatIfQuestion(
    IReadOnlyList<string>? SitesLost, IReadOnlyList<string>? LinksCut, IReadOnlyDictionary<string, decimal>? CorePrices,
    IReadOnlyDictionary<string, int>? NodesAdded, string? JobFile);

/// <summary>The jobs that would fare otherwise, of those that the caller may see.</summary>
public sealed record WhatIfAnswer(IReadOnlyList<JobDifference> Changed, int UnchangedCount);

/// <summary>How a job fares as things are (null for the supposed job) and how it would; in words, the weightiest first.</summary>
public sealed record JobDifference(
    long Job, string Name, string Project, JobProspect? Without, JobProspect With, IReadOnlyList<string> Differences);

/// <summary>Tasks that run and wait after the next rounds, where, until when, and for how much.</summary>
public sealed record JobProspect(
    int Running, int Waiting, IReadOnlyList<string> Pools, DateTimeOffset? Finish, string Cost, string? PendingReason);
