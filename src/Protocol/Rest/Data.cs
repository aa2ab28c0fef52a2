namespace Meridian.Protocol.Rest;

public sealed record DatasetView(
    string Name, string Project, int Version, string Root, long Bytes, int Files, string Sovereignty,
    IReadOnlyList<string> Sites, DateTimeOffset CreatedAt, string Origin);

/// <summary>Asks where to send a dataset's chunks. Root is known before the upload begins.</summary>
public sealed record UploadRequest(string Name, string Project, string Site, string Root, long Bytes, int Files, string Sovereignty);

public sealed record UploadTicket(string DepotUrl, string Ticket, string AgentId, DateTimeOffset ExpiresAt);

/// <summary>Says that the depot holds the whole dataset; it becomes the next version of its name.</summary>
public sealed record UploadCommit(string Name, string Project, string Site, string Root, long Bytes, int Files, string Sovereignty);

public sealed record DownloadTicket(string Root, string DepotUrl, string Ticket, string AgentId, string Site, DateTimeOffset ExpiresAt);
