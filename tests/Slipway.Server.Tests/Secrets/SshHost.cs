using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Slipway.Server.Tests.Secrets;

/// <summary>A real sshd on a port of its own, which lets one key in.</summary>
internal sealed class SshHost : IDisposable
{
    private const string Program = "/usr/sbin/sshd", PrivilegeFolder = "/run/sshd";
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-sshd-").FullName;
    private readonly Process _sshd;

    private SshHost(int port)
    {
        Port = port;
        NewKey("host");
        NewKey("client");
        NewKey("other");
        File.Copy(Path.Combine(_root, "client.pub"), Path.Combine(_root, "authorized"));
        if (Environment.UserName == "root")
        {
            // As the package's own start does; without it sshd refuses to run as root.
            Directory.CreateDirectory(PrivilegeFolder);
        }

        File.WriteAllText(Path.Combine(_root, "config"), $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {_root}/host
            AuthorizedKeysFile {_root}/authorized
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            PermitUserEnvironment no

            """);
        _sshd = Process.Start(new ProcessStartInfo(Program, ["-D", "-e", "-f", Path.Combine(_root, "config")]) { RedirectStandardError = true })!;
        _sshd.ErrorDataReceived += (_, _) => { };
        _sshd.BeginErrorReadLine();
    }

    public int Port { get; }

    public string ClientKey => File.ReadAllText(Path.Combine(_root, "client"));

    /// <summary>One that is not let in.</summary>
    public string OtherKey => File.ReadAllText(Path.Combine(_root, "other"));

    public string HostFingerprint => FingerprintOf("host");

    public string ClientFingerprint => FingerprintOf("client");

    public string KnownHosts => $"[127.0.0.1]:{Port} {string.Join(' ', File.ReadAllText(Path.Combine(_root, "host.pub")).Split(' ')[..2])}\n";

    public string UrlOf(string folder) => $"ssh://{Environment.UserName}@127.0.0.1:{Port}{folder}";

    public static async Task<SshHost> StartAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var host = new SshHost(FreePort());
            if (await host.AnswersAsync())
            {
                return host;
            }

            host.Dispose();
            tries.ShouldBeLessThan(3, "sshd does not run");
        }
    }

    public void Dispose()
    {
        if (!_sshd.HasExited)
        {
            _sshd.Kill(entireProcessTree: true);
            _sshd.WaitForExit();
        }

        _sshd.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        for (var look = 0; look < 200 && !_sshd.HasExited; look++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        return false;
    }

    private void NewKey(string name) => Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", Path.Combine(_root, name));

    private string FingerprintOf(string name) => Run("ssh-keygen", "-l", "-f", Path.Combine(_root, name + ".pub")).Split(' ')[1];

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return output;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
