using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Slipway.Bench.Rolling;

/// <summary>So many folders behind one OpenSSH server on loopback, each with a running program, exchanged as a careful script would.</summary>
internal sealed class SshHosts : IAsyncDisposable
{
    private readonly string folder;
    private readonly int port, count;
    private readonly int[] programs;
    private Process? server;

    private SshHosts(string folder, int count)
    {
        (this.folder, this.count, port) = (folder, count, FreePort());
        programs = [.. Enumerable.Range(0, 2 * count).Select(_ => FreePort())];
    }

    private string KeyFile => Path.Combine(folder, "key");
    private IReadOnlyList<string> Options => ["-i", KeyFile, "-o", "StrictHostKeyChecking=no", "-o", $"UserKnownHostsFile={folder}/known", "-o", "LogLevel=ERROR"];

    public static async Task<SshHosts> StartAsync(string folder, int count, string program, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var hosts = new SshHosts(folder, count);
        await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hosts.KeyFile], cancel);
        await RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, "host")], cancel);
        Directory.CreateDirectory("/run/sshd");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "config"),
            $"ListenAddress 127.0.0.1\nPort {hosts.port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/key.pub\nStrictModes no\nPermitRootLogin prohibit-password\nUsePAM no\nPidFile none\nMaxStartups 100\nSubsystem sftp internal-sftp\n", cancel);
        hosts.server = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", Path.Combine(folder, "config")]) { RedirectStandardError = true })!;
        hosts.server.ErrorDataReceived += (_, _) => { };
        hosts.server.BeginErrorReadLine();
        await Task.Delay(300, cancel);
        for (var host = 0; host < count; host++)
        {
            var old = Directory.CreateDirectory(Path.Combine(folder, $"{host}", "old")).FullName;
            await File.WriteAllTextAsync(Path.Combine(old, "server.js"), program, cancel);
            await hosts.AskAsync($"cd {old} && {Start(hosts.programs[2 * host])}", cancel);
        }

        return hosts;
    }

    /// <summary>Every host in turn: copy, unpack, start, wait for an answer, end the old one. Seconds.</summary>
    public async Task<double> ExchangeAsync(string artifact, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        for (var host = 0; host < count; host++)
        {
            var at = Path.Combine(folder, $"{host}");
            (programs[2 * host], programs[(2 * host) + 1]) = (programs[(2 * host) + 1], programs[2 * host]);
            await RunAsync("scp", ["-q", "-P", RollingBenchmark.Text(port), .. Options, artifact, $"127.0.0.1:{at}/artifact.tar.gz"], cancel);
            await AskAsync(
                $"cd {at} && rm -rf new && mkdir new && tar xzf artifact.tar.gz -C new && cd new && {Start(programs[2 * host])} && until curl -fs -o /dev/null http://127.0.0.1:{programs[2 * host]}/; do sleep 0.05; done"
                + " && kill $(cat ../old/pid) && cd .. && rm -rf old && mv new old", cancel);
        }

        return watch.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        for (var host = 0; host < count; host++)
        {
            await AskAsync($"kill $(cat {folder}/{host}/old/pid)", CancellationToken.None);
        }

        if (server is not null)
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }
    }

    private static string Start(int port) => $"{{ HOST=127.0.0.1 PORT={port} setsid node server.js >/dev/null 2>&1 </dev/null & echo $! >pid; }}";

    private Task AskAsync(string command, CancellationToken cancel) => RunAsync("ssh", ["-p", RollingBenchmark.Text(port), .. Options, "127.0.0.1", command], cancel);

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!;
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
