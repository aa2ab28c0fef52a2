namespace Meridian.Protocol.Rest;

/// <summary>
/// Asks for a dataset at sites. Mode: dedicated, aggregated, offpeak. Version null is the newest; a rate of null is what is best;
/// offpeak needs a deadline. Priority goes from 0 to 9. Sealed asks for encryption from end to end on every hop; what lies at relays
/// is encrypted in any case.
/// </summary>
public sealed record TransferWish(
    string Dataset, string Project, int? Version, IReadOnlyList<string> To, string Mode, long? BitsPerSecond,
    DateTimeOffset? Deadline, int? Priority, bool? Sealed = null);

/// <summary>What a transfer would cost and when it would be there; nothing is held for it.</summary>
public sealed record TransferQuote(
    string Dataset, int Version, string Mode, IReadOnlyList<string> To, long Bytes, DateTimeOffset Arrival, string Price,
    string State, IReadOnlyList<HopView> Hops);

/// <summary>
/// A transfer in a list. State: admitted, moving, paused, done, failed, cancelled. Purpose: send, staging, delivery. Kept says
/// whether it was there when it was promised: null while that is open.
/// </summary>
public sealed record TransferView(
    long Id, string Dataset, int Version, string Purpose, string Mode, string State, IReadOnlyList<string> From,
    IReadOnlyList<string> To, long Bytes, long BytesDone, long BitsPerSecond, double? SecondsLeft, int Priority, long Job,
    string Owner, DateTimeOffset SubmittedAt, DateTimeOffset? Deadline, DateTimeOffset Promised, DateTimeOffset Expected,
    DateTimeOffset? FinishedAt, bool? Kept, string Cost, string Held, string? Reason);

/// <summary>A transfer with its hops and what was really sent.</summary>
public sealed record TransferDetail(TransferView Summary, long BytesSent, int Failures, IReadOnlyList<HopView> Hops);

/// <summary>
/// A part on its way to one depot. State: planned, waiting, moving, paused, done, failed. A sealed one is encrypted where it is sent from
/// first, and only targets can open it.
/// </summary>
public sealed record HopView(
    string Site, string Node, bool IsRelay, string State, long Bytes, long BytesDone, long BitsPerSecond, string Price,
    IReadOnlyList<HopWindowView> Windows, bool IsSealed);

public sealed record HopWindowView(DateTimeOffset Start, DateTimeOffset Finish, IReadOnlyList<HopSourceView> Sources);

public sealed record HopSourceView(string Site, string Node, IReadOnlyList<string> Path, long BitsPerSecond);
