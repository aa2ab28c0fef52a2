using System.Net;

namespace Meridian.Depot;

/// <summary>
/// Tells addresses of the open Internet from those of a machine or of a network behind it (RFC 6890): an order from a tenant
/// must not open the inner network of the depot's operator.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] Inner =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "224.0.0.0/3",
            // The last three carry an IPv4 address inside, which could be any of the above.
            "::/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16",
        ]).Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Whether the address is of the open Internet.</summary>
    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Inner.Any(network => network.Contains(plain));
    }
}
