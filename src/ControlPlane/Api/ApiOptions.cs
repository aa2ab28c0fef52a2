namespace Meridian.ControlPlane.Api;

/// <summary>What the REST interface is told at start.</summary>
public sealed record ApiOptions
{
    /// <summary>The domain's name, as <c>whoami</c> and <c>version</c> tell it.</summary>
    public required string DomainName { get; init; }

    /// <summary>The product's version.</summary>
    public required string Version { get; init; }

    /// <summary>Event streams and followed logs that one token may hold open. Default 50.</summary>
    public int FollowersMax { get; init; } = 50;

    /// <summary>The pause after which a silent event stream says that it lives. Default 15 seconds.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a followed log is looked at. Default 250 milliseconds.</summary>
    public TimeSpan LogPoll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a followed log waits for the rest of an attempt that ended. Default 10 seconds.</summary>
    public TimeSpan LogGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an upload may take from its first ticket. Default 24 hours.</summary>
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromHours(24);
}
