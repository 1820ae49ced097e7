using Slipway.Agent.Tests.Harness;
using Slipway.Agent.Tests.Router;

namespace Slipway.Agent.Tests;

/// <summary>Runs the tests, or with a role's name the process that a test needs: no other program has to be on the machine.</summary>
internal static class TestProgram
{
    public static int Main(string[] args) => args.Length == 0 ? RunTests(args) : args[0] switch
    {
        SampleService.Role => SampleService.Run(args[1..]),
        FakeRouter.Role => FakeRouter.Run(args[1..]),
        RealRouter.Role => RealRouter.Run(args[1..]),
        RouterBackend.Role => RouterBackend.Run(args[1..]),
        AgentProcess.Role => AgentProcess.Run(args[1..]),
        _ => RunTests(args),
    };

    public static string Executable { get; } = Environment.ProcessPath!;

    private static int RunTests(string[] args) =>
        args.Any(arg => arg is "-automated" or "@@")
            ? Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult()
            : Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult();
}
