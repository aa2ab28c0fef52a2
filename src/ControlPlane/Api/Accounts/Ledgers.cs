using Meridian.Domain;
using Meridian.Domain.Accounts;
using Meridian.Primitives;

namespace Meridian.ControlPlane.Api;

/// <summary>Finds the charges of a job or a tenant, and what a tenant has spent, without a look at all charges.</summary>
internal sealed class Ledgers
{
    private readonly Threads<Charge, long> _byJob = new(charge => charge.Job);
    private readonly Threads<Charge, TenantId> _byTenant = new(charge => charge.Tenant);
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Money> _spent = [];
    private int _counted;

    /// <summary>The job's charges, the newest first.</summary>
    public IEnumerable<Charge> ChargesOf(AccountsState accounts, long job, int countMax) =>
        ChargesOf(accounts, job, below: null, countMax).Select(entry => entry.Value);

    public List<KeyValuePair<long, Charge>> ChargesOf(AccountsState accounts, long job, long? below, int countMax) =>
        _byJob.Newest(accounts.Charges, job, below, countMax);

    public List<KeyValuePair<long, Charge>> ChargesOf(AccountsState accounts, TenantId tenant, long? below, int countMax) =>
        _byTenant.Newest(accounts.Charges, tenant, below, countMax);

    /// <summary>What the tenant was ever charged.</summary>
    public Money Spent(AccountsState accounts, TenantId tenant)
    {
        lock (_lock)
        {
            foreach (var (_, charge) in accounts.Charges.From(_counted + 1))
            {
                var before = _spent.TryGetValue(charge.Tenant, out var known) ? known : Money.Zero(charge.Amount.Currency);
                _spent[charge.Tenant] = before + charge.Amount;
                _counted++;
            }

            return _spent.TryGetValue(tenant, out var spent) ? spent : Money.Zero();
        }
    }
}
