using System.Text.RegularExpressions;

namespace Slipway.Core.Definitions;

/// <summary>
/// Which environment variables a repository may set, wherever it may set some: <c>run.env</c>, and <c>env</c> of jobs and steps. Not those that Slipway sets itself, and not those
/// that make a shell, the loader, .NET or git run something else than what the definition says.
/// </summary>
internal static partial class VariableNames
{
    // Of .NET's own only those that do no more than their name says: others load code (startup hooks, profilers) or change what runs.
    private static readonly string[] Harmless = ["DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_ENVIRONMENT", "DOTNET_NOLOGO"];

    /// <summary>What is wrong with a name; null: nothing.</summary>
    public static string? Problem(string name) =>
        !Grammar().IsMatch(name) ? $"'{name}' is no name of an environment variable: letters, digits and '_', no digit first."
        : Reserved().IsMatch(name) && !Harmless.Contains(name) ? $"The variable '{name}' is not the definition's to set: Slipway or the system sets it."
        : null;

    /// <summary>The way out for a name that is reserved.</summary>
    public static string? Advice(string name) => Grammar().IsMatch(name) ? "Take another name, or set it in the script or program that needs it." : null;

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,199}\z")]
    private static partial Regex Grammar();

    // `env` in small letters is a name like another; shells read it in capitals only.
    [GeneratedRegex(@"^(?:(?:LD|DOTNET|COMPLUS|CORECLR|GIT|SLIPWAY)_.*|PATH|PORT|HOST|(?-i:BASH_.*|BASHOPTS|SHELLOPTS|ENV|IFS))\z", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
