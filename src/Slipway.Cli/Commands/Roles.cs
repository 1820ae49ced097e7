using System.CommandLine;
using Slipway.Cli.CommandLine;

namespace Slipway.Cli.Commands;

/// <summary>Options that the roles (<c>up</c>, <c>server</c>, <c>agent</c>, <c>router</c>) share.</summary>
internal static class Roles
{
    public static Option<string> Data(string byDefault) => new("--data") { HelpName = "DIR", Description = "Where everything is kept", DefaultValueFactory = _ => byDefault };

    public static Option<int> Port(string name, int byDefault, string description) =>
        Common.Number(name, "PORT", description, 0, 65535, byDefault, "no port; it is a number from 1 to 65535, or 0 for a free one");
}
