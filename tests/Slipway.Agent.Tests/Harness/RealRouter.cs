using Slipway.Agent.Router;

namespace Slipway.Agent.Tests.Harness;

/// <summary>The router itself, as the process that an agent starts.</summary>
internal static class RealRouter
{
    public const string Role = "router";
    public static IReadOnlyList<string> Command { get; } = [TestProgram.Executable, Role];

    public static int Run(string[] args) => RouterProgram.RunAsync(new RouterOptions
    {
        DataDirectory = args[Array.IndexOf(args, "--data") + 1],
        HttpPort = int.Parse(args[Array.IndexOf(args, "--port") + 1]),
    }).GetAwaiter().GetResult();
}
