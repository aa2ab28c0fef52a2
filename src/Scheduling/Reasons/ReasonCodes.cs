using System.Collections.Immutable;

namespace Meridian.Scheduling.Reasons;

/// <summary>Every code that the scheduler gives as a reason. A code never changes its meaning.</summary>
public static class ReasonCodes
{
    /// <summary>The pool was chosen.</summary>
    public const string Chosen = "chosen";

    /// <summary>Lost: costs more than the chosen pool.</summary>
    public const string Dearer = "dearer";

    /// <summary>Lost: finishes later than the chosen pool.</summary>
    public const string Later = "later";

    /// <summary>Lost: emits more than the chosen pool.</summary>
    public const string MoreCarbon = "more-carbon";

    /// <summary>Lost: price, time and carbon together weigh more than the chosen pool's.</summary>
    public const string WorseBalance = "worse-balance";

    /// <summary>Lost: equal in everything, and later in the order of names.</summary>
    public const string Tie = "tie";

    /// <summary>Refused: the pool takes no new tasks.</summary>
    public const string PoolDraining = "pool-draining";

    /// <summary>Refused: no node of the pool is ready.</summary>
    public const string NoReadyNode = "no-ready-node";

    /// <summary>Refused: the pool's driver runs no containers.</summary>
    public const string NoContainers = "no-containers";

    /// <summary>Refused: the site is not among the allowed ones.</summary>
    public const string SiteNotAllowed = "site-not-allowed";

    /// <summary>Refused: the region is not among the allowed ones.</summary>
    public const string RegionNotAllowed = "region-not-allowed";

    /// <summary>Refused: the provider is not among the allowed ones.</summary>
    public const string ProviderNotAllowed = "provider-not-allowed";

    /// <summary>Refused: the job asks for another law.</summary>
    public const string SovereigntyOfJob = "sovereignty-of-job";

    /// <summary>Refused: an input stays under another law.</summary>
    public const string SovereigntyOfInput = "sovereignty-of-input";

    /// <summary>Refused: no ready node isolates tasks.</summary>
    public const string NoSandbox = "no-sandbox";

    /// <summary>Refused: no node is large enough, even when empty.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Refused: the pool is too small for the whole gang, even when empty.</summary>
    public const string GangTooLarge = "gang-too-large";

    /// <summary>Refused: the job has as many tasks there as its spread allows.</summary>
    public const string Crowded = "crowded";

    /// <summary>Refused: no node, or nothing behind one switch, is large enough for a gang that is kept together.</summary>
    public const string PlaceTooSmall = "place-too-small";

    /// <summary>The job's living tasks are elsewhere, and its tasks are kept together.</summary>
    public const string TasksElsewhere = "tasks-elsewhere";

    /// <summary>Change: let the tasks be on more than one node, or behind more than one switch.</summary>
    public const string AllowApart = "allow-apart";

    /// <summary>Refused: no node has the accelerators.</summary>
    public const string NoAccelerator = "no-accelerator";

    /// <summary>Refused: too far from the users.</summary>
    public const string TooFar = "too-far";

    /// <summary>Refused: too far from the users, by what the agents measured.</summary>
    public const string TooFarMeasured = "too-far-measured";

    /// <summary>Refused: no path leads to the users.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Refused: an input cannot be brought here.</summary>
    public const string InputUnreachable = "input-unreachable";

    /// <summary>An input does not exist.</summary>
    public const string InputMissing = "input-missing";

    /// <summary>Would finish after the deadline.</summary>
    public const string Deadline = "deadline";

    /// <summary>Could cost more than the job's budget.</summary>
    public const string Budget = "budget";

    /// <summary>Could cost more than the tenant has left.</summary>
    public const string Funds = "funds";

    /// <summary>The gang's living tasks are at another pool.</summary>
    public const string GangElsewhere = "gang-elsewhere";

    /// <summary>Waits: the best pool is busy, and waiting for it is better than any other.</summary>
    public const string WaitsForCapacity = "waits-for-capacity";

    /// <summary>Waits: an input is on its way to the site.</summary>
    public const string WaitsForData = "waits-for-data";

    /// <summary>Waits: an input has to come, and the tenant's transfers hold as much bandwidth as it may have.</summary>
    public const string WaitsForBandwidth = "waits-for-bandwidth";

    /// <summary>Waits: earlier jobs have not succeeded yet.</summary>
    public const string WaitsForJobs = "waits-for-jobs";

    /// <summary>Waits: the tenant has reached a bound of its quota.</summary>
    public const string Quota = "quota";

    /// <summary>Waits: a try failed a moment ago, and the next comes after a pause.</summary>
    public const string RetryPause = "retry-pause";

    /// <summary>Waits: no pool satisfies the constraints.</summary>
    public const string NoCandidate = "no-candidate";

    /// <summary>Waits: there are no pools.</summary>
    public const string NoPools = "no-pools";

    /// <summary>Waits: the round ended before its turn; it can start in the next.</summary>
    public const string InQueue = "in-queue";

    /// <summary>The writer refused the plan.</summary>
    public const string WriterRefused = "writer-refused";

    /// <summary>Change: a higher budget.</summary>
    public const string RaiseBudget = "raise-budget";

    /// <summary>Change: more credit.</summary>
    public const string AddCredit = "add-credit";

    /// <summary>Change: a later deadline.</summary>
    public const string LaterDeadline = "later-deadline";

    /// <summary>Change: allow a region.</summary>
    public const string AllowRegion = "allow-region";

    /// <summary>Change: allow a provider.</summary>
    public const string AllowProvider = "allow-provider";

    /// <summary>Change: allow a site.</summary>
    public const string AllowSite = "allow-site";

    /// <summary>Change: allow a sovereignty label.</summary>
    public const string AllowSovereignty = "allow-sovereignty";

    /// <summary>Change: accept plain processes.</summary>
    public const string AllowPlain = "allow-plain";

    /// <summary>Change: fewer cores.</summary>
    public const string FewerCores = "fewer-cores";

    /// <summary>Change: less memory.</summary>
    public const string LessMemory = "less-memory";

    /// <summary>Change: less scratch space.</summary>
    public const string LessDisk = "less-disk";

    /// <summary>Change: a wider latency target.</summary>
    public const string WiderLatency = "wider-latency";

    /// <summary>Change: a larger quota, or fewer tasks at once.</summary>
    public const string LargerQuota = "larger-quota";

    /// <summary>Waits: best-effort tasks are stopping to make room.</summary>
    public const string WaitsForYield = "waits-for-yield";

    /// <summary>What if: tasks that run now would end.</summary>
    public const string WouldStop = "would-stop";

    /// <summary>What if: tasks that would wait would start.</summary>
    public const string WouldStart = "would-start";

    /// <summary>What if: tasks that would run would wait.</summary>
    public const string WouldWait = "would-wait";

    /// <summary>What if: other pools.</summary>
    public const string WouldRunAt = "would-run-at";

    /// <summary>What if: another finish.</summary>
    public const string WouldFinish = "would-finish";

    /// <summary>What if: another cost.</summary>
    public const string WouldCost = "would-cost";

    /// <summary>Waits: not to start before a moment.</summary>
    public const string NotBefore = "not-before";

    /// <summary>Waits: its reservation has not begun.</summary>
    public const string WaitsForReservation = "waits-for-reservation";

    /// <summary>Refused: the job runs in a reservation elsewhere.</summary>
    public const string ReservedElsewhere = "reserved-elsewhere";

    /// <summary>Refused: would not be done when its reservation ends.</summary>
    public const string OutlastsReservation = "outlasts-reservation";

    /// <summary>Waits: there is no open reservation of the name.</summary>
    public const string ReservationMissing = "reservation-missing";

    /// <summary>Every code.</summary>
    public static readonly ImmutableArray<string> All =
    [
        Chosen, Dearer, Later, MoreCarbon, WorseBalance, Tie, PoolDraining, NoReadyNode, NoContainers, SiteNotAllowed,
        RegionNotAllowed, ProviderNotAllowed, SovereigntyOfJob, SovereigntyOfInput, NoSandbox, TooLarge, GangTooLarge, Crowded,
        NoAccelerator, TooFar, TooFarMeasured, Unreachable, InputUnreachable, InputMissing, Deadline, Budget, Funds, GangElsewhere,
        WaitsForCapacity, WaitsForData, WaitsForBandwidth, WaitsForJobs, Quota, RetryPause, NoCandidate, NoPools, InQueue, WriterRefused,
        RaiseBudget, AddCredit, LaterDeadline, AllowRegion, AllowProvider, AllowSite, AllowSovereignty, AllowPlain,
        FewerCores, LessMemory, LessDisk, WiderLatency, LargerQuota,
        WaitsForYield, WouldStop, WouldStart, WouldWait, WouldRunAt, WouldFinish, WouldCost,
        PlaceTooSmall, TasksElsewhere, AllowApart,
        NotBefore, WaitsForReservation, ReservedElsewhere, OutlastsReservation, ReservationMissing,
    ];
}
