using System.Diagnostics;

namespace Slipway.Cli.Tests.CommandLine;

/// <summary>The program itself, as a process.</summary>
public sealed class ExitStatusTests
{
    [Fact]
    public async Task Help_is_no_error()
    {
        var (status, output, _) = await Run("--help");
        status.ShouldBe(0);
        output.ShouldContain("promote");
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_wrong_usage()
    {
        var (status, output, errors) = await Run("statsu");
        status.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldContain("status");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var (status, output, errors) = await Run("status", "--server", "http://127.0.0.1:1", "--token", "slp_none");
        status.ShouldBe(5);
        output.ShouldBeEmpty();
        errors.ShouldContain("127.0.0.1:1");
    }

    private static async Task<(int Status, string Output, string Errors)> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "slipway.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start).ShouldNotBeNull();
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await errors);
    }
}
