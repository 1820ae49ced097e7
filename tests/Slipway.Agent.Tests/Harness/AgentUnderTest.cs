using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Harness;

/// <summary>An agent in this process with its server and a data directory; whatever it starts is gone when the test ends.</summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private static int _agents;
    private CancellationTokenSource _stop = new();

    private AgentUnderTest(AgentOptions options, FakeServer server) => (Settings, Server) = (options, server);

    public FakeServer Server { get; }
    public AgentOptions Settings { get; set; }
    public string Data => Settings.DataDirectory;
    public Task<AgentEnd> Run { get; private set; } = Task.FromResult<AgentEnd>(new AgentEnd.Stopped());

    public static AgentOptions Options(Uri server, string data) => new()
    {
        Name = "one",
        Server = server,
        Token = FakeServer.Token,
        DataDirectory = data,
        RouterPort = null,
        Labels = new Dictionary<string, string> { ["zone"] = "a" },
    };

    /// <param name="begin">Whether the agent runs from the start.</param>
    public static AgentUnderTest Create(bool begin = true, bool router = false, Func<AgentOptions, AgentOptions>? with = null)
    {
        var data = Directory.CreateTempSubdirectory("slipway-agent-").FullName;
        var server = new FakeServer();
        // Agents of tests that run at the same time do not try each other's ports.
        var slice = 20000 + Interlocked.Increment(ref _agents) % 100 * 100;
        var options = Options(server.Address, data) with { FirstInstancePort = slice, LastInstancePort = slice + 99, LoggerFactory = new FileLog(Path.Combine(data, "agent.log")) };
        if (router)
        {
            options = options with { RouterPort = 7380, RouterCommand = FakeRouter.Command };
        }
        var agent = new AgentUnderTest(with is null ? options : with(options), server);
        if (begin)
        {
            agent.Begin();
        }
        return agent;
    }

    public void Begin()
    {
        _stop = new();
        Run = Task.Run(() => AgentProgram.RunAsync(Settings, _stop.Token));
    }

    /// <summary>Ends the agent; what it started runs on.</summary>
    public async Task<AgentEnd> EndAsync()
    {
        await _stop.CancelAsync();
        return await Run;
    }

    public WantedVersionSet Wanted(IReadOnlyList<string> command, int count = 1, long counter = 1, string service = "shop", string revision = "r1") => new()
    {
        VersionSet = $"{service}/prod/{revision}",
        Token = new(1, counter),
        Service = service,
        Environment = "prod",
        Version = "1.0.0",
        Count = count,
        ArtifactDigest = Server.AddArtifact(("readme.txt", "an artifact")),
        ArtifactBytes = 0,
        Command = command,
        Env = new Dictionary<string, string> { ["COLOUR"] = "green" },
        Health = new()
        {
            Path = "/healthz",
            Interval = TimeSpan.FromMilliseconds(200),
            Timeout = TimeSpan.FromSeconds(5),
            HealthyAfter = 2,
            UnhealthyAfter = 3,
            Deadline = TimeSpan.FromSeconds(60),
        },
        Drain = TimeSpan.FromSeconds(10),
    };

    public async Task WantAsync(params WantedVersionSet[] sets)
    {
        await ConnectedAsync();
        await Server.SendAsync(new ServerWanted { Full = false, VersionSets = sets });
    }

    public Task ConnectedAsync() => Server.UntilAsync(_ => true);

    public async Task<ObservedInstance> UntilInstanceAsync(InstanceState state) =>
        (await Server.UntilAsync(report => report.VersionSets.Any(set => set.Instances.Any(instance => instance.State == state))))
        .VersionSets.SelectMany(set => set.Instances).First(instance => instance.State == state);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync();
        }
        finally
        {
            (await AgentProgram.StopAllAsync(Settings with { LoggerFactory = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance }, CancellationToken.None)).ShouldBeOfType<AgentEnd.Stopped>();
            await Server.DisposeAsync();
            _stop.Dispose();
            foreach (var artifact in Directory.GetDirectories(Path.Combine(Data, "artifacts")))
            {
                Slipway.Client.Artifacts.ArtifactExtractor.Remove(artifact);
            }
            Directory.Delete(Data, recursive: true);
        }
    }
}
