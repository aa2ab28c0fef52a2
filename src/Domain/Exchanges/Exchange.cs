using MemoryPack;
using Meridian.Domain.Data;
using Meridian.Primitives;

namespace Meridian.Domain.Exchanges;

/// <summary>Which way an exchange goes.</summary>
public enum ExchangeDirection
{
    /// <summary>Out of an outside store into a depot.</summary>
    Import,

    /// <summary>Out of a depot into an outside store.</summary>
    Export,
}

/// <summary>Where an exchange stands.</summary>
public enum ExchangeState
{
    /// <summary>The depot is at it, or will be when its agent is back.</summary>
    Moving,

    /// <summary>Verified and whole where it was to be.</summary>
    Done,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Ended by its owner.</summary>
    Cancelled,
}

/// <summary>A place outside the domain. It holds no credential: the depot's operator does, and the order names which.</summary>
/// <param name="Url">The file, or the bucket and the beginning of its names, such as <c>s3://bucket/prefix</c>.</param>
/// <param name="Endpoint">Where an S3-compatible store answers, or empty where the depot's settings say so.</param>
/// <param name="Store">The name under which the depot's operator keeps the store's credential, or empty for none.</param>
[MemoryPackable]
public sealed partial record OutsidePlace(string Url, string Endpoint, string Store);

/// <summary>What was asked for.</summary>
/// <param name="Direction">Which way.</param>
/// <param name="Project">Whose data it is.</param>
/// <param name="User">Who asked.</param>
/// <param name="Dataset">The dataset that is made, or sent out.</param>
/// <param name="Version">The version that is sent out; 0 for an import.</param>
/// <param name="Place">The place outside.</param>
/// <param name="Sha256">What the one file imported must hash to, in hexadecimal, or empty.</param>
/// <param name="Sovereignty">The law that an import comes under, or empty for none.</param>
/// <param name="IdempotencyKey">The hash of the caller's key: the same key makes one exchange; empty for none.</param>
[MemoryPackable]
public sealed partial record ExchangeRequest(
    ExchangeDirection Direction, ProjectId Project, string User, DatasetId Dataset, int Version, OutsidePlace Place,
    string Sha256, string Sovereignty, SecretHash IdempotencyKey);

/// <summary>A dataset on its way between a depot and a store outside the domain. The bytes go straight from one to the other.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Node">The depot.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Content">What came or went, once it is done; of an export the whole version's size and files.</param>
/// <param name="Version">The dataset's version that it made or sent; 0 for an import that is not done.</param>
/// <param name="SubmittedAt">When it was taken in.</param>
/// <param name="EndedAt">When it was over.</param>
/// <param name="Reason">Why it failed, or nothing.</param>
[MemoryPackable]
public sealed partial record Exchange(
    long Id, ExchangeRequest Request, NodeId Node, ExchangeState State, DatasetPart Content, int Version,
    [property: CanonicalTime] DateTimeOffset SubmittedAt, [property: CanonicalOptionalTime] DateTimeOffset? EndedAt, Reason? Reason)
{
    /// <summary>Whether it is not over.</summary>
    [MemoryPackIgnore]
    public bool IsOpen => State == ExchangeState.Moving;
}

/// <summary>An exchange was taken in.</summary>
[MemoryPackable]
public sealed partial record ExchangeOrdered(Exchange Exchange) : DomainEvent;

/// <summary>An exchange is over.</summary>
[MemoryPackable]
public sealed partial record ExchangeEnded(
    long Exchange, ExchangeState State, DatasetPart Content, int Version, Reason? Reason, [property: CanonicalTime] DateTimeOffset At) : DomainEvent;

/// <summary>Lets a depot fetch a dataset from outside, or send one out.</summary>
[MemoryPackable]
public sealed partial record OrderExchange(ExchangeRequest Request, NodeId Node) : DomainCommand;

/// <summary>Ends an exchange. What an import has brought so far goes; what an export has written stays.</summary>
[MemoryPackable]
public sealed partial record CancelExchange(long Exchange) : DomainCommand;

/// <summary>A depot says how an exchange ended: with its content, or with the reason why it failed.</summary>
[MemoryPackable]
public sealed partial record ReportExchange(long Exchange, NodeId Node, DatasetPart Content, Reason? Failure) : DomainCommand;
