using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Network;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;

namespace Meridian.ControlPlane.Api;

/// <summary>What an event tells followers: enough to know what to look at again, never the thing itself.</summary>
/// <param name="Topic">One of <see cref="EventNews.Topics"/>.</param>
/// <param name="Kind">What happened, such as <c>job-finished</c>.</param>
/// <param name="Subject">To what: a job's number, or a name.</param>
/// <param name="Task">To which task, where it is one.</param>
internal sealed record EventView(string Topic, string Kind, string Subject, int? Task);

/// <summary>Which news each decided event is, and for whom.</summary>
internal sealed class EventNews(DomainState state, Caller caller)
{
    /// <summary>What can be followed.</summary>
    public static readonly IReadOnlyList<string> Topics = ["jobs", "sites", "links", "data", "accounts"];

    /// <summary>The news of the event; nothing for what only the writer needs, and for what the caller may not know.</summary>
    public EventView? Of(DomainEvent happened) => OfJob(happened) ?? OfFleet(happened) ?? OfData(happened) ?? OfAccount(happened);

    private EventView? OfJob(DomainEvent happened) => happened switch
    {
        JobSubmitted e => Job(e.Job, "job-submitted"),
        TaskPlaced e => Task(e.Attempt.Id, "task-placed"),
        InputArrived e => Task(e.Attempt, "task-staged"),
        TaskStarted e => Task(e.Attempt, "task-started"),
        TaskStopOrdered e => Task(e.Attempt, "task-stopping"),
        TaskRequeued e => Task(e.Attempt, "task-requeued"),
        TaskEnded e => Task(e.Attempt, "task-ended"),
        JobRetried e => Job(e.Job, "job-retried"),
        JobCancelling e => Job(e.Job, "job-cancelling"),
        JobFinished e => Job(e.Job, "job-finished"),
        ReservationMade e => Reservation(e.Reservation.Id, "reservation-made"),
        ReservationEnded e => Reservation(e.Reservation, "reservation-ended"),
        _ => null,
    };

    private static EventView? OfFleet(DomainEvent happened) => happened switch
    {
        SiteDeclared e => Site(e.Site.Id.Value, "site-declared"),
        SiteRemoved e => Site(e.Site.Value, "site-removed"),
        PoolDeclared e => Site(e.Pool.Id.Value, "pool-declared"),
        NodeEnrolled e => Site(e.Node.Value, "node-enrolled"),
        NodeReported e => Site(e.Node.Value, "node-reported"),
        NodeLost e => Site(e.Node.Value, "node-lost"),
        NodeBanned e => Site(e.Node.Value, "node-banned"),
        CapacityTaken e => Site(e.Node.Value, "node-usage-changed"),
        CapacityReturned e => Site(e.Node.Value, "node-usage-changed"),
        LinkDeclared e => new("links", "link-declared", e.Link.Id.Value, Task: null),
        EquivalenceDeclared or EquivalenceRemoved => Site("", "equivalences-changed"),
        LinkRemoved e => new("links", "link-removed", e.Link.Value, Task: null),
        _ => null,
    };

    private EventView? OfData(DomainEvent happened) => happened switch
    {
        DatasetRegistered e => Data(e.Dataset, "dataset-registered", e.Dataset.Value),
        DatasetRemoved e => Data(e.Dataset, "dataset-removed", e.Dataset.Value),
        TransferOrdered e => Transfer(e.Transfer.Id, "transfer-ordered"),
        HopStarted e => Transfer(e.Transfer, "transfer-moving"),
        HopMarked e => Transfer(e.Transfer, "transfer-progressed"),
        HopEnded e => Transfer(e.Transfer, e.Succeeded ? "transfer-hop-done" : "transfer-hop-failed"),
        TransferPaused e => Transfer(e.Transfer, "transfer-paused"),
        TransferReplanned e => Transfer(e.Transfer, e.IsResumed ? "transfer-resumed" : "transfer-replanned"),
        TransferEnded e => Transfer(e.Transfer, "transfer-ended"),
        ExchangeOrdered e => Data(e.Exchange.Request.Dataset, "exchange-ordered", Text(e.Exchange.Id)),
        ExchangeEnded e => Data(state.Exchanges.All[e.Exchange].Request.Dataset, "exchange-ended", Text(e.Exchange)),
        _ => null,
    };

    private EventView? OfAccount(DomainEvent happened) => happened switch
    {
        TenantDeclared e => Account(e.Tenant, "tenant-declared"),
        ProjectDeclared e => Account(e.Tenant, "project-declared"),
        Charged e => Account(e.Charge.Tenant, "charged"),
        _ => null,
    };

    private EventView? Job(long id, string kind) =>
        state.Jobs.Jobs.TryGet(id, out var job) && caller.Sees(state, job) ? new("jobs", kind, Text(id), Task: null) : null;

    private EventView? Task(AttemptId attempt, string kind) =>
        Job(attempt.Job, kind) is { } news ? news with { Task = attempt.Task } : null;

    private EventView? Reservation(long id, string kind) =>
        state.Reservations.All.TryGet(id, out var found) && caller.Sees(state, found.Request.Project) ? new("jobs", kind, Text(id), Task: null) : null;

    private static EventView Site(string subject, string kind) => new("sites", kind, subject, Task: null);

    private EventView? Data(DatasetId dataset, string kind, string subject) =>
        caller.Sees(state, dataset.Project) ? new("data", kind, subject, Task: null) : null;

    private EventView? Transfer(long id, string kind) =>
        state.Data.Transfers.TryGet(id, out var transfer) ? Data(transfer.Dataset, kind, Text(id)) : null;

    private EventView? Account(TenantId tenant, string kind) =>
        caller.Sees(tenant) ? new("accounts", kind, tenant.Value, Task: null) : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
