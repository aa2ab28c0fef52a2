using Meridian.Domain.Sites;
using Meridian.Primitives;

namespace Meridian.Scheduling.Quick;

/// <summary>A pool of like nodes, as the quick path keeps it.</summary>
/// <param name="Pool">The pool; its identity names its site.</param>
/// <param name="NodeCount">How many nodes it has, from 1.</param>
/// <param name="Node">What each node has, accelerators aside.</param>
/// <param name="Accelerators">The accelerators of each node, or nothing.</param>
public sealed record QuickPool(Pool Pool, int NodeCount, Capacity Node, QuickAccelerators? Accelerators);

/// <summary>The like accelerators of a node.</summary>
/// <param name="Model">The model.</param>
/// <param name="Class">The class, such as <c>gpu</c> or <c>npu</c>.</param>
/// <param name="Memory">The memory of each.</param>
/// <param name="Count">How many a node has, from 1 to <see cref="QuickPath.AcceleratorsPerNodeMax"/>.</param>
public sealed record QuickAccelerators(string Model, string Class, DataSize Memory, int Count);
