using System.Collections.Immutable;
using MemoryPack;

namespace Meridian.Domain.Exchanges;

/// <summary>Every exchange with the world outside.</summary>
/// <param name="All">Every exchange.</param>
/// <param name="Open">Those that are not over.</param>
/// <param name="ByKey">The exchange that each key made.</param>
[MemoryPackable]
public sealed partial record ExchangesState(
    Primitives.IdMap<Exchange> All, ImmutableSortedSet<long> Open, ImmutableSortedDictionary<SecretHash, long> ByKey)
{
    /// <summary>No exchanges.</summary>
    public static readonly ExchangesState Empty = new(
        Primitives.IdMap<Exchange>.Empty, [], ImmutableSortedDictionary<SecretHash, long>.Empty);

    /// <summary>The exchanges that are not over.</summary>
    [MemoryPackIgnore]
    public IEnumerable<Exchange> Moving => Open.Select(id => All[id]);

    /// <summary>Whether a depot of the site is at an exchange.</summary>
    public bool AreAt(SiteId site) => Moving.Any(e => e.Node.Site == site);

    /// <summary>Whether the dataset is being sent out.</summary>
    public bool IsSendingOut(DatasetId dataset) =>
        Moving.Any(e => e.Request.Direction == ExchangeDirection.Export && e.Request.Dataset == dataset);

    /// <summary>The only thing that changes the exchanges. Events of other features pass by.</summary>
    public ExchangesState Evolve(DomainEvent happened) => happened switch
    {
        ExchangeOrdered e => Order(e.Exchange),
        ExchangeEnded e => this with
        {
            All = All.Set(e.Exchange, All[e.Exchange] with
            {
                State = e.State,
                Content = e.Content,
                Version = e.Version,
                Reason = e.Reason,
                EndedAt = e.At,
            }),
            Open = Open.Remove(e.Exchange),
        },
        _ => this,
    };

    private ExchangesState Order(Exchange exchange) => this with
    {
        All = All.Set(exchange.Id, exchange),
        Open = Open.Add(exchange.Id),
        ByKey = exchange.Request.IdempotencyKey.Value.Length > 0 ? ByKey.SetItem(exchange.Request.IdempotencyKey, exchange.Id) : ByKey,
    };
}
