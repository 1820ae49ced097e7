using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Agent.Instances;

/// <summary>
/// Hands out ports that nobody listens on. It walks through its range, so that a port comes back late and no client's old connection meets a new program; it
/// begins where the data directory's name says, so that two agents on a machine seldom try the same one.
/// </summary>
internal sealed class PortPicker
{
    private readonly int _first, _count;
    private readonly HashSet<int> _taken = [];
    private readonly Lock _lock = new();
    private int _next;

    public PortPicker(int first, int last, string seed)
    {
        if (first < 1024 || last > 65535 || last < first)
        {
            throw new ArgumentException($"the range of instance ports {first}-{last} is not within 1024-65535");
        }
        _first = first;
        _count = last - first + 1;
        var hash = System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        _next = (int)(BitConverter.ToUInt32(hash) % (uint)_count);
    }

    /// <summary>Keeps a port that an adopted instance has.</summary>
    public void Reserve(int port)
    {
        lock (_lock)
        {
            _taken.Add(port);
        }
    }

    public void Release(int port)
    {
        lock (_lock)
        {
            _taken.Remove(port);
        }
    }

    /// <returns>A port now reserved; null when every one is in use.</returns>
    public int? Pick()
    {
        lock (_lock)
        {
            var listening = ListeningSockets.Read().Select(socket => socket.Port).ToHashSet();
            for (var tried = 0; tried < _count; tried++)
            {
                var port = _first + _next;
                _next = (_next + 1) % _count;
                if (!_taken.Contains(port) && !listening.Contains(port) && CanBind(port))
                {
                    _taken.Add(port);
                    return port;
                }
            }
            return null;
        }
    }

    private static bool CanBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException inUse) when (inUse.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
