using Slipway.Agent.Router;

namespace Slipway.Bench.Router;

/// <summary>This executable as the router that is measured: a process with nothing else in it.</summary>
internal static class RouterRole
{
    public const string Argument = "--as-router";

    /// <param name="args"><see cref="Argument"/> DIRECTORY PORT.</param>
    public static Task<int> RunAsync(string[] args) => RouterProgram.RunAsync(new RouterOptions { DataDirectory = args[1], HttpPort = int.Parse(args[2]) });
}
