using System.CommandLine;

namespace Slipway.Cli.Commands;

/// <summary>Options that the roles (<c>up</c>, <c>server</c>, <c>agent</c>, <c>router</c>) share.</summary>
internal static class Roles
{
    public static Option<string> Data(string byDefault) => new("--data") { HelpName = "DIR", Description = "Where everything is kept", DefaultValueFactory = _ => byDefault };

    public static Option<int> Port(string name, int byDefault, string description)
    {
        var option = new Option<int>(name) { HelpName = "PORT", Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out var port) || port is < 0 or > 65535))
            {
                result.AddError($"{name}: '{text}' is no port; it is a number from 1 to 65535, or 0 for a free one.");
            }
        });
        return option;
    }
}
