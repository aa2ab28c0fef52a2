using Meridian.Domain;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Signs the tickets that depots honour.</summary>
public interface ITicketIssuer
{
    /// <summary>The certificate of the domain's authority, in PEM.</summary>
    string AuthorityPem { get; }

    /// <summary>A ticket to read one root at a node's depot.</summary>
    Rest.DownloadTicket ForRead(ContentRoot root, NodeId node, DateTimeOffset now);

    /// <summary>A ticket to store one root at a node's depot.</summary>
    Rest.UploadTicket ForWrite(NodeId node, ContentRoot root, long bytesMax, DateTimeOffset now);
}

/// <summary>Makes the texts of join tokens.</summary>
public interface IJoinTokens
{
    /// <summary>A new token for the site, and the hash under which the writer knows it.</summary>
    (string Text, SecretHash Secret) Create(SiteId site, DateTimeOffset expiresAt);

    /// <summary>The command that an operator of the site types, such as <c>meridian agent join TOKEN</c>.</summary>
    string CommandFor(string text);
}

/// <summary>Where the logs of attempts lie.</summary>
public interface IAttemptLogs
{
    /// <summary>The log's file; it may not exist yet. Null where logs of this attempt are never kept here.</summary>
    string? PathOf(AttemptId attempt);

    /// <summary>Whether the agent said that the log is whole, and all of it is here.</summary>
    bool IsComplete(AttemptId attempt);
}

/// <summary>What agents say in passing; it is not in the journal.</summary>
public interface INodeLoads
{
    /// <summary>The share of the node's processors in use, from 0 to 1; 0 when unknown.</summary>
    double LoadShare(NodeId node);

    /// <summary>When the agent was last heard; the smallest time when never.</summary>
    DateTimeOffset LastSeen(NodeId node);

    /// <summary>Whether the agent's line is open.</summary>
    bool IsConnected(NodeId node);
}

/// <summary>How far fetches have come; it is not in the journal.</summary>
public interface IFetchProgress
{
    /// <summary>What is there and how fast more comes; nothing where the agent said nothing lately.</summary>
    (long BytesDone, long BitsPerSecond)? Of(long fetch);
}

/// <summary>How far exchanges with the world outside have come; it is not in the journal.</summary>
public interface IExchangeProgress
{
    /// <summary>What is done, of how much (0 where that is not known yet), and how fast; nothing where the agent said nothing lately.</summary>
    (long BytesDone, long BytesTotal, long BitsPerSecond)? Of(long exchange);
}

/// <summary>
/// Asks a depot what it holds. A root must not be registered on a caller's word: who registers another tenant's root
/// could download it.
/// </summary>
public interface IUploadProof
{
    /// <summary>Whether the node's depot holds the content whole, and this ticketed upload brought it.</summary>
    ValueTask<bool> HoldsAsync(NodeId node, ContentRoot root, CancellationToken cancellation);
}

/// <summary>How a circuit stands at its sender.</summary>
public sealed record CircuitStanding(
    string Driver, bool IsInForce, long BitsPerSecond, string Path, string Code, string About, int MendedCount, DateTimeOffset At);

/// <summary>What agents say of the circuits that leave them; it is not in the journal.</summary>
public interface ICircuitReports
{
    /// <summary>How the circuit of the number stands; nothing when the sender has not said.</summary>
    CircuitStanding? Of(NodeId sender, long circuit);
}
