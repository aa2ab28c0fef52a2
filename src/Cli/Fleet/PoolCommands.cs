using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>pool</c>.</summary>
internal static class PoolCommands
{
    private static readonly PoolDeclaration Usual = new(
        "process", new PriceList(0.1m, 0.01m, new SortedDictionary<string, decimal>(StringComparer.Ordinal)),
        Speed: 1, WattsPerCore: 8, IsDraining: false);

    public static Command Make(Verbs verbs) => verbs.Noun(
        "pool",
        Texts.Pool,
        ListVerb.Make(
            verbs, ("list", Texts.PoolList), FleetListings.Pools,
            (session, page, cancellation) => session.Client.GetPoolsAsync(page, cancellation)),
        Show(verbs),
        Set(verbs));

    private static Command Show(Verbs verbs)
    {
        var id = verbs.Argument<string>("POOL", Texts.PoolId);
        return verbs.Verb(
            "show",
            Texts.PoolShow,
            async (session, cancellation) =>
            {
                var wanted = session.Parsed.GetRequiredValue(id);
                var pool = await FindAsync(session, wanted, cancellation)
                    ?? throw new CommandException(ExitCode.NotFound, Texts.NoSuchPool, wanted);
                session.Printer.One(pool, FleetListings.Pools);
                if (session.Printer.IsTable && pool.Nodes.Count > 0)
                {
                    session.Printer.Line();
                    session.Printer.Table(pool.Nodes, FleetListings.Nodes);
                }

                return ExitCode.Done;
            },
            id);
    }

    private static Command Set(Verbs verbs)
    {
        var site = verbs.Argument<string>("SITE", Texts.SiteId);
        var pool = verbs.Argument<string>("POOL", Texts.PoolId);
        var driver = verbs.Option<string?>("--driver", Texts.DriverOption);
        var cpu = verbs.Option<decimal?>("--cpu-price", Texts.CpuPriceOption);
        var memory = verbs.Option<decimal?>("--memory-price", Texts.MemoryPriceOption);
        var accelerators = verbs.Option<string[]>("--accelerator-price", Texts.AcceleratorPriceOption);
        var speed = verbs.Option<double?>("--speed", Texts.SpeedOption);
        var watts = verbs.Option<double?>("--watts-per-core", Texts.WattsOption);
        var drain = verbs.Option<bool?>("--drain", Texts.DrainOption);
        return verbs.Verb(
            "set",
            Texts.PoolSet,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var (at, name) = (parsed.GetRequiredValue(site), parsed.GetRequiredValue(pool));
                var now = await FindAsync(session, $"{at}/{name}", cancellation) is { } known
                    ? new(known.Driver, known.Prices, known.Speed, known.WattsPerCore, known.IsDraining)
                    : Usual;
                var declaration = new PoolDeclaration(
                    parsed.GetValue(driver) ?? now.Driver,
                    new(
                        parsed.GetValue(cpu) ?? now.Prices.CpuCoreHour,
                        parsed.GetValue(memory) ?? now.Prices.MemoryGibHour,
                        Prices(now.Prices.AcceleratorHour, parsed.GetValue(accelerators) ?? [])),
                    parsed.GetValue(speed) ?? now.Speed,
                    parsed.GetValue(watts) ?? now.WattsPerCore,
                    parsed.GetValue(drain) ?? now.IsDraining);
                await session.Client.PutPoolAsync(at, name, declaration, cancellation);
                session.Say(Texts.Saved, $"{at}/{name}");
                return ExitCode.Done;
            },
            site, pool, driver, cpu, memory, accelerators, speed, watts, drain);
    }

    private static async Task<PoolView?> FindAsync(Session session, string id, CancellationToken cancellation)
    {
        var (pools, _) = await Paging.CollectAsync(
            page => session.Client.GetPoolsAsync(page, cancellation), countMax: 10_000);
        return pools.Find(pool =>
            string.Equals(pool.Id, id, StringComparison.Ordinal)
            || string.Equals($"{pool.Site}/{pool.Id}", id, StringComparison.Ordinal)
            || pool.Id.EndsWith("/" + id, StringComparison.Ordinal));
    }

    private static SortedDictionary<string, decimal> Prices(
        IReadOnlyDictionary<string, decimal> now, IReadOnlyList<string> changes)
    {
        var prices = new SortedDictionary<string, decimal>(
            now.ToDictionary(price => price.Key, price => price.Value), StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.Split('=', 2) is not [{ Length: > 0 } model, var text]
                || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price))
                throw new CommandException(ExitCode.Usage, Texts.BadPrice, change);
            prices[model] = price;
        }

        return prices;
    }
}
