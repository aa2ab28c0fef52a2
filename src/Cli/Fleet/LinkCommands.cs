using System.CommandLine;
using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>link</c>.</summary>
internal static class LinkCommands
{
    public static Command Make(Verbs verbs) => verbs.Noun(
        "link",
        Texts.Link,
        ListVerb.Make(
            verbs, ("list", Texts.LinkList), FleetListings.Links,
            (session, page, cancellation) => session.Client.GetLinksAsync(page, cancellation)),
        Add(verbs),
        Remove(verbs));

    private static Command Add(Verbs verbs)
    {
        var from = verbs.Argument<string>("FROM", Texts.LinkFrom);
        var to = verbs.Argument<string>("TO", Texts.LinkTo);
        var id = verbs.Option<string?>("--id", Texts.LinkId);
        var bandwidth = verbs.Required<string>("--bandwidth", Texts.BandwidthOption);
        var latency = verbs.Required<string>("--latency", Texts.LatencyOption);
        var price = verbs.WithDefault("--price-per-gigabyte", Texts.LinkPriceOption, 0m);
        var hours = verbs.Option<string?>("--price-by-hour", Texts.HoursOption);
        var maintenance = verbs.Option<string[]?>("--maintenance", Texts.MaintenanceOption);
        var oneWay = verbs.Option<bool>("--one-way", Texts.OneWayOption);
        return verbs.Verb(
            "add",
            Texts.LinkAdd,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var (left, right) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
                var name = parsed.GetValue(id) ?? $"{left}-{right}";
                var declaration = new LinkDeclaration(
                    left, right, Rate(session, parsed.GetRequiredValue(bandwidth)).BitsPerSecond,
                    Time(session, parsed.GetRequiredValue(latency)).Ticks / TimeSpan.TicksPerMicrosecond,
                    parsed.GetValue(price), BothWays: !parsed.GetValue(oneWay), Hours(session, parsed.GetValue(hours)),
                    Windows(session, parsed.GetValue(maintenance)));
                await session.Client.PutLinkAsync(name, declaration, cancellation);
                session.Say(Texts.Saved, name);
                return ExitCode.Done;
            },
            from, to, id, bandwidth, latency, price, hours, maintenance, oneWay);
    }

    private static Command Remove(Verbs verbs)
    {
        var id = verbs.Argument<string>("LINK", Texts.LinkId);
        return verbs.Verb(
            "remove",
            Texts.LinkRemove,
            async (session, cancellation) =>
            {
                await session.Client.RemoveLinkAsync(session.Parsed.GetRequiredValue(id), cancellation);
                session.Say(Texts.Removed, session.Parsed.GetRequiredValue(id));
                return ExitCode.Done;
            },
            id);
    }

    private static decimal[]? Hours(Session session, string? text)
    {
        if (text is null)
            return null;
        var prices = new List<decimal>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            prices.Add(decimal.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price)
                ? price
                : throw new CommandException(ExitCode.Usage, Texts.BadQuantity, part, Texts.ColumnPrice.In(session.Language), "0.05"));
        }

        return [.. prices];
    }

    private static MaintenanceTime[]? Windows(Session session, string[]? texts) =>
        texts is not { Length: > 0 } ? null : [.. texts.Select(text => text.Split('/') is [var from, var to]
            && Moment(from) is { } begin && Moment(to) is { } end
                ? new MaintenanceTime(begin, end)
                : throw new CommandException(
                    ExitCode.Usage, Texts.BadQuantity, text, Texts.MaintenanceWord.In(session.Language), "2026-12-01T22:00Z/2026-12-02T02:00Z"))];

    private static DateTimeOffset? Moment(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;

    internal static Bandwidth Rate(Session session, string text) =>
        Bandwidth.TryParse(text, out var rate) && rate > Bandwidth.Zero
            ? rate
            : throw new CommandException(
                ExitCode.Usage, Texts.BadQuantity, text, Texts.BandwidthWord.In(session.Language), "1Gbps");

    internal static TimeSpan Time(Session session, string text) =>
        Duration.TryParse(text, out var time)
            ? time
            : throw new CommandException(
                ExitCode.Usage, Texts.BadQuantity, text, Texts.DurationWord.In(session.Language), "5ms");
}
