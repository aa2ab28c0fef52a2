using Meridian.Agent.Attempts;

namespace Meridian.Simulation.Disks;

/// <summary>An agent's record file: what was not flushed may be lost with the agent, from some record on.</summary>
internal sealed class SimulatedRecords
{
    private readonly List<AgentRecord> _durable = [];
    private readonly List<AgentRecord> _unflushed = [];

    internal bool IsLong => _durable.Count > 100;

    internal void Append(AgentRecord record) => _unflushed.Add(record);

    internal void Flush()
    {
        _durable.AddRange(_unflushed);
        _unflushed.Clear();
    }

    /// <summary>The agent ends; so many of the unflushed records had reached the disk by themselves.</summary>
    internal void Crash(double share)
    {
        _durable.AddRange(_unflushed.Take((int)(share * (_unflushed.Count + 1))));
        _unflushed.Clear();
    }

    /// <summary>What the disk holds; the file is then written anew with what still matters.</summary>
    internal List<AgentRecord> Read() => [.. _durable];

    internal void Rewrite(IEnumerable<AgentRecord> records)
    {
        var kept = records.ToList();
        _durable.Clear();
        _unflushed.Clear();
        _durable.AddRange(kept);
    }
}
