using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace Meridian.ControlPlane.Api;

/// <summary>Which page of a list is asked for.</summary>
internal sealed record ListQuery(
    [FromQuery(Name = "cursor")] string? Cursor, [FromQuery(Name = "limit")] int? Limit, [FromQuery(Name = "sort")] string? Sort)
{
    public const int LimitDefault = 50;
    public const int LimitMax = 500;

    private const int CursorLengthMax = 1024;

    /// <summary>The page, or why there is none.</summary>
    /// <param name="sorts">The keys that the list can be sorted by; the first one is used when none is named.</param>
    /// <param name="page">The page.</param>
    /// <param name="refusal">Why not.</param>
    public bool TryRead(
        IReadOnlyCollection<string> sorts, [NotNullWhen(true)] out PageStart? page, [NotNullWhen(false)] out Refusal? refusal)
    {
        (page, refusal) = (null, null);
        var sort = string.IsNullOrEmpty(Sort) ? sorts.First() : Sort;
        var key = sort.TrimStart('-');
        if (sort.Length - key.Length > 1 || !sorts.Any(s => string.Equals(s.TrimStart('-'), key, StringComparison.Ordinal)))
            refusal = Refusal.Of(
                "bad-sort", $"This list is sorted by {Known(sorts)}, with '-' in front for the reverse.",
                $"此列表可按 {Known(sorts)} 排序，前加“-”表示逆序。");
        else if (Limit is < 1)
            refusal = Refusal.Of("bad-limit", $"The limit goes from 1 to {LimitMax}.", $"数量须在 1 至 {LimitMax} 之间。");
        else if (!TryReadCursor(sort, out var after))
            refusal = Refusal.Of(
                "bad-cursor", "The cursor is not one that this list gave in this order: begin again without it.",
                "游标不是此列表以此顺序给出的：请不带游标重新开始。");
        else
            page = new(sort, key, sort.StartsWith('-'), Math.Min(Limit ?? LimitDefault, LimitMax), after);
        return refusal is null;
    }

    private static string Known(IEnumerable<string> sorts) => string.Join(", ", sorts.Select(s => s.TrimStart('-')));

    private bool TryReadCursor(string sort, out Position? after)
    {
        after = null;
        if (string.IsNullOrEmpty(Cursor))
            return true;
        if (Cursor.Length > CursorLengthMax || !Base64Url.IsValid(Cursor))
            return false;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Cursor)).Split('\n');
        if (parts.Length != 3 || !string.Equals(parts[0], sort, StringComparison.Ordinal))
            return false;
        after = new(parts[1], parts[2]);
        return true;
    }
}

/// <summary>Where an item stands in its list: its key, and its identity among equal keys.</summary>
internal sealed record Position(string Key, string Id);

/// <summary>Where a page begins and how long it is.</summary>
/// <param name="Sort">The order, as it was asked for.</param>
/// <param name="Key">The key of the order.</param>
/// <param name="IsDescending">Whether the largest key comes first.</param>
/// <param name="Limit">The most items.</param>
/// <param name="After">The last item of the page before, or nothing.</param>
internal sealed record PageStart(string Sort, string Key, bool IsDescending, int Limit, Position? After)
{
    public string CursorAt(Position last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Sort}\n{last.Key.Replace('\n', ' ')}\n{last.Id}"));
}
