using System.Security.Cryptography;
using Meridian.Primitives;

namespace Meridian.Depot;

/// <summary>What a depot serves, to whom, and how much at once.</summary>
public sealed record DepotOptions
{
    /// <summary>The site of this depot: tickets for another one are refused.</summary>
    public required string Site { get; init; }

    /// <summary>The control plane's public key on P-256, as SubjectPublicKeyInfo, asked for at each request.</summary>
    public required Func<ReadOnlyMemory<byte>> TicketKey { get; init; }

    /// <summary>The most requests that are served at once, 1 to 1024; 32 unless stated.</summary>
    public int RequestCountMax { get; init; } = 32;

    /// <summary>
    /// The most requests that wait for their turn, 0 to 4096; 64 unless stated. Further ones are told to come later.
    /// </summary>
    public int WaitingCountMax { get; init; } = 64;

    /// <summary>The faults of the options, none when they are good.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Names.IsValid(Site))
            yield return "The depot's site is " + Names.Rule + ".";
        if (RequestCountMax is < 1 or > 1024)
            yield return "The depot serves 1 to 1024 requests at once.";
        if (WaitingCountMax is < 0 or > 4096)
            yield return "The depot lets 0 to 4096 requests wait.";
    }

    internal ECDsa ImportTicketKey()
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(TicketKey().Span, out _);
        return key;
    }
}
