using System.Net;
using System.Net.Sockets;

namespace Slipway.Server;

/// <summary>Whether a port can be listened on, asked before something is started that would need it.</summary>
public static class ListeningPort
{
    /// <summary>False: another program listens there now. 0 is always free.</summary>
    public static bool IsFree(IPAddress address, int port)
    {
        if (port == 0)
        {
            return true;
        }

        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
        catch (SocketException)
        {
            // Not allowed, or no address of this machine: whoever listens says that better.
            return true;
        }
    }
}
