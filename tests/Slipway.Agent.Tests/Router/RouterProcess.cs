using System.Diagnostics;
using Slipway.Agent.Tests.Harness;

namespace Slipway.Agent.Tests.Router;

/// <summary>A router or a backend as a process of its own, to be killed.</summary>
internal sealed class RouterProcess : IAsyncDisposable
{
    private readonly Process process;

    private RouterProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public static RouterProcess StartRouter(string data, int port) => Start([.. RealRouter.Command, "--data", data, "--port", $"{port}"]);

    /// <summary>A backend, and the port that it took.</summary>
    public static async Task<(RouterProcess Process, string Address)> StartBackendAsync(string name)
    {
        var backend = Start([TestProgram.Executable, RouterBackend.Role, name]);
        return (backend, $"http://127.0.0.1:{await backend.process.StandardOutput.ReadLineAsync()}");
    }

    private static RouterProcess Start(IReadOnlyList<string> command) =>
        new(Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!);

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
