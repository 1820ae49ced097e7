using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Slipway.Agent.Router;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Router;

/// <summary>A router with a data directory, in this process or as one of its own, and ways to ask it.</summary>
internal sealed class RouterUnderTest : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly HttpClient adminHttp = new() { Timeout = TimeSpan.FromSeconds(30) };
    private Task<int>? inThisProcess;

    private RouterUnderTest(string data)
    {
        Data = data;
        Http = Client();
    }

    public string Data { get; }
    public RouterAdmin Admin { get; private set; } = null!;
    public RouterProcess? Process { get; private set; }

    /// <summary>Connects to the router whatever the host of the address is.</summary>
    public HttpClient Http { get; }

    public static string NewData() => Directory.CreateTempSubdirectory("slipway-router-").FullName;

    public static async Task<RouterUnderTest> StartAsync(string? data = null, int httpPort = 0, bool asProcess = false)
    {
        var router = new RouterUnderTest(data ?? NewData());
        var before = router.ReadAdmin()?.Incarnation;
        if (asProcess)
        {
            router.Process = RouterProcess.StartRouter(router.Data, httpPort);
        }
        else
        {
            var options = new RouterOptions { DataDirectory = router.Data, HttpPort = httpPort, StopTimeout = TimeSpan.FromSeconds(5) };
            router.inThisProcess = Task.Run(() => RouterProgram.RunAsync(options, router.stop.Token));
        }

        router.Admin = await Until.TrueAsync(() => router.ReadAdmin() is { } admin && admin.Incarnation != before ? admin : null, TimeSpan.FromSeconds(60), () => "the router does not start");
        return router;
    }

    public HttpClient Client() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancel) =>
        {
            // Hosts that end in .localhost are the router's HTTP port; a plain address is taken as it is.
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Host == "127.0.0.1" ? context.DnsEndPoint.Port : Admin.HttpPort, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { Timeout = TimeSpan.FromSeconds(60) };

    public async Task<(int Status, string Body)> AdminAsync(HttpMethod method, string path, string? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{Admin.Port}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Admin.Token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await adminHttp.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<(int Status, string Body)> PutAsync(RouterConfiguration configuration) =>
        await AdminAsync(HttpMethod.Put, "/config", JsonSerializer.Serialize(configuration, RouterProtocolJson.Default.RouterConfiguration));

    /// <summary>Brings a configuration into force, or fails the test.</summary>
    public async Task<RouterApplied> ApplyAsync(RouterConfiguration configuration)
    {
        var (status, body) = await PutAsync(configuration);
        status.ShouldBe(200, body);
        return JsonSerializer.Deserialize(body, RouterProtocolJson.Default.RouterApplied)!;
    }

    public async Task<RouterProblem> RefusedAsync(RouterConfiguration configuration, int status)
    {
        var (seen, body) = await PutAsync(configuration);
        seen.ShouldBe(status, body);
        return JsonSerializer.Deserialize(body, RouterProtocolJson.Default.RouterProblem)!;
    }

    public async Task<RouterCounts> CountsAsync(RouterCounts? since = null)
    {
        var (status, body) = await AdminAsync(HttpMethod.Get, since is null ? "/counts" : $"/counts?incarnation={since.Incarnation}&since={since.Sequence}");
        status.ShouldBe(200, body);
        return JsonSerializer.Deserialize(body, RouterProtocolJson.Default.RouterCounts)!;
    }

    /// <summary>The totals over generations of one version set, or of all; on one arm, or on all.</summary>
    public async Task<OutcomeCounts> TotalAsync(string? versionSet = "v1", string? arm = null) =>
        Sum((await CountsAsync()).Sets.Where(s => (versionSet is null || s.VersionSet == versionSet) && (arm is null || s.Arm == arm)).Select(s => s.Total));

    /// <summary>Waits a while: an answer reaches its client a moment before it is counted.</summary>
    public async Task TotalBecomesAsync(OutcomeCounts expected, string? versionSet = "v1", string? arm = null)
    {
        for (var i = 0; i < 400 && await TotalAsync(versionSet, arm) != expected; i++)
        {
            await Task.Delay(50);
        }

        (await TotalAsync(versionSet, arm)).ShouldBe(expected);
    }

    /// <summary>What the seconds of one version set add up to, over generations; waits until nothing is under way.</summary>
    public async Task<OutcomeCounts> UnitsAsync(string? versionSet = "v1")
    {
        var counts = await CountsAsync();
        for (var i = 0; i < 400 && counts.Sets.Any(s => s.Total.UnderWay() > 0); i++)
        {
            await Task.Delay(50);
            counts = await CountsAsync();
        }

        return Sum(counts.Sets.Where(s => versionSet is null || s.VersionSet == versionSet).SelectMany(s => s.Seconds).Select(s => s.Outcomes));
    }

    public async Task<string[]> MetricsAsync() => (await AdminAsync(HttpMethod.Get, "/metrics")).Body.Split('\n');

    public async Task EndAsync()
    {
        await stop.CancelAsync();
        if (inThisProcess is not null)
        {
            (await inThisProcess.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0);
        }

        if (Process is not null)
        {
            await Process.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        adminHttp.Dispose();
        await EndAsync();
        stop.Dispose();
    }

    public static OutcomeCounts Sum(IEnumerable<OutcomeCounts> counts) => counts.Aggregate(new OutcomeCounts(0, 0, 0, 0, 0, 0), (a, b) => a + b);

    private RouterAdmin? ReadAdmin()
    {
        var file = Path.Combine(Data, RouterAdmin.FileName);
        return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), RouterProtocolJson.Default.RouterAdmin) : null;
    }
}
