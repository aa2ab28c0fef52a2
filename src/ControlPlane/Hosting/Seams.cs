using Meridian.ControlPlane.Agents;
using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Security;
using Meridian.Domain;

namespace Meridian.ControlPlane.Hosting;

/// <summary>Join tokens for the API.</summary>
internal sealed class JoinTokenMaker(Authority authority, ControlPlaneOptions options) : IJoinTokens
{
    public (string Text, SecretHash Secret) Create(SiteId site, DateTimeOffset expiresAt) =>
        JoinTokenText.Create(options.AgentUrl ?? $"https://{options.AgentListen}", authority.Fingerprint, site);

    public string CommandFor(string text) => $"meridian agent join {text}";
}

/// <summary>Logs for the API.</summary>
internal sealed class LogFiles(AttemptLogs logs) : IAttemptLogs
{
    public string? PathOf(AttemptId attempt) => logs.PathOf(attempt);

    public bool IsComplete(AttemptId attempt) => logs.IsComplete(attempt);
}

/// <summary>What agents say in passing, for the API.</summary>
internal sealed class NodeLoads(AgentSessions sessions) : INodeLoads
{
    public double LoadShare(NodeId node) => sessions.LoadOf(node)?.Load.CpuUsedShare ?? 0;

    public DateTimeOffset LastSeen(NodeId node) => sessions.LoadOf(node)?.At ?? DateTimeOffset.MinValue;

    public bool IsConnected(NodeId node) => sessions.IsConnected(node);
}
