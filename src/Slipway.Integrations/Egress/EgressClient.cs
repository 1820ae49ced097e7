using System.Net;
using System.Net.Sockets;

namespace Slipway.Integrations.Egress;

/// <summary>Looks up the addresses of a host.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancel);

/// <summary>
/// The HTTP client for addresses that people write down. A request goes to the origin that it was declared for and nowhere else: no redirect is followed and no proxy
/// used, and every address that is connected to is looked at, for what a name leads to may change at any time.
/// </summary>
internal sealed class EgressClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly ResolveHost resolve;
    private readonly HttpMessageInvoker http;

    public EgressClient(ResolveHost? resolve = null)
    {
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            // A name that leads elsewhere is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = 32,
            // What is not read of an answer is not waited for.
            MaxResponseDrainSize = 0,
            ConnectCallback = ConnectAsync,
        });
    }

    /// <summary>The answer up to its headers; the body is read by the caller, within its bounds.</summary>
    /// <exception cref="EgressRefusedException">The request would leave the origin, or the host has no address that may be connected to.</exception>
    /// <exception cref="HttpRequestException">There is no answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(Uri origin, HttpRequestMessage request, CancellationToken cancel)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || Uri.Compare(origin, uri, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0 || uri.UserInfo.Length > 0)
        {
            throw new EgressRefusedException($"{request.RequestUri?.GetLeftPart(UriPartial.Authority)} is not {origin.GetLeftPart(UriPartial.Authority)}, which alone is declared.");
        }

        try
        {
            return await http.SendAsync(request, cancel);
        }
        catch (HttpRequestException failed) when (failed.InnerException is EgressRefusedException refused)
        {
            throw new EgressRefusedException(refused.Message);
        }
    }

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        IPAddress[] found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancel);
        IPAddress[] allowed = [.. found.Where(a => !EgressAddresses.AreRefused(a))];
        if (found.Length > 0 && allowed.Length == 0)
        {
            throw new EgressRefusedException($"{host} leads to {string.Join(" and ", found.Take(3).Select(a => a.ToString()))}, which is link-local or tells machines about themselves; that is never connected to.");
        }

        Exception? last = null;
        foreach (var address in allowed)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failed)
            {
                // The next address may do.
                socket.Dispose();
                last = failed;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}

/// <summary>A request that is not sent, because of where it would go.</summary>
internal sealed class EgressRefusedException(string message) : Exception(message);
