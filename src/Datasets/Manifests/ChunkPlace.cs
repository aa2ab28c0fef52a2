using System.Runtime.InteropServices;

namespace Meridian.Datasets;

/// <summary>Where a chunk occurs first in a dataset.</summary>
/// <param name="ChunkIndex">Its index among the distinct chunks.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="EntryIndex">The index of the file's entry.</param>
/// <param name="Offset">Where in the file it begins, in bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ChunkPlace(int ChunkIndex, int SizeBytes, int EntryIndex, long Offset);
