using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;

namespace Meridian.Simulation;

/// <content>Clients that send data, and change their minds.</content>
public sealed partial class World
{
    private void PlanTransfer(int number)
    {
        var tenant = Tenants[_luck.Next(Tenants.Length)];
        var key = new SecretHash("send-" + number.ToString(CultureInfo.InvariantCulture));
        var (mode, dataset, site) = ((TransferMode)_luck.Next(3), $"data{_luck.Next(2)}", $"s{_luck.Next(Options.Sites)}");
        var (rate, priority) = (_luck.Chance(0.3) ? Bandwidth.FromMbps(5 + _luck.Next(20)) : Bandwidth.Zero, _luck.Next(10));
        var (pause, cancel) = (_luck.Chance(0.5) ? Between(0.5, 20) : default(TimeSpan?), _luck.Chance(0.2) ? Between(1, 60) : default(TimeSpan?));
        At(Between(1, Options.Rough.TotalSeconds * 0.8), () => Send(
            _ => new(
                TransferPurpose.Send, new(tenant), "ann", DatasetId.Of(new(tenant), dataset), Version: 1, [new(site)], mode, priority, rate,
                mode == TransferMode.Offpeak ? Plane.Time + TimeSpan.FromMinutes(3) : null, Job: 0, key,
                IsSealed: number % 4 == 0),
            id =>
            {
                if (pause is { } early)
                    After(early, () => AskUntilKnown(new PauseTransfer(id), _ => After(Between(1, 20), () => Resume(id))));
                if (cancel is { } late)
                    After(late, () => AskUntilKnown(new CancelTransfer(id), _ => { }));
            }));
    }

    /// <summary>Plans on what is published and asks; a client whose plan was overtaken, or who hears nothing, plans again.</summary>
    private void Send(Func<DomainState, TransferRequest> wish, Action<long> known, int attempts = 12)
    {
        void Again() => After(Between(0.5, 3), () => Send(wish, known, attempts - 1));
        if (attempts == 0)
            return;
        if (!Plane.IsOpen)
        {
            Again();
            return;
        }

        var request = wish(Plane.State);
        var plan = TransferPlanner.Plan(Plane.State, request, Plane.Time);
        if (plan.Fault is not null && !Plane.State.Data.ByKey.ContainsKey(request.IdempotencyKey))
            return;
        Plane.Ask(new OrderTransfer(request, plan.Hops), decision =>
        {
            if (decision is null || FaultStrikes(0.2) || decision.Fault?.Code is "link-full" or "node-not-ready")
                Again();
            else if (decision.Fault is null)
                After(Between(0, 0.1), () => known(decision.Value));
        });
    }

    private void Resume(long id, int attempts = 40)
    {
        if (attempts == 0 || !Plane.IsOpen || !Plane.State.Data.Transfers.TryGet(id, out var transfer) || transfer.State != TransferState.Paused)
        {
            if (attempts > 0 && !Plane.IsOpen)
                After(Between(0.5, 3), () => Resume(id, attempts - 1));
            return;
        }

        var plan = TransferPlanner.Replan(Plane.State, transfer, Plane.Time);
        if (plan.Fault is not null)
        {
            After(Between(1, 5), () => Resume(id, attempts - 1));
            return;
        }

        Plane.Ask(new ReplanTransfer(id, plan.Hops, IsResumed: true), _ => After(Between(0.5, 3), () => Resume(id, attempts - 1)));
    }
}
