using System.Net;
using System.Net.Sockets;

namespace Slipway.Integrations.Egress;

/// <summary>Addresses that are never connected to, whoever asks: link-local ones, and those at which clouds tell machines about themselves, with credentials among it.</summary>
internal static class EgressAddresses
{
    private static readonly IPNetwork[] Refused =
    [
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"),
        // Metadata services outside of these: Azure's host, Alibaba, Oracle, AWS and Google by IPv6.
        IPNetwork.Parse("168.63.129.16/32"), IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("192.0.0.192/32"), IPNetwork.Parse("fd00:ec2::254/128"), IPNetwork.Parse("fd20:ce::254/128"),
        // No address of a host.
        IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("255.255.255.255/32"), IPNetwork.Parse("ff00::/8"),
    ];

    // Addresses of version 6 that hold one of version 4: compatible, NAT64 (well-known and local), 6to4; and where in them it begins.
    private static readonly (IPNetwork Network, int Begin)[] Holding =
        [(IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("64:ff9b:1::/48"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    public static bool AreRefused(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (Refused.Any(network => network.Contains(plain)))
        {
            return true;
        }

        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        var bytes = plain.GetAddressBytes();
        return Holding.Any(h => h.Network.Contains(plain) && Refused.Any(network => network.Contains(new IPAddress(bytes.AsSpan(h.Begin, 4)))));
    }
}
