using System.Diagnostics;
using System.Globalization;
using System.Text;
using Slipway.Bench.Platform;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Bench.Pipelines;

/// <summary><c>slipway up</c>, and beside its own agent one for the jobs that are measured (label <c>bench: yes</c>), with as many places as the benchmark wants.</summary>
internal sealed class BenchPlatform : IAsyncDisposable
{
    private const string AgentName = "bench";
    private readonly UpProcess up = new();
    private Process? agent;

    public string Home => up.Home;
    public int ServerPid => up.Pid;
    public int AgentPid => agent!.Id;
    public UpProcess Up => up;
    public SlipwayClient Client { get; private set; } = null!;

    public static async Task<BenchPlatform> StartAsync(int places, CancellationToken cancel)
    {
        var platform = new BenchPlatform();
        try
        {
            await platform.BeginAsync(places, cancel);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a service whose runs come from a repository, without waiting for any.</summary>
    public async Task AddServiceAsync(string name, string repository, CancellationToken cancel) =>
        await Client.AddService(new AddService { Name = name, Source = new SetSource { Repository = repository } }, cancel);

    /// <summary>A run when it has ended.</summary>
    public async Task<RunView> EndedAsync(string id, CancellationToken cancel)
    {
        while (true)
        {
            if ((await FindAsync(id, cancel)) is { EndedAt: not null } ended)
            {
                return ended.State == RunStateView.Succeeded ? ended : throw new InvalidOperationException($"{id}: {ended.Reason}");
            }

            await Task.Delay(50, cancel);
        }
    }

    /// <summary>Null: it is not there yet.</summary>
    public async Task<RunView?> FindAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await Client.Run(id, cancel);
        }
        catch (SlipwayApiException missing) when (missing.Status == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Seconds of the epoch at which the first line of a step was written.</summary>
    public async Task<double> FirstLineAsync(string run, string job, CancellationToken cancel)
    {
        using var lines = new StreamReader(await Client.JobLog(run, job, cancel: cancel));
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (JobLogEvent.Line.Parse(line) is { Step: >= 0 } written)
            {
                return written.At.ToUnixTimeMilliseconds() / 1000.0;
            }
        }

        throw new InvalidOperationException($"{run} {job} wrote nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (agent is not null)
        {
            using (var end = Process.Start("kill", ["-TERM", agent.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await end.WaitForExitAsync();
            }

            await agent.WaitForExitAsync();
            agent.Dispose();
        }

        await up.DisposeAsync();
    }

    private async Task BeginAsync(int places, CancellationToken cancel)
    {
        await up.StartAsync("environments:\n  prod: { promote: manual, traffic: expected }\n", cancel);
        Client = up.Client();
        if (places == 0)
        {
            return;
        }

        var token = await Client.EnrolAgent(new EnrolAgent { Name = AgentName }, cancel);
        var command = up.Command("agent", "--server", up.Server.AbsoluteUri, "--name", AgentName, "--data", Path.Combine(Home, "bench-agent"), "--jobs", places.ToString(CultureInfo.InvariantCulture),
            "--label", "bench=yes", "--no-router", "--log", Path.Combine(Home, "bench-agent.log"));
        command.Environment["SLIPWAY_TOKEN"] = token.Secret;
        agent = Process.Start(command)!;
        while (!(await Client.Agents(cancel: cancel)).Items.Any(each => each is { Name: AgentName, Connected: true }))
        {
            await Task.Delay(50, cancel);
        }
    }

    /// <summary>A definition of one pipeline, whose jobs run on the measured agent.</summary>
    public static string Definition(string service, string jobs) => new StringBuilder()
        .Append($"service: {service}\npipeline:\n  concurrency: queue\n  jobs:\n").Append(jobs).Append("run: { command: 'true' }\n").ToString();
}
