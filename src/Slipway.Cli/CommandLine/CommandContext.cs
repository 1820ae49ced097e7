using System.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.CommandLine;

/// <summary>What every command of one command tree shares: the shell, and the options that are accepted everywhere.</summary>
internal sealed class CommandContext(Shell shell)
{
    public Shell Shell => shell;

    public Option<string?> Server { get; } = new("--server")
    {
        Recursive = true,
        HelpName = "URL",
        Description = "The server (default: SLIPWAY_SERVER, else the one that `slipway up` runs here)",
    };

    public Option<string?> Token { get; } = new("--token") { Recursive = true, HelpName = "TOKEN", Description = "Who is asking (default: SLIPWAY_TOKEN, else the token that `slipway up` wrote)" };

    public Option<bool> Json { get; } = new("--json") { Recursive = true, Description = "One JSON document on stdout, or one per line for what goes on; nothing else" };

    public Option<bool> NoColor { get; } = new("--no-color") { Recursive = true, Description = "No colours (also: NO_COLOR)" };
}
