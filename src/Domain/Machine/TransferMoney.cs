using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>The money of transfers: out of a job's, where a job pays, and else out of the tenant's.</summary>
internal static class TransferMoney
{
    /// <summary>Sets the price aside, or says why not.</summary>
    internal static Fault? Reserve(Draft draft, TransferRequest request, Money price)
    {
        if (request.Job != 0)
            return draft.Reserve(request.Job, price) ? null : Fault.Of("unaffordable", request.Job, price);
        var tenant = draft.State.Accounts.Projects[request.Project].Tenant;
        var available = draft.State.Accounts.Balance(AccountId.Available(tenant));
        if (available < price)
            return Fault.Of("transfer-unaffordable", price, tenant, available);
        if (price.Amount > 0)
            draft.Add(AccountRules.Move(AccountId.Available(tenant), AccountId.Held(tenant), price, "hold", job: 0, draft.Now));
        return null;
    }

    /// <summary>Takes the charge out of what is set aside, and gives the rest of the promise back.</summary>
    internal static void Settle(Draft draft, long id, Money promised, Money charge)
    {
        var transfer = draft.State.Data.Transfers[id];
        if (promised.Amount <= 0)
            return;
        var tenant = draft.State.Accounts.Projects[transfer.Request.Project].Tenant;
        if (transfer.Job != 0)
        {
            draft.Settle(transfer.Job, promised, charge, paying => Line(draft, transfer, draft.TenantOf(paying), charge));
        }
        else
        {
            if (charge.Amount > 0)
            {
                draft.Add(AccountRules.Move(AccountId.Held(tenant), AccountId.Carrier, charge, "transfer", job: 0, draft.Now));
                draft.Add(new Charged(Line(draft, transfer, tenant, charge)));
            }

            if (promised > charge)
                draft.Add(AccountRules.Move(AccountId.Held(tenant), AccountId.Available(tenant), promised - charge, "refund", job: 0, draft.Now));
        }

        draft.Add(new TransferMoneyChanged(id, transfer.Held - promised, transfer.Charged + charge));
    }

    private static Charge Line(Draft draft, Transfer transfer, TenantId tenant, Money charge) => new(
        draft.Now, tenant, transfer.Request.Project, transfer.Job, Task: -1, "transfer", AccountId.Carrier, charge,
        Reason.Written([
            transfer.Size, transfer.Hops[0].Windows[0].Sources[0].From.Site,
            string.Join(", ", transfer.Request.To.Select(site => site.Value)), transfer.Dataset,
        ]));
}
