using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Meridian.JobFiles;

/// <summary>Collects the faults of one file, up to a limit.</summary>
internal sealed class Faults(string file)
{
    /// <summary>A hostile file is not answered with a report of its own size.</summary>
    private const int CountMax = 100;

    private readonly List<Diagnostic> _found = [];

    public bool IsEmpty => _found.Count == 0;

    public void Add(Place at, Words message, Words hint)
    {
        if (_found.Count >= CountMax)
            return;

        _found.Add(new(
            file, at.Line, at.Column, message.English, message.Chinese, hint.English, hint.Chinese));
    }

    public ImmutableArray<Diagnostic> InOrder() =>
        [.. _found.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];
}

/// <summary>A place in a file; both numbers count from 1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Place(long Line, long Column);
