using System.Collections.Concurrent;
using Meridian.ControlPlane.Api;
using Meridian.Domain;
using Meridian.Protocol.Rest;

namespace Meridian.Tests.Api;

/// <summary>The seams of the interface: tickets that name what they are for, logs in a folder, depots that tell the truth.</summary>
internal sealed class FakeSeams(string folder) : ITicketIssuer, IJoinTokens, IAttemptLogs, INodeLoads, IUploadProof, ICircuitReports, IFetchProgress, IExchangeProgress
{
    private readonly ConcurrentDictionary<AttemptId, bool> _complete = new();

    /// <summary>What depots hold.</summary>
    public ConcurrentDictionary<(NodeId Node, ContentRoot Root), bool> Held { get; } = new();

    public string AuthorityPem => "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";

    public DownloadTicket ForRead(ContentRoot root, NodeId node, DateTimeOffset now) =>
        new(root.Value, "https://depot/", $"read {root} at {node}", node.Value, node.Site.Value, now.AddMinutes(15));

    public UploadTicket ForWrite(NodeId node, ContentRoot root, long bytesMax, DateTimeOffset now) =>
        new("https://depot/", $"write {root} at {node} up to {bytesMax}", node.Value, now.AddMinutes(15));

    public (string Text, SecretHash Secret) Create(SiteId site, DateTimeOffset expiresAt) =>
        ("mjt1." + site, TokenSecret.Hash("join " + site));

    public string CommandFor(string text) => "meridian agent join " + text;

    public string? PathOf(AttemptId attempt) => Path.Combine(folder, $"{attempt.Job}-{attempt.Task}-{attempt.Number}.log");

    public bool IsComplete(AttemptId attempt) => _complete.ContainsKey(attempt);

    public double LoadShare(NodeId node) => 0.25;

    public DateTimeOffset LastSeen(NodeId node) => DateTimeOffset.UnixEpoch;

    public bool IsConnected(NodeId node) => true;

    public ValueTask<bool> HoldsAsync(NodeId node, ContentRoot root, CancellationToken cancellation) =>
        ValueTask.FromResult(Held.ContainsKey((node, root)));

    /// <summary>How circuits stand.</summary>
    public ConcurrentDictionary<long, CircuitStanding> Circuits { get; } = new();

    public CircuitStanding? Of(NodeId sender, long transfer) => Circuits.GetValueOrDefault(transfer);

    public (long BytesDone, long BitsPerSecond)? Of(long fetch) => (BytesDone: 7, BitsPerSecond: 8);

    (long BytesDone, long BytesTotal, long BitsPerSecond)? IExchangeProgress.Of(long exchange) => (BytesDone: 7, BytesTotal: 9, BitsPerSecond: 8);

    /// <summary>Lengthens the log of an attempt, as an agent does.</summary>
    public void Write(AttemptId attempt, string text, bool isEnd = false)
    {
        using (var file = new FileStream(PathOf(attempt)!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        if (isEnd)
            _complete[attempt] = true;
    }
}

/// <summary>A clock that a test moves on; its timers are the machine's.</summary>
internal sealed class MovableTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
