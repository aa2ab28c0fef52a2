using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Follows a list from page to page, up to a limit.</summary>
internal static class Paging
{
    /// <summary>The most entries unless a person asks for more.</summary>
    public const int CountUsual = 500;

    private const int PageSize = 200;

    /// <summary>The entries, and whether there are more.</summary>
    public static async Task<(List<T> Items, bool HasMore)> CollectAsync<T>(
        Func<PageRequest, Task<Page<T>>> fetch, int countMax)
    {
        var items = new List<T>();
        string? cursor = null;
        do
        {
            var page = await fetch(new(cursor, Math.Min(PageSize, Math.Max(1, countMax - items.Count))));
            items.AddRange(page.Items);

            // A server that repeats itself would keep us here for ever.
            if (page.Items.Count == 0 || string.Equals(cursor, page.NextCursor, StringComparison.Ordinal))
                return (items, HasMore: false);
            cursor = page.NextCursor;
        }
        while (cursor is not null && items.Count < countMax);

        return (items, cursor is not null);
    }
}
