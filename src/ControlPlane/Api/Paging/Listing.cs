using Microsoft.AspNetCore.Http;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>
/// A list that fits in memory and is sorted when asked for. Pages begin after an item, not at a count, so that what is
/// added meanwhile neither repeats nor hides an item.
/// </summary>
internal sealed class Listing<T>(string name, Func<T, string> idOf)
{
    private readonly Dictionary<string, Func<T, string>> _keys = new(StringComparer.Ordinal) { [name] = idOf };
    private readonly List<string> _sorts = [name];

    /// <summary>Adds a key to sort by, as text that sorts ordinally.</summary>
    public Listing<T> By(string key, Func<T, string> keyOf)
    {
        _keys.Add(key, keyOf);
        _sorts.Add(key);
        return this;
    }

    public IResult Page<TView>(ListQuery query, IEnumerable<T> items, Func<T, TView> view) =>
        Slice(query, items, out var refusal) is { } slice
            ? Results.Ok(new Rest.Page<TView>([.. slice.Items.Select(view)], slice.NextCursor))
            : refusal!;

    /// <summary>The items of the page; nothing, and the reason, when the query is not understood.</summary>
    public Slice<T>? Slice(ListQuery query, IEnumerable<T> items, out Refusal? refusal)
    {
        if (!query.TryRead(_sorts, out var page, out refusal))
            return null;

        var keyOf = _keys[page.Key];
        var order = page.IsDescending ? Descending : Ascending;
        var found = items
            .Select(item => (At: new Position(keyOf(item).Replace('\n', ' '), idOf(item)), Item: item))
            .Where(entry => page.After is null || order.Compare(entry.At, page.After) > 0)
            .OrderBy(entry => entry.At, order)
            .Take(page.Limit + 1)
            .ToList();
        var next = found.Count > page.Limit ? page.CursorAt(found[page.Limit - 1].At) : null;
        return new([.. found.Take(page.Limit).Select(entry => entry.Item)], next);
    }

    private static readonly Comparer<Position> Ascending = Comparer<Position>.Create(Compare);
    private static readonly Comparer<Position> Descending = Comparer<Position>.Create((left, right) => Compare(right, left));

    private static int Compare(Position left, Position right)
    {
        var byKey = string.CompareOrdinal(left.Key, right.Key);
        return byKey != 0 ? byKey : string.CompareOrdinal(left.Id, right.Id);
    }
}

/// <summary>The items of one page.</summary>
internal sealed record Slice<T>(IReadOnlyList<T> Items, string? NextCursor);
