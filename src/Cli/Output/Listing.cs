using System.Collections.Immutable;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>A column of a table.</summary>
internal sealed record Column<T>(Phrase Head, Func<T, string?> Cell)
{
    /// <summary>Whether only the wide form shows it.</summary>
    public bool IsWide { get; init; }

    /// <summary>Whether the cell is one of the server's codes, to be shown as a word.</summary>
    public bool IsWord { get; init; }
}

/// <summary>How things of a kind are listed: their names, and their columns.</summary>
internal sealed class Listing<T>(Func<T, string> name, params ReadOnlySpan<Column<T>> columns)
{
    public Func<T, string> Name => name;

    public ImmutableArray<Column<T>> Columns { get; } = [.. columns];
}
