using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net;
using System.Text.Json;
using EndToEnd.Harness;
using Slipway.Agent.Router;
using Slipway.Client.Traffic;

namespace Slipway.Bench.Router;

/// <summary>Two nginx backends, and haproxy and the router in front of them, as processes of their own with all their files in one temporary folder.</summary>
internal sealed class Contestants : IAsyncDisposable
{
    public const string Host = "shop.prod.localhost";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-bench-router-").FullName;
    private readonly List<Process> processes = [];
    private readonly HttpClient http = new();
    private readonly string slipway = BuiltProgram.Path;
    private readonly int[] backends = [FreePort(), FreePort()];
    private RouterAdmin? admin;
    private long sequence;

    public int HaproxyPort { get; } = FreePort();
    public int RouterPort { get; } = FreePort();
    public int HaproxyPid { get; private set; }
    public int RouterPid { get; private set; }

    /// <summary>From starting the process to its first answer of a service, with a configuration on disk.</summary>
    public TimeSpan RouterStart { get; private set; }

    public async Task StartAsync(CancellationToken cancel)
    {
        await InstallAsync(cancel);
        var nginx = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(nginx, $$"""
            daemon off; master_process off; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.log;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
              client_body_temp_path {{folder}}; proxy_temp_path {{folder}}; fastcgi_temp_path {{folder}}; uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
              server { listen 127.0.0.1:{{backends[0]}}; location / { return 200 "one"; } }
              server { listen 127.0.0.1:{{backends[1]}}; location / { return 200 "two"; } }
            }
            """, cancel);
        Run("nginx", "-c", nginx, "-p", folder, "-e", Path.Combine(folder, "nginx.log"));
        var haproxy = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(haproxy, $$"""
            global
              maxconn 4096
            defaults
              mode http
              timeout connect 2s
              timeout client 60s
              timeout server 60s
              option forwardfor
              http-reuse always
            frontend in
              bind 127.0.0.1:{{HaproxyPort}}
              use_backend shop if { hdr(host) -i {{Host}} }
            backend shop
              balance random
              http-response set-header X-Slipway-Version %s
              server v1 127.0.0.1:{{backends[0]}} weight 95
              server v2 127.0.0.1:{{backends[1]}} weight 5

            """, cancel);
        HaproxyPid = Run("haproxy", "-f", haproxy).Id;
        await AnswersAsync(HaproxyPort, cancel);

        await StartRouterAsync(cancel);
        await ShiftAsync(5, cancel);
        await RestartRouterAsync(cancel);
    }

    /// <summary>The second backend's weight in the router becomes this.</summary>
    public async Task ShiftAsync(int weight, CancellationToken cancel)
    {
        sequence++;
        var configuration = new RouterConfiguration
        {
            Sequence = sequence,
            Lanes =
            [
                new()
                {
                    Lane = "shop/prod", Generation = sequence, Host = Host,
                    VersionSets = [Set("v1", "stable", 100 - weight, backends[0]), Set("v2", "canary", weight, backends[1])],
                },
            ],
        };
        using var request = Ask(HttpMethod.Put, "/config");
        request.Content = JsonContent.Create(configuration, RouterProtocolJson.Default.RouterConfiguration);
        using var answer = await http.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<RouterCounts> CountsAsync(CancellationToken cancel)
    {
        using var request = Ask(HttpMethod.Get, "/counts");
        using var answer = await http.SendAsync(request, cancel);
        return (await answer.Content.ReadFromJsonAsync(RouterProtocolJson.Default.RouterCounts, cancel))!;
    }

    /// <summary>Processor time that a process has used, all its threads.</summary>
    public static TimeSpan Cpu(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

        // utime and stime (fields 14 and 15) are in clock ticks, of which Linux tells a hundred a second on every machine.
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11]) + long.Parse(fields[12])));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await KillAsync(process);
        }

        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task RestartRouterAsync(CancellationToken cancel)
    {
        await KillAsync(processes[^1]);
        processes.RemoveAt(processes.Count - 1);
        var began = Stopwatch.GetTimestamp();
        await StartRouterAsync(cancel);
        RouterStart = Stopwatch.GetElapsedTime(began);
    }

    private async Task StartRouterAsync(CancellationToken cancel)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "router")).FullName, RouterAdmin.FileName);
        File.Delete(file);
        RouterPid = Run("env", [.. RouterRuntime.Environment.Select(v => $"{v.Key}={v.Value}"), slipway, "router", "--data", Path.Combine(folder, "router"), "--port", RouterPort.ToString(CultureInfo.InvariantCulture)]).Id;
        await AnswersAsync(RouterPort, cancel);
        while (!File.Exists(file))
        {
            await Task.Delay(1, cancel);
        }

        admin = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancel), RouterProtocolJson.Default.RouterAdmin);
    }

    private Process Run(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
        return process;
    }

    // Any answer will do: a router without a configuration says 503.
    private async Task AnswersAsync(int port, CancellationToken cancel)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/") { Headers = { Host = Host } };
                using var answer = await http.SendAsync(request, cancel);
                return;
            }
            catch (HttpRequestException fault)
            {
                if (processes[^1].HasExited || Stopwatch.GetElapsedTime(began) > Patience)
                {
                    throw new InvalidOperationException($"{processes[^1].StartInfo.FileName} does not answer on port {port}.", fault);
                }

                await Task.Delay(2, cancel);
            }
        }
    }

    private HttpRequestMessage Ask(HttpMethod method, string path) =>
        new(method, $"http://127.0.0.1:{admin!.Port}{path}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", admin.Token) } };

    private static RouterVersionSet Set(string version, string arm, int weight, int port) =>
        new() { VersionSet = $"shop/prod/{version}", Version = version, Arm = arm, Weight = weight, Endpoints = [$"http://127.0.0.1:{port}"] };

    private static async Task KillAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task InstallAsync(CancellationToken cancel)
    {
        var path = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin";
        Environment.SetEnvironmentVariable("PATH", path);
        var missing = new (string Program, string Package)[] { ("haproxy", "haproxy"), ("nginx", "nginx-light"), ("wrk", "wrk") }
            .Where(p => !path.Split(':').Any(directory => File.Exists(Path.Combine(directory, p.Program)))).Select(p => p.Package).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await Console.Error.WriteLineAsync($"Installing {string.Join(", ", missing)} ...");
        using var apt = Process.Start(new ProcessStartInfo(Environment.UserName == "root" ? "env" : "sudo",
            [.. Environment.UserName == "root" ? Array.Empty<string>() : ["-n", "env"], "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends", .. missing])
        { RedirectStandardOutput = true })!;
        await apt.StandardOutput.ReadToEndAsync(cancel);
        await apt.WaitForExitAsync(cancel);
        if (apt.ExitCode != 0)
        {
            throw new InvalidOperationException($"apt-get could not install {string.Join(", ", missing)}; install them by hand.");
        }
    }
}
