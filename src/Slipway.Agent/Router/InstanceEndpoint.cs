using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Agent.Router;

/// <summary>The instance could not be connected to: nothing of the request was sent.</summary>
internal sealed class InstanceUnreachableException(string message, Exception? inner) : IOException(message, inner);

/// <summary>
/// One instance: its connections, how many requests are on it, and whether it is taken out because it refused a connection. It is closed once the configuration no
/// longer lists it and its last request has left, so that an instance being stopped does not wait for idle connections.
/// </summary>
internal sealed class InstanceEndpoint
{
    // A closed endpoint's count lies so far below zero that no number of late arrivals lifts it above.
    private const int Closed = int.MinValue / 2;
    private readonly TimeProvider time;
    private int inFlight;
    private readonly Lock takingOut = new();
    private long outUntil;
    private long outFor;
    private bool retried;

    public InstanceEndpoint(string versionSet, Uri address, int half, TimeProvider time)
    {
        VersionSet = versionSet;
        Half = half;
        Prefix = $"{Uri.UriSchemeHttp}://{address.Authority}";
        this.time = time;
        Invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            // A trace context that the client sent is a header like any other.
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            EnableMultipleHttp2Connections = false,
            // Header bytes pass as they are, whatever their encoding.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
        });
    }

    public string VersionSet { get; }

    /// <summary>0 or 1; see <see cref="InstanceHalves"/>.</summary>
    public int Half { get; }

    /// <summary><c>http://host:port</c>, without a slash at the end.</summary>
    public string Prefix { get; }
    public HttpMessageInvoker Invoker { get; }
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>False when it has been closed.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref inFlight) > 0)
        {
            return true;
        }

        Interlocked.Decrement(ref inFlight);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref inFlight);

    /// <summary>Not taken out, or out for long enough: then the caller alone may try it, and others only after another while.</summary>
    public bool MayTake(long now)
    {
        var until = Volatile.Read(ref outUntil);
        if (until == 0)
        {
            return true;
        }

        if (now < until)
        {
            return false;
        }

        lock (takingOut)
        {
            if (outUntil == 0 || now < outUntil)
            {
                return outUntil == 0;
            }

            outUntil = now + outFor;
            retried = true;
            return true;
        }
    }

    /// <summary>It refused a connection. True when it was not out before.</summary>
    public bool TakeOut()
    {
        lock (takingOut)
        {
            var wasIn = outUntil == 0;
            if (wasIn)
            {
                outFor = Ticks(RouterLimits.FirstTakeOut);
            }
            else if (retried)
            {
                outFor = Math.Min(Ticks(RouterLimits.LongestTakeOut), 2 * outFor);
            }
            else
            {
                // Requests that were connecting while it was taken out say nothing new.
                return false;
            }

            retried = false;
            Volatile.Write(ref outUntil, time.GetTimestamp() + outFor);
            return wasIn;
        }
    }

    /// <summary>Closes its idle connections if no request is on it; after that it takes none.</summary>
    public bool TryClose()
    {
        if (Interlocked.CompareExchange(ref inFlight, Closed, 0) != 0)
        {
            return false;
        }

        Invoker.Dispose();
        return true;
    }

    private void TakeIn()
    {
        if (Volatile.Read(ref outUntil) != 0)
        {
            lock (takingOut)
            {
                outUntil = 0;
                retried = false;
            }
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RouterLimits.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, either.Token);
            TakeIn();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            socket.Dispose();
            throw new InstanceUnreachableException($"{Prefix} could not be connected to.", fault);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
