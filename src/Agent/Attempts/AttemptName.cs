using Meridian.Protocol.Agents;

namespace Meridian.Agent.Attempts;

/// <summary>An attempt's identity as a value, in the order of job, task and number.</summary>
internal readonly record struct AttemptName(long Job, int Task, int Number) : IComparable<AttemptName>
{
    public int CompareTo(AttemptName other) => (Job, Task, Number).CompareTo((other.Job, other.Task, other.Number));

    internal static AttemptName Of(AttemptKey key) => new(key.Job, key.Task, key.Attempt);

    internal AttemptKey ToKey() => new() { Job = Job, Task = Task, Attempt = Number };
}
