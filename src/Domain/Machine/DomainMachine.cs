using System.Collections.Immutable;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Network;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;

namespace Meridian.Domain.Machine;

/// <summary>The one writer's rules: what a command does to the domain.</summary>
public static class DomainMachine
{
    /// <summary>Decides on one command. Pure: the same state, command and time give the same decision.</summary>
    public static Decision Decide(DomainState state, DomainCommand command, DateTimeOffset now) => command switch
    {
        RemoveSite c when state.IsCarryingFor(c.Site) =>
            Decision.Refuse("site-carries-data", c.Site),
        RemoveSite c when state.Reservations.ByNode.Keys.Any(node => node.Site == c.Site) => Decision.Refuse("site-in-use", c.Site),
        DeclareSite or RemoveSite or DeclarePool or IssueJoinToken or EnrolNode or ReportNode or RenewLease or ComeBack
            or DeclareEquivalence or RemoveEquivalence =>
            SiteRules.Decide(state.Sites, command, now),
        DeclareLink or RemoveLink => NetworkRules.Decide(state.Network, state.Sites, command, now),
        RecordMeasurement c => MeasurementRules.Decide(state.Network, state.Sites.Sites.ContainsKey, c, now),
        RemoveDataset c when state.Exchanges.IsSendingOut(c.Dataset) => Decision.Refuse("dataset-moving", c.Dataset),
        RemoveDataset c when state.ReaderOf(c.Dataset) is { } job => Decision.Refuse("dataset-read", c.Dataset, job),
        RegisterDataset or RemoveDataset => DataRules.Decide(state.Data, command, now),
        DeclareTenant or DeclareProject or GrantCredit or IssueToken or RevokeToken => AccountRules.Decide(state.Accounts, command, now),
        SubmitJob c => Submitting.Submit(state, c, now),
        PlaceTasks c => Placing.Place(state, c, now),
        OrderTransfer c => Admitting.Order(state, c, now),
        ReplanTransfer c => Admitting.Replan(state, c, now),
        PauseTransfer c => Transferring.Pause(state, c, now),
        CancelTransfer c => Transferring.Cancel(state, c, now),
        OrderExchange c => Exchanging.Order(state, c, now),
        CancelExchange c => Exchanging.Cancel(state, c, now),
        ReportExchange c => Exchanging.Report(state, c, now),
        MarkFetch c => Transferring.Mark(state, c),
        ReportStarted c => Reporting.Started(state, c, now),
        ReportEnded c => Reporting.Ended(state, c, now),
        ReportSeal c => Sealing.Report(state, c, now),
        ReportFetch c => Transferring.Report(state, c, now),
        CancelJob c => Finishing.Cancel(state, c, now),
        MakeReservation c => Reserving.Make(state, c, now),
        CancelReservation c => Reserving.Cancel(state, c, now),
        RetryJob c => Submitting.Retry(state, c, now),
        BanNode c => Passing.Ban(state, c, now),
        Tick => Passing.Tick(state, now),
        TakeOver c => Passing.TakeOver(state, c, now),
        _ => Decision.Refuse("unknown-command", command.GetType().Name),
    };

    /// <summary>
    /// Decides on a batch: each command sees what those before it decided. Returns the state after all of them and one
    /// decision for each command, in order.
    /// </summary>
    public static (DomainState Next, ImmutableArray<Decision> Decisions) DecideAll(
        DomainState state, IReadOnlyList<DomainCommand> commands, DateTimeOffset now)
    {
        var decisions = ImmutableArray.CreateBuilder<Decision>(commands.Count);
        foreach (var command in commands)
        {
            var decision = Decide(state, command, now);
            state = state.Evolve(decision.Events);
            decisions.Add(decision);
        }

        return (state, decisions.MoveToImmutable());
    }
}
