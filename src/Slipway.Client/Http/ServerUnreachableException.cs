namespace Slipway.Client.Http;

/// <summary>No answer came: nothing listens, the connection broke over and over, the server took too long, or what answers is not Slipway.</summary>
public sealed class ServerUnreachableException : Exception
{
    public ServerUnreachableException(Uri server, string reason, Exception? inner = null)
        : base($"{server.GetLeftPart(UriPartial.Authority)}: {reason}", inner)
    {
        Server = server;
        Reason = reason;
    }

    public Uri Server { get; }

    /// <summary>Something answered, and not as this program's server does: another start of it is no help.</summary>
    public bool IsOther { get; init; }

    /// <summary>What was seen, such as <c>nothing listens there</c>.</summary>
    public string Reason { get; }
}
