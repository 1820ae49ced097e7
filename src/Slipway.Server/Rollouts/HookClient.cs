using System.Net;
using System.Net.Sockets;

namespace Slipway.Server.Rollouts;

/// <summary>
/// The way out for addresses that a repository names: no proxy, no redirects, no cookies, no credentials. The address that is connected to is looked at, not the one that a name had before; a link-local one
/// (where clouds keep the secrets of their machines) is never reached, whoever allows it.
/// </summary>
internal static class HookClient
{
    public static HttpClient Make() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // What a name means now counts for every question.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = ConnectAsync,
    })
    { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 1024 * 1024 };

    /// <summary>Whether an address is one of the machine's own link, in either family.</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? plain.IsIPv6LinkLocal : plain.GetAddressBytes() is [169, 254, ..];
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = (IPAddress.TryParse(host, out var given) ? [given] : await Dns.GetHostAddressesAsync(host, cancel)).Where(address => !IsLinkLocal(address)).ToArray();
        if (addresses.Length == 0)
        {
            throw new IOException($"{host} has no address that a hook may reach: link-local ones are never asked");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
