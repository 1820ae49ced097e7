using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Slipway.Agent.Router;

/// <summary>The address under which the web server knows all the lanes' ports together.</summary>
internal sealed class LanePortsEndPoint : EndPoint
{
    public override string ToString() => "127.0.0.1:lanes";
}

/// <summary>
/// The lanes' own loopback ports as one transport of the web server: sockets are opened and closed while it runs, and no connection of another port (nor one already
/// accepted from a port that is closed) notices.
/// </summary>
internal sealed partial class LanePorts(ILogger<LanePorts> logger, TimeProvider time) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private const int Backlog = 512;
    private static readonly TimeSpan PauseWithoutDescriptors = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private readonly Dictionary<int, Socket> open = [];
    private readonly SocketConnectionContextFactory connections = new(new SocketConnectionFactoryOptions(), logger);

    private readonly Channel<ConnectionContext> accepted = Channel.CreateBounded<ConnectionContext>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private bool stopped;

    public EndPoint EndPoint { get; } = new LanePortsEndPoint();

    public bool CanBind(EndPoint endpoint) => endpoint is LanePortsEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(this);

    public bool IsOpen(int port)
    {
        lock (gate)
        {
            return open.ContainsKey(port);
        }
    }

    public IReadOnlyList<int> Open()
    {
        lock (gate)
        {
            return [.. open.Keys];
        }
    }

    /// <summary>Listens on a port; 0: the system picks one.</summary>
    /// <returns>The port.</returns>
    /// <exception cref="SocketException">It cannot be had.</exception>
    public int Open(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(Backlog);
            port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(stopped, this);
                open.Add(port, socket);
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _ = AcceptLoopAsync(socket, port);
        return port;
    }

    public void Close(int port)
    {
        lock (gate)
        {
            if (open.Remove(port, out var socket))
            {
                socket.Dispose();
            }
        }
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await accepted.Reader.WaitToReadAsync(cancellationToken) && accepted.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            stopped = true;
            foreach (var socket in open.Values)
            {
                socket.Dispose();
            }

            open.Clear();
        }

        accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        connections.Dispose();
    }

    // Ends with its socket. Never fails: what accept can report either concerns one connection, or passes.
    private async Task AcceptLoopAsync(Socket listener, int port)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync();
                socket.NoDelay = true;
                await accepted.Writer.WriteAsync(connections.Create(socket));
            }
            catch (Exception fault) when (fault is ObjectDisposedException or ChannelClosedException || (fault is SocketException && !IsOpen(port)))
            {
                return;
            }
            catch (SocketException fault)
            {
                AcceptFailed(port, fault.SocketErrorCode);
                await Task.Delay(PauseWithoutDescriptors, time);
            }
        }
    }

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Port {Port} could not accept a connection: {Error}.")]
    private partial void AcceptFailed(int port, SocketError error);
}
