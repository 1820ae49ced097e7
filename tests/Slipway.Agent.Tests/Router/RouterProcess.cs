using System.Diagnostics;
using Slipway.Agent.Router;

namespace Slipway.Agent.Tests.Router;

/// <summary>A router or a backend as a process of its own, to be killed.</summary>
internal sealed class RouterProcess : IAsyncDisposable
{
    public const string Role = "real-router";
    private readonly Process process;

    private RouterProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    /// <summary>As a process: DIRECTORY PORT.</summary>
    public static int Run(string[] args) =>
        RouterProgram.RunAsync(new RouterOptions { DataDirectory = args[0], HttpPort = int.Parse(args[1]) }).GetAwaiter().GetResult();

    public static RouterProcess Start(string role, params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(TestProgram.Executable, [role, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>A backend, and the port that it took.</summary>
    public static async Task<(RouterProcess Process, string Address)> StartBackendAsync(string name)
    {
        var backend = Start(RouterBackend.Role, name);
        return (backend, $"http://127.0.0.1:{await backend.process.StandardOutput.ReadLineAsync()}");
    }

    public void Kill() => process.Kill();

    public void Terminate() => Libc.Signal(process.Id, Libc.Terminate);

    /// <returns>Exit code and what it said on standard error.</returns>
    public async Task<(int Code, string Error)> EndAsync()
    {
        _ = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}
