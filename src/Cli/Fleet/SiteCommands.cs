using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>site</c>.</summary>
internal static class SiteCommands
{
    public static Command Make(Verbs verbs) => verbs.Noun(
        "site",
        Texts.Site,
        ListVerb.Make(
            verbs, ("list", Texts.SiteList), FleetListings.Sites,
            (session, page, cancellation) => session.Client.GetSitesAsync(page, cancellation)),
        Show(verbs),
        Add(verbs),
        Remove(verbs),
        Token(verbs));

    private static Command Show(Verbs verbs)
    {
        var id = verbs.Argument<string>("SITE", Texts.SiteId);
        return verbs.Verb(
            "show",
            Texts.SiteShow,
            async (session, cancellation) =>
            {
                var site = await session.Client.GetSiteAsync(session.Parsed.GetRequiredValue(id), cancellation);
                session.Printer.One(site, FleetListings.Sites);
                if (session.Printer.IsTable && site.Pools.Count > 0)
                {
                    session.Printer.Line();
                    session.Printer.Table(site.Pools, FleetListings.Pools);
                    session.Printer.Line();
                    session.Printer.Table([.. site.Pools.SelectMany(pool => pool.Nodes)], FleetListings.Nodes);
                }

                return ExitCode.Done;
            },
            id);
    }

    private static Command Add(Verbs verbs)
    {
        var id = verbs.Argument<string>("SITE", Texts.SiteId);
        var name = verbs.Option<string?>("--name", Texts.NameOption);
        var provider = verbs.Required<string>("--provider", Texts.ProviderOption);
        var tier = verbs.WithDefault("--tier", Texts.TierOption, "core");
        var region = verbs.Required<string>("--region", Texts.RegionOption);
        var sovereignty = verbs.WithDefault("--sovereignty", Texts.SovereigntyOption, "cn");
        var latitude = verbs.Required<double>("--latitude", Texts.LatitudeOption);
        var longitude = verbs.Required<double>("--longitude", Texts.LongitudeOption);
        var pue = verbs.WithDefault("--pue", Texts.PueOption, 1.3);
        var carbon = verbs.WithDefault("--carbon", Texts.CarbonOption, "550");
        var power = verbs.WithDefault("--power-price", Texts.PowerPriceOption, "0.6");
        tier.AcceptOnlyFromAmong("core", "region", "edge", "device");
        return verbs.Verb(
            "add",
            Texts.SiteAdd,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var site = parsed.GetRequiredValue(id);
                var declaration = new SiteDeclaration(
                    parsed.GetValue(name) ?? site, parsed.GetRequiredValue(provider), parsed.GetRequiredValue(tier),
                    parsed.GetRequiredValue(region), parsed.GetRequiredValue(sovereignty), parsed.GetValue(latitude),
                    parsed.GetValue(longitude), parsed.GetValue(pue), Hours(carbon.Name, parsed.GetRequiredValue(carbon)),
                    Hours(power.Name, parsed.GetRequiredValue(power)));
                await session.Client.PutSiteAsync(site, declaration, cancellation);
                session.Say(Texts.Saved, site);
                return ExitCode.Done;
            },
            id, name, provider, tier, region, sovereignty, latitude, longitude, pue, carbon, power);
    }

    private static Command Remove(Verbs verbs)
    {
        var id = verbs.Argument<string>("SITE", Texts.SiteId);
        return verbs.Verb(
            "remove",
            Texts.SiteRemove,
            async (session, cancellation) =>
            {
                await session.Client.RemoveSiteAsync(session.Parsed.GetRequiredValue(id), cancellation);
                session.Say(Texts.Removed, session.Parsed.GetRequiredValue(id));
                return ExitCode.Done;
            },
            id);
    }

    private static Command Token(Verbs verbs)
    {
        var id = verbs.Argument<string>("SITE", Texts.SiteId);
        var lifetime = verbs.WithDefault("--lifetime-minutes", Texts.LifetimeMinutesOption, 60);
        return verbs.Verb(
            "token",
            Texts.SiteToken,
            async (session, cancellation) =>
            {
                var token = await session.Client.CreateJoinTokenAsync(
                    session.Parsed.GetRequiredValue(id), new(session.Parsed.GetValue(lifetime)), cancellation);
                session.Printer.One(token, FleetListings.JoinTokens);
                return ExitCode.Done;
            },
            id, lifetime);
    }

    private static double[] Hours(string option, string text)
    {
        var parts = text.Split(',');
        var hours = new double[parts.Length];
        for (var hour = 0; hour < parts.Length; hour++)
            if (!double.TryParse(parts[hour], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out hours[hour]))
                throw new CommandException(ExitCode.Usage, Texts.BadHours, option);
        return hours.Length is 1 or 24 ? hours : throw new CommandException(ExitCode.Usage, Texts.BadHours, option);
    }
}
