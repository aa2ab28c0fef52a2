namespace Meridian.Protocol.Rest;

/// <summary>What agents measured between two sites. Latency is one way; the rate is zero where none was seen.</summary>
public sealed record MeasuredView(
    DateTimeOffset At, long LatencyMicroseconds, long JitterMicroseconds, double LossShare, long BitsPerSecond);

/// <summary>How far a site is from another. Circle: metro, region, nation or beyond. Source: measured, declared or unknown.</summary>
public sealed record SitePairView(
    string From, string To, string Circle, long? LatencyMicroseconds, string Source, long? DeclaredLatencyMicroseconds,
    bool IsFresh, MeasuredView? Measured);

/// <summary>A pair and the measurements that are kept of it, the newest last.</summary>
public sealed record SitePairDetail(SitePairView Pair, IReadOnlyList<MeasuredView> History);

public sealed record CircleShareView(string Circle, long LatencyMicrosecondsMax, int PairCount, double Share);

/// <summary>The sites within each circle around a site, the nearest first; a smaller circle's are in the larger ones too.</summary>
public sealed record CircleMembersView(
    string Site, IReadOnlyList<string> Metro, IReadOnlyList<string> Region, IReadOnlyList<string> Nation);

/// <summary>The shares of the measured pairs within each circle at a moment.</summary>
public sealed record CircleMomentView(DateTimeOffset At, int PairCount, double Metro, double Region, double Nation);

public sealed record CirclesView(
    int PairCount, int MeasuredPairCount, string Target, double? ShareMeetingTarget, IReadOnlyList<CircleShareView> Shares,
    IReadOnlyList<CircleMembersView> Sites, IReadOnlyList<CircleMomentView> History);

public sealed record NetworkPathView(
    IReadOnlyList<string> Sites, IReadOnlyList<string> Links, long LatencyMicroseconds, long BitsPerSecond, decimal PricePerGigabyte);

/// <summary>What the sender's agent holds of a circuit. State: in-force or failed. Mended: how often it was put right again.</summary>
public sealed record CircuitInForceView(
    string Driver, string State, long BitsPerSecond, string Path, string Detail, int MendedCount, DateTimeOffset At);

/// <summary>The circuit of a transfer: asked for by the domain, and in force at the sender, as far as that is known.</summary>
public sealed record CircuitView(
    long Transfer, string From, string To, IReadOnlyList<string> Links, long BitsPerSecond, DateTimeOffset Start, DateTimeOffset Finish,
    CircuitInForceView? InForce);

/// <summary>A rate that a transfer holds, or would hold, along a path for a while.</summary>
public sealed record ImaginedCircuitView(
    string From, string To, IReadOnlyList<string> Links, long BitsPerSecond, DateTimeOffset Start, DateTimeOffset Finish);

/// <summary>Outcome: kept (there as promised), late, or stuck for the reason. Lost: circuits that the link would not carry; instead: those in their place.</summary>
public sealed record TransferFateView(
    long Transfer, string Dataset, string Outcome, DateTimeOffset Promised, DateTimeOffset ExpectedNow, DateTimeOffset? ExpectedThen,
    string Reason, IReadOnlyList<ImaginedCircuitView> Lost, IReadOnlyList<ImaginedCircuitView> Instead);

/// <summary>The shares of the pairs of sites within 1 ms, 5 ms and 20 ms, and within what is their target; from 0 to 1.</summary>
public sealed record CircleSharesView(double Metro, double Region, double Nation, double MeetingTarget);

/// <summary>A pair of sites whose latency would be another one; none where no path leads.</summary>
public sealed record PairFateView(
    string From, string To, string CircleNow, long? MicrosecondsNow, string CircleThen, long? MicrosecondsThen);

/// <summary>What it would do to cut or to change a link. Change: cut or changed.</summary>
public sealed record LinkChangeView(
    string Link, string Change, IReadOnlyList<TransferFateView> Transfers, CircleSharesView CirclesNow, CircleSharesView CirclesThen,
    IReadOnlyList<PairFateView> Pairs);

/// <summary>How many sites and links a file declared, or would declare.</summary>
public sealed record NetworkImported(int SiteCount, int LinkCount, bool IsDryRun);
