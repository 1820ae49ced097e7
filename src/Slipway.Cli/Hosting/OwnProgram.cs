namespace Slipway.Cli.Hosting;

/// <summary>This program as a command, for the roles that run as processes of their own.</summary>
internal static class OwnProgram
{
    /// <summary>The apphost, or <c>dotnet slipway.dll</c> where it was started like that.</summary>
    public static IReadOnlyList<string> Command { get; } = Path.GetFileName(Environment.ProcessPath) == "slipway"
        ? [Environment.ProcessPath!]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "slipway.dll")];
}
