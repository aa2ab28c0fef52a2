using System.Globalization;

namespace Meridian.ControlPlane.Api;

/// <summary>A long list of numbered things, read from where the page begins; the newest come first unless asked otherwise.</summary>
internal static class NumberedListing
{
    /// <summary>What one request may look through; a page may come short, with a cursor to go on.</summary>
    private const int LookedAtMax = 100_000;

    /// <summary>Walks the list.</summary>
    /// <param name="query">Which page.</param>
    /// <param name="sorts">The names of the one order.</param>
    /// <param name="from">The entries from a number on (inclusive), upwards or downwards.</param>
    /// <param name="isWanted">Whether an entry belongs to the list.</param>
    /// <param name="refusal">Why there is no page.</param>
    public static Slice<KeyValuePair<long, T>>? Slice<T>(
        ListQuery query, IReadOnlyCollection<string> sorts, Func<long?, bool, IEnumerable<KeyValuePair<long, T>>> from,
        Func<T, bool> isWanted, out Refusal? refusal)
    {
        if (!query.TryRead(sorts, out var page, out refusal))
            return null;
        long? begin = null;
        if (page.After is { } after)
        {
            if (!long.TryParse(after.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            {
                refusal = Refusal.Of("bad-cursor", "The cursor is not of this list: begin again without it.", "游标不属于此列表：请重新开始。");
                return null;
            }

            begin = page.IsDescending ? last - 1 : last + 1;
        }

        return Walk(page, from(begin, page.IsDescending), isWanted);
    }

    private static Slice<KeyValuePair<long, T>> Walk<T>(
        PageStart page, IEnumerable<KeyValuePair<long, T>> entries, Func<T, bool> isWanted)
    {
        var found = new List<KeyValuePair<long, T>>();
        var lookedAt = 0;
        long before = 0;
        foreach (var entry in entries)
        {
            if (lookedAt++ == LookedAtMax || found.Count == page.Limit)
                return new(found, page.CursorAt(new("", before.ToString(CultureInfo.InvariantCulture))));
            before = entry.Key;
            if (isWanted(entry.Value))
                found.Add(entry);
        }

        return new(found, NextCursor: null);
    }
}
