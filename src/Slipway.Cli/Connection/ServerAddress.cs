using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Connection;

/// <summary>Which server a command speaks with and as whom.</summary>
/// <param name="From">Where the address comes from, for people.</param>
internal sealed record ServerAddress(Uri Server, string? Token, string From)
{
    public SlipwayClient Connect(TimeProvider time) => new(new SlipwayClientOptions { Server = Server, Token = Token, Time = time });

    public static ServerAddress Resolve(Shell shell, string? serverOption, string? tokenOption)
    {
        var named = NonEmpty(serverOption) ?? NonEmpty(shell.Variable("SLIPWAY_SERVER"));
        var from = NonEmpty(serverOption) is not null ? "--server" : "SLIPWAY_SERVER";
        var local = ContextFile.Read(shell);
        if (named is null && local is null)
        {
            throw new CliException(ExitCodes.Unreachable, "No server is known: none is named, and no `slipway up` runs here.",
                "Start one on this machine with `slipway up`, or name another with --server URL or SLIPWAY_SERVER.");
        }

        var server = named is null ? local!.Server : Parse(named, from);
        var token = (NonEmpty(tokenOption) ?? NonEmpty(shell.Variable("SLIPWAY_TOKEN")))?.Trim();
        if (token?.Any(char.IsControl) == true)
        {
            throw CliException.Usage("The token has a line break or another control character in it.", "It is one line, as `slipway token create` printed it.");
        }

        // The local admin token goes to the local server and nowhere else.
        if (token is null && local is not null && AreSame(server, local.Server))
        {
            token = ReadToken(local.TokenFile);
        }

        return new(server, token, named is null ? ContextFile.PathIn(shell)! : from);
    }

    /// <summary>Whether it is the server that a `slipway up` on this machine runs.</summary>
    public bool IsThatOfUp(Shell shell) => ContextFile.Read(shell) is { } local && AreSame(Server, local.Server);

    private static bool AreSame(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static Uri Parse(string text, string from) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw CliException.Usage($"{from}: '{text}' is no address of a server.", "It looks like http://127.0.0.1:7300.");

    private static string ReadToken(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.NotAllowed, $"The token of the local server cannot be read: {exception.Message}", "Give one with --token or SLIPWAY_TOKEN.");
        }
    }

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
