using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Lines of bills as the wire knows them.</summary>
internal static class BillViews
{
    public static Rest.BillLine Line(Call call, Charge charge) => new(
        charge.At, charge.Job, call.State.Jobs.Jobs.TryGet(charge.Job, out var job) ? job.Spec.Name : "", charge.Project.Value,
        charge.Kind, charge.Payee.Value, charge.Amount.ToString(), charge.Say(call.Language));
}

/// <summary>Bills, and the double-entry ledger behind them.</summary>
internal static class BillEndpoints
{
    private static readonly string[] Order = ["-id", "at"];

    private static readonly Listing<KeyValuePair<AccountId, Money>> Accounts = new("account", entry => entry.Key.Value);

    public static void MapBills(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/bill", Bill).ForAnyone().WithTags("Accounts")
            .Named<Rest.Bill>("getBill", "A tenant's balance and charges, the newest first; of one job where it is named");
        routes.MapGet("/ledger", Ledger).ForOperators().WithTags("Accounts")
            .Named<Rest.Ledger>("getLedger", "Every account's balance, and their sum");
    }

    private static IResult Bill(
        Call call, [FromQuery(Name = "tenant")] string? named, [FromQuery(Name = "job")] long? job,
        [AsParameters] ListQuery query, Ledgers ledgers)
    {
        var accounts = call.State.Accounts;
        var tenant = string.IsNullOrEmpty(named) ? call.Caller.Tenant : new TenantId(named);
        if (!call.Caller.Sees(tenant) || !accounts.Tenants.ContainsKey(tenant))
            return TenantEndpoints.Missing(tenant);
        if (job is { } id && JobEndpoints.Find(call, id) is null)
            return JobEndpoints.Missing(id);
        if (!query.TryRead(Order, out var page, out var refusal))
            return refusal;
        if (!page.IsDescending)
            return Refusal.Of("bad-sort", "A bill begins with the newest charge: sort by '-at'.", "账单从最新的扣费开始：请按“-at”排序。");

        long? below = page.After is { } after && long.TryParse(after.Id, CultureInfo.InvariantCulture, out var last) ? last : null;
        var lines = job is { } one
            ? ledgers.ChargesOf(accounts, one, below, page.Limit + 1)
            : ledgers.ChargesOf(accounts, tenant, below, page.Limit + 1);
        var next = lines.Count > page.Limit
            ? page.CursorAt(new("", lines[page.Limit - 1].Key.ToString(CultureInfo.InvariantCulture)))
            : null;
        return Results.Ok(new Rest.Bill(
            tenant.Value, accounts.Balance(AccountId.Available(tenant)).ToString(),
            accounts.Balance(AccountId.Held(tenant)).ToString(), ledgers.Spent(accounts, tenant).ToString(),
            [.. lines.Take(page.Limit).Select(entry => BillViews.Line(call, entry.Value))], next));
    }

    private static IResult Ledger(Call call, [AsParameters] ListQuery query)
    {
        var balances = call.State.Accounts.Balances;
        if (Accounts.Slice(query, balances, out var refusal) is not { } slice)
            return refusal!;
        var sums = balances.Values
            .GroupBy(balance => balance.Currency, StringComparer.Ordinal)
            .Select(group => group.Aggregate((left, right) => left + right).ToString());
        return Results.Ok(new Rest.Ledger(
            [.. slice.Items.Select(entry => new Rest.LedgerAccount(entry.Key.Value, entry.Value.ToString()))], slice.NextCursor,
            balances.IsEmpty ? Money.Zero().ToString() : string.Join(", ", sums)));
    }
}
