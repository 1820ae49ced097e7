namespace Slipway.Core.Analysis.Metrics;

/// <summary>Addresses as a file names them. What is connected to in the end is looked at again, for a name says nothing of its addresses.</summary>
internal static class MetricAddress
{
    /// <summary>Whether the host is written as a link-local address: 169.254.0.0/16 or fe80::/10.</summary>
    public static bool IsLinkLocal(Uri uri) => uri.HostNameType switch
    {
        // Uri writes every form of an address, such as 0xA9FEA9FE, in the usual one.
        UriHostNameType.IPv4 => uri.Host.StartsWith("169.254.", StringComparison.Ordinal),
        UriHostNameType.IPv6 => uri.Host.Length > 4 && uri.Host[..4] is "[fe8" or "[fe9" or "[fea" or "[feb",
        _ => false,
    };
}
