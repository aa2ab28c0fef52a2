using MemoryPack;
using Meridian.Domain.Accounts;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Network;
using Meridian.Domain.Reservations;
using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Domain.Machine;

/// <summary>The truth of a domain: the small machines side by side.</summary>
[MemoryPackable]
public sealed partial record DomainState(
    SitesState Sites, NetworkState Network, DataState Data, JobsState Jobs, AccountsState Accounts,
    ExchangesState Exchanges, ReservationsState Reservations)
{
    /// <summary>A domain where nothing has happened.</summary>
    public static readonly DomainState Empty = new(
        SitesState.Empty, NetworkState.Empty, DataState.Empty, JobsState.Empty, AccountsState.Empty, ExchangesState.Empty,
        ReservationsState.Empty);

    /// <summary>The state after the event. Never fails; the only thing that changes state.</summary>
    public DomainState Evolve(DomainEvent happened)
    {
        var sites = Sites.Evolve(happened);
        var network = Network.Evolve(happened);
        var data = Data.Evolve(happened);
        var jobs = Jobs.Evolve(happened);
        var accounts = Accounts.Evolve(happened);
        var exchanges = Exchanges.Evolve(happened);
        var reservations = Reservations.Evolve(happened);
        return new(sites, network, data, jobs, accounts, exchanges, reservations);
    }

    /// <summary>The state after the events, in order.</summary>
    public DomainState Evolve(IEnumerable<DomainEvent> events) =>
        events.Aggregate(this, (state, happened) => state.Evolve(happened));

    /// <summary>Whether a transfer is on its way from, to or through the site, or an exchange with the world outside.</summary>
    public bool IsCarryingFor(SiteId site) => Exchanges.AreAt(site) || Data.OpenHops.Any(open =>
        open.Hop.To.Site == site || open.Hop.Windows.SelectMany(w => w.Sources).Any(s =>
            s.From.Site == site
            || s.Links.Any(id => Network.Links.TryGetValue(id, out var link) && (link.From == site || link.To == site))));

    /// <summary>A job with a task at work, or about to be, that reads the dataset; nothing where there is none.</summary>
    public long? ReaderOf(DatasetId dataset)
    {
        foreach (var id in Jobs.Active)
        {
            var job = Jobs.Jobs[id];
            if (job.LiveCount > 0 && job.Spec.Inputs.Any(input => DataState.DatasetOf(job.Project, input.Dataset) == dataset))
                return id;
        }

        return null;
    }

    /// <summary>The canonical bytes of the state: equal states have equal bytes.</summary>
    public byte[] ToBytes() => MemoryPackSerializer.Serialize(this);

    /// <summary>The state of the bytes.</summary>
    public static DomainState FromBytes(ReadOnlySpan<byte> bytes)
    {
        var state = MemoryPackSerializer.Deserialize<DomainState>(bytes);
        Invariant.Holds(state is not null, "a snapshot holds a state");
        return state;
    }
}
