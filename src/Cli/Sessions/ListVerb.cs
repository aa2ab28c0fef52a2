using System.CommandLine;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verb <c>list</c> of every noun: paged, watched, and in every form.</summary>
internal static class ListVerb
{
    public static Command Make<T>(
        Verbs verbs,
        (string Name, Phrase Help) title,
        Listing<T> listing,
        Func<Session, PageRequest, CancellationToken, Task<Page<T>>> fetch,
        params ReadOnlySpan<Symbol> parts)
    {
        var watch = verbs.Option<bool>("--watch", Texts.WatchOption, "-w");
        var limit = verbs.WithDefault("--limit", Texts.LimitOption, Paging.CountUsual);
        return verbs.Verb(
            title.Name,
            title.Help,
            async (session, cancellation) =>
            {
                if (session.Parsed.GetValue(watch))
                    await Watching.RunAsync(session.Context, to => ShowAsync(session, to, cancellation), cancellation);
                else
                    await ShowAsync(session, session.Context.Out, cancellation);
                return ExitCode.Done;
            },
            [.. parts, watch, limit]);

        async Task<bool> ShowAsync(Session session, TextWriter to, CancellationToken cancellation)
        {
            var countMax = Math.Max(1, session.Parsed.GetValue(limit));
            var (items, hasMore) = await Paging.CollectAsync(page => fetch(session, page, cancellation), countMax);
            session.Printer.To(to).List(items, listing);
            if (items.Count == 0 && session.Printer.IsTable)
                session.Say(Texts.NothingThere);
            if (hasMore)
                session.Say(Texts.MoreItems, items.Count);
            return true;
        }
    }
}
