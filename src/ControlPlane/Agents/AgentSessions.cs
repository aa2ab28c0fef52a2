using System.Collections.Concurrent;
using Meridian.Domain;
using Meridian.Primitives;
using Meridian.Protocol.Agents;

namespace Meridian.ControlPlane.Agents;

/// <summary>The open lines to agents, and what they last said in passing.</summary>
public sealed class AgentSessions
{
    private readonly ConcurrentDictionary<NodeId, AgentSession> _open = new();
    private readonly ConcurrentDictionary<NodeId, (Load Load, DateTimeOffset At)> _loads = new();

    /// <summary>Whether the agent's line is open.</summary>
    public bool IsConnected(NodeId node) => _open.ContainsKey(node);

    /// <summary>The load that the agent last reported, and when; nothing before its first report.</summary>
    public (Load Load, DateTimeOffset At)? LoadOf(NodeId node) =>
        _loads.TryGetValue(node, out var known) ? known : null;

    /// <summary>Opens a line; an older one of the same agent is cut.</summary>
    internal void Open(AgentSession session)
    {
        AgentSession? before = null;
        _open.AddOrUpdate(session.Node, session, (_, old) =>
        {
            before = old;
            return session;
        });
        before?.Cut(Reason.Of("line-replaced"));
    }

    /// <summary>Closes a line, unless a newer one has taken its place. Says whether it was the newest.</summary>
    internal bool Close(AgentSession session) => _open.TryRemove(new(session.Node, session));

    internal void Note(NodeId node, Load load, DateTimeOffset at) => _loads[node] = (load, at);
}
