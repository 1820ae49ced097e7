using System.Globalization;

namespace Slipway.Agent.Instances;

/// <summary>A TCP socket in LISTEN.</summary>
/// <param name="Loopback">Whether a connection to 127.0.0.1 can reach it.</param>
internal readonly record struct ListeningSocket(int Port, long Inode, bool Loopback);

/// <summary>Who listens where, by /proc/net/tcp and tcp6.</summary>
internal static class ListeningSockets
{
    private const string ListenState = "0A";

    public static IReadOnlyList<ListeningSocket> Read() => [.. Parse(Lines("/proc/net/tcp")), .. Parse(Lines("/proc/net/tcp6"))];

    public static IEnumerable<ListeningSocket> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 10 || fields[3] != ListenState)
            {
                continue;
            }
            var colon = fields[1].LastIndexOf(':');
            var port = int.Parse(fields[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            yield return new(port, long.Parse(fields[9], CultureInfo.InvariantCulture), IsLoopback(fields[1][..colon]));
        }
    }

    // Addresses are printed as 32-bit words in the machine's order: 127.0.0.1 is 0100007F on little-endian machines. Any-address sockets are reachable by loopback.
    private static bool IsLoopback(string address) =>
        address.All(digit => digit == '0')
        || (address.Length == 8 && address.EndsWith("7F", StringComparison.Ordinal))
        || (address.Length == 32 && address.StartsWith("0000000000000000FFFF0000", StringComparison.Ordinal) && (address.EndsWith("7F", StringComparison.Ordinal) || address.EndsWith("00000000", StringComparison.Ordinal)));

    // The kernel lists the sockets that listen before all others, and makes each line when it is read: whoever stops there does not pay for connections, of which there may be very many.
    // A kernel without IPv6 has no tcp6.
    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path).TakeWhile((line, number) => number == 0 || line.Contains($" {ListenState} ", StringComparison.Ordinal)) : [];
}

/// <summary>What an instance's processes listen on, seen from its port.</summary>
internal abstract record PortSight
{
    private PortSight() { }

    /// <summary>The instance alone listens on its port.</summary>
    public sealed record Own : PortSight;

    /// <summary>Somebody else does.</summary>
    public sealed record Stranger : PortSight;

    /// <summary>Nobody listens on the port, but the instance listens on others.</summary>
    public sealed record Elsewhere(IReadOnlyList<int> Ports) : PortSight;

    /// <summary>The instance listens nowhere.</summary>
    public sealed record Nobody : PortSight;

    /// <param name="own">Inodes of the sockets that the instance's processes hold.</param>
    public static PortSight From(int port, IReadOnlyList<ListeningSocket> sockets, IReadOnlySet<long> own)
    {
        var onPort = sockets.Where(socket => socket.Port == port && socket.Loopback).ToList();
        // A stranger beside the instance (another address, or SO_REUSEPORT) would take some of its requests.
        if (onPort.Exists(socket => !own.Contains(socket.Inode)))
        {
            return new Stranger();
        }
        if (onPort.Count > 0)
        {
            return new Own();
        }
        var elsewhere = sockets.Where(socket => own.Contains(socket.Inode)).Select(socket => socket.Port).Distinct().Order().ToList();
        return elsewhere.Count > 0 ? new Elsewhere(elsewhere) : new Nobody();
    }
}
