namespace Slipway.Agent.Router;

/// <summary>How the .NET runtime of a router is set up. The program's own settings are for short commands; a router runs for long and mostly waits for sockets.</summary>
public static class RouterRuntime
{
    /// <summary>Environment variables for its process.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        // Compiled anew by what it really does.
        ["DOTNET_TieredPGO"] = "1",

        // An instance's answer is passed on by the thread that reads the sockets, instead of waking another one; nothing on that way blocks.
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
    };
}
