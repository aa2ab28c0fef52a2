using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Agent.Circuits;

/// <summary>
/// The part of the IPv6 address space that is a node's in segment routing (RFC 8986). Below it the node answers three
/// segments: one that sends packets on to the next segment, and two that take them out, of IPv4 and of IPv6.
/// </summary>
/// <param name="Network">The locator, such as <c>fc00:b::/64</c>.</param>
public readonly record struct SegmentLocator(IPNetwork Network)
{
    // The last 16 bits say what is to be done.
    private const int PrefixLengthMax = 112;
    private const ushort OnwardFunction = 1;
    private const ushort OutOf4Function = 4;
    private const ushort OutOf6Function = 6;

    /// <summary>The segment that sends packets on.</summary>
    public IPAddress Onward => With(OnwardFunction);

    /// <summary>The segment at which packets of the family end, and go on as they were before.</summary>
    public IPAddress OutOf(AddressFamily family) => With(family == AddressFamily.InterNetworkV6 ? OutOf6Function : OutOf4Function);

    /// <summary>Reads an IPv6 prefix of at most 112 bits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SegmentLocator locator)
    {
        var isGood = IPNetwork.TryParse(text, out var network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            && network.PrefixLength is > 0 and <= PrefixLengthMax && !network.BaseAddress.IsIPv4MappedToIPv6;
        locator = isGood ? new(network) : default;
        return isGood;
    }

    /// <inheritdoc/>
    public override string ToString() => Network.ToString();

    private IPAddress With(ushort function)
    {
        var bytes = Network.BaseAddress.GetAddressBytes();
        (bytes[14], bytes[15]) = ((byte)(function >> 8), (byte)function);
        return new(bytes);
    }
}
