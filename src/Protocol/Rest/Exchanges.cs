namespace Meridian.Protocol.Rest;

/// <summary>
/// Asks for a dataset to be fetched from outside the domain (import) to a site, or sent out (export). Url: https://host/path/file, or
/// s3://bucket/prefix with the endpoint of an S3-compatible store, unless the store says it.
/// Store names a credential that the depot's operator keeps; no address holds one. Version null is the newest. Sha256 is of the
/// one file of an import over HTTP. Site is a site or one of its agents (site/pool/node), and may be empty for an export.
/// </summary>
public sealed record ExchangeWish(
    string Direction, string Dataset, string Project, int? Version, string Site, string Url, string? Endpoint, string? Store,
    string? Sha256, string? Sovereignty);

/// <summary>
/// A dataset on its way between a depot and a store outside. State: moving, done, failed, cancelled. Bytes is 0 while an import's
/// size is not known; version is 0 until an import has made one.
/// </summary>
public sealed record ExchangeView(
    long Id, string Direction, string Dataset, int Version, string Site, string Node, string Url, string Endpoint, string Store,
    string State, long Bytes, long BytesDone, long BitsPerSecond, int Files, string Owner, DateTimeOffset SubmittedAt,
    DateTimeOffset? FinishedAt, string? Reason);
