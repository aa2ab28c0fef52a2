using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>A store whose credential the depot's operator keeps.</summary>
/// <param name="Name">The name that orders use.</param>
/// <param name="Endpoint">Where it answers; the credential is shown nowhere else.</param>
/// <param name="Projects">The projects that may use it; <c>*</c> for all.</param>
public sealed record OutsideStore(string Name, Uri Endpoint, IReadOnlyList<string> Projects)
{
    /// <summary>The value of the header <c>Authorization</c> for a store of plain HTTP, or nothing.</summary>
    public string? Authorization { get; init; }

    /// <summary>The region of stores that do not say which.</summary>
    public const string RegionUsual = "us-east-1";

    /// <summary>The key pair of an S3-compatible store, or nothing.</summary>
    public S3Key? Key { get; init; }

    /// <summary>The region that an S3-compatible store signs for.</summary>
    public string Region { get; init; } = RegionUsual;

    /// <summary>The only buckets that may be used; empty for all that the key opens.</summary>
    public IReadOnlyList<string> Buckets { get; init; } = [];

    /// <summary>Whether the bucket may be used.</summary>
    public bool HasBucket(string bucket) => Buckets.Count == 0 || Buckets.Contains(bucket, StringComparer.Ordinal);

    /// <summary>Whether the address lies in the store: the same scheme, host and port, below its path.</summary>
    public bool Covers(Uri url) =>
        Uri.Compare(url, Endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
        && url.AbsolutePath.StartsWith(Endpoint.AbsolutePath, StringComparison.Ordinal)
        && (Endpoint.AbsolutePath.EndsWith('/') || url.AbsolutePath.Length == Endpoint.AbsolutePath.Length || url.AbsolutePath[Endpoint.AbsolutePath.Length] == '/');
}

/// <summary>
/// Where a depot may go outside the domain, and with which credentials, as its operator says in a file of JSON. By default every
/// host of the open Internet may be reached, and no address of a loopback, link-local or private network: those only by their name.
/// </summary>
public sealed class OutsideSettings
{
    private const string Wildcard = "*.";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly ImmutableArray<string> _allowed;
    private readonly bool _isOnlyAllowed;

    private OutsideSettings(ImmutableArray<string> allowed, bool isOnlyAllowed, ImmutableArray<OutsideStore> stores) =>
        (_allowed, _isOnlyAllowed, Stores) = (allowed, isOnlyAllowed, stores);

    /// <summary>What holds where the operator has said nothing.</summary>
    public static OutsideSettings Default { get; } = new([], isOnlyAllowed: false, []);

    /// <summary>The stores, in the order of the file.</summary>
    public ImmutableArray<OutsideStore> Stores { get; }

    /// <summary>The folders of this machine that may be read and written; none unless the operator says so.</summary>
    public ImmutableArray<OutsideFolder> Folders { get; private init; } = [];

    /// <summary>
    /// Reads the file; without one, the default holds. A file with a credential must be its owner's alone. A credential may also be
    /// in the environment, as <c>MERIDIAN_STORE_NAME_AUTHORIZATION</c>, <c>…_ACCESS_KEY</c> and <c>…_SECRET_KEY</c>, with hyphens written as
    /// underscores.
    /// </summary>
    /// <exception cref="OutsideException">It cannot be read, or others may read its secrets.</exception>
    public static OutsideSettings Read(string path, Func<string, string?> environment)
    {
        if (!File.Exists(path))
            return Default;
        try
        {
            var document = JsonSerializer.Deserialize<Document>(File.ReadAllBytes(path), Json) ?? new();
            if (document.Stores.Any(s => s.HasSecret) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~TreeFolders.Private) != 0)
                throw Bad($"'{Path.GetFileName(path)}' holds credentials and may be read by others: chmod 600 it");
            return new([.. document.Allow], document.OnlyAllowed, [.. document.Stores.Select(s => s.ToStore(environment))])
            {
                Folders = [.. document.Folders.Select(f => f.ToFolder())],
            };
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new OutsideException(Reason.Of("outside-settings", fault.Message), fault);
        }
    }

    /// <summary>The store of the name, if the project may use it.</summary>
    /// <exception cref="OutsideException">There is none.</exception>
    public OutsideStore StoreFor(string name, string project) =>
        Stores.FirstOrDefault(s => s.Name == name && (s.Projects.Contains(project, StringComparer.Ordinal) || s.Projects.Contains("*", StringComparer.Ordinal)))
        ?? throw OutsideException.Of("outside-store", name);

    /// <summary>Whether the host may be asked for at all.</summary>
    public bool MayName(DnsEndPoint host) => !_isOnlyAllowed || IsNamed(host) || _allowed.Any(entry => IsBelow(entry, host.Host));

    /// <summary>Whether the operator has named this very host, wherever it lies: then it may be an inner address.</summary>
    public bool IsNamed(DnsEndPoint host) =>
        _allowed.Any(entry => IsHost(entry, host)) || Stores.Any(s => IsSame(s.Endpoint.IdnHost, host.Host) && s.Endpoint.Port == host.Port);

    private static bool IsHost(string entry, DnsEndPoint host)
    {
        var port = entry.LastIndexOf(':');
        return port > 0 && int.TryParse(entry.AsSpan(port + 1), out var number) && !entry.EndsWith(']')
            ? number == host.Port && IsSame(entry[..port], host.Host)
            : IsSame(entry, host.Host);
    }

    private static bool IsSame(string left, string right) => string.Equals(left.Trim('[', ']'), right.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string entry, string host) =>
        entry.StartsWith(Wildcard, StringComparison.Ordinal) && host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase);

    private static OutsideException Bad(string what) => OutsideException.Of("outside-settings", what);

    private sealed record Document
    {
        public IReadOnlyList<string> Allow { get; init; } = [];

        public bool OnlyAllowed { get; init; }

        public IReadOnlyList<StoreLine> Stores { get; init; } = [];

        public IReadOnlyList<FolderLine> Folders { get; init; } = [];
    }

    private sealed record FolderLine
    {
        public string Path { get; init; } = "";

        public IReadOnlyList<string> Projects { get; init; } = [];

        public OutsideFolder ToFolder()
        {
            if (!System.IO.Path.IsPathFullyQualified(Path) || Projects.Count == 0)
                throw Bad($"the folder '{Path}' is no whole path, or names no projects that may use it");
            return new(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)), Projects);
        }
    }

    private sealed record StoreLine
    {
        public string Name { get; init; } = "";

        public string Endpoint { get; init; } = "";

        public IReadOnlyList<string> Projects { get; init; } = [];

        public string? Authorization { get; init; }

        public string? AccessKey { get; init; }

        public string? SecretKey { get; init; }

        public string Region { get; init; } = OutsideStore.RegionUsual;

        public IReadOnlyList<string> Buckets { get; init; } = [];

        [JsonIgnore]
        public bool HasSecret => Authorization is not null || SecretKey is not null;

        public OutsideStore ToStore(Func<string, string?> environment)
        {
            if (!Names.IsValid(Name))
                throw Bad($"the store's name '{Name}' is not allowed");
            if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
                throw Bad($"the endpoint of the store '{Name}' is not an address such as https://host/path");
            if (Projects.Count == 0)
                throw Bad($"the store '{Name}' names no projects that may use it");
            var prefix = $"MERIDIAN_STORE_{Name.Replace('-', '_').ToUpperInvariant()}_";
            var (access, secret) = (AccessKey ?? environment(prefix + "ACCESS_KEY"), SecretKey ?? environment(prefix + "SECRET_KEY"));
            if (access is null != secret is null)
                throw Bad($"the store '{Name}' has one half of a key pair only");
            return new(Name, url, Projects)
            {
                Authorization = Authorization ?? environment(prefix + "AUTHORIZATION"),
                Key = access is null ? null : new(access, secret!),
                Region = Region,
                Buckets = Buckets,
            };
        }
    }
}
