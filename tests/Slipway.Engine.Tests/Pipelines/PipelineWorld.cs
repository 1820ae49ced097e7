using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Access;
using Slipway.Core.Definitions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Engine.Reports;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Targets;
using Slipway.Engine.Tests.Simulation;
using Slipway.Storage.Sqlite;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>Sources, runs and their jobs as the engine drives them, on the real store, with a clock that stands still until it is moved. One agent takes jobs, which end when the test says so.</summary>
internal sealed class PipelineWorld : ISourceProvider, IAsyncDisposable
{
    public const string Agent = "host-1";
    public static readonly Actor Ada = new("ada", "ada");
    private readonly string folder;
    private readonly DeliveryLoop loop;
    private readonly JobIntake intake;
    private readonly RunFlow runs = new();
    private readonly SourceFlow sources = new();
    private readonly RunConcurrency concurrency;

    private PipelineWorld(SqliteStore store, VirtualTime time, string folder, RunConcurrency concurrency)
    {
        (this.folder, Store, Time, this.concurrency) = (folder, store, time, concurrency);
        var signal = new WantedSignal();
        Observations = new TargetObservations(store, time);
        Dispatcher = new JobDispatcher(store, store, Agents, signal, new Quarantine(store, store), new CommandPlans(store, Observations), time);
        // Nothing here has an artifact or a lane: who makes releases and rollouts is never asked.
        var effects = new PipelineEffects(store, store, Dispatcher, signal, Agents, new CommitReader(this, ReadDefinition), new RunReleases(store, this, null!, null!), (_, _, _, _, _) => Task.CompletedTask, time);
        var runner = new EffectRunner(store, null!, null!, null!, null!, null!, null!, null!, effects.RunAsync, NullLogger<EffectRunner>.Instance);
        loop = new DeliveryLoop(store, new IMachine[] { sources, runs, new CommandFlow(), new RolloutFlow() }.ToDictionary(m => m.Kind), runner, new LoopOptions(), time, NullLogger<DeliveryLoop>.Instance);
        intake = new JobIntake(store, (_, _, _, _) => Task.FromResult(LogEnd));
    }

    public SqliteStore Store { get; }
    public VirtualTime Time { get; }
    public AgentRegistry Agents { get; } = new();
    public JobDispatcher Dispatcher { get; }

    public TargetObservations Observations { get; }

    /// <summary>What the logs of jobs end with.</summary>
    public string? LogEnd { get; set; }

    /// <summary>Repositories do not answer.</summary>
    public bool IsAway { get; set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<PipelineWorld> OpenAsync(RunConcurrency concurrency = RunConcurrency.NewestWins)
    {
        var folder = Directory.CreateTempSubdirectory("slipway-pipelines-").FullName;
        var time = new VirtualTime();
        return new PipelineWorld(await SqliteStore.OpenAsync(Path.Combine(folder, "slipway.db"), time), time, folder, concurrency);
    }

    public void Connect(int capacity, bool connected = true) => Agents.Put(new AgentPresence
    {
        Name = Agent, Connected = connected, LastSeenAt = Time.GetUtcNow(), SeenStamp = Time.GetTimestamp(), Labels = new Dictionary<string, string>(), Program = "test", ProtocolVersion = 1, JobCapacity = capacity,
    });

    /// <summary>Commits what was claimed, and claims what there is now.</summary>
    public Task StepAsync() => loop.StepAsync(Cancel);

    /// <summary>Does all that is to be done now: turns, effects, and jobs to the agent.</summary>
    public async Task SettleAsync()
    {
        do
        {
            while (await loop.StepAsync(Cancel))
            {
            }

            await Dispatcher.DispatchAsync(Cancel);
        }
        while (await loop.StepAsync(Cancel));
    }

    /// <summary>Time passes, and what falls due meanwhile is done when it does.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Time.Elapsed + time; Time.Elapsed < end;)
        {
            Time.Pass(TimeSpan.FromSeconds(5));
            await SettleAsync();
        }
    }

    public Task SendAsync(string service, params SourceEvent[] events) => Store.AppendAsync(
        new Append { Events = [.. events.Select((e, n) => new NewMessage(SourceFlow.ProcessOf(service), $"{Guid.CreateVersion7()}:{n}", sources.WriteEvent(e)))] }, Cancel);

    public Task SendAsync(ProcessId to, string @event) => Store.AppendAsync(new Append { Events = [new NewMessage(to, Guid.CreateVersion7().ToString(), @event)] }, Cancel);

    public Task KeepReleaseAsync(Release release) => Store.AppendAsync(
        new Append { Documents = [new DocumentWrite("release", $"{release.Service}/{release.Version}", JsonSerializer.SerializeToNode(release, JsonSerializerOptions.Web))] }, Cancel);

    public Task FollowAsync(string service) => SendAsync(service, new SourceSet(new SourceSpec($"/srv/{service}", "main", null), Ada));

    /// <summary>What the agent has been given and not been told to end.</summary>
    public async Task<IReadOnlyList<JobPlan>> AtAgentAsync() =>
        [.. (await Store.ReadWantedAsync(Agent, Cancel)).Select(row => JsonSerializer.Deserialize(row.Body!, JobPlanJson.Default.JobPlan)!)];

    public async Task ReportAsync(params (JobPlan Plan, JobOutcome? Outcome)[] jobs) => await intake.ReportAsync(
        Agent,
        [.. jobs.Select(j => (j.Plan.Run, new JobReport(j.Plan.Job, j.Plan.Attempt, Agent, j.Outcome, null, Time.GetUtcNow(), [new StepState("make", StepPhase.Running, Time.GetUtcNow(), null, null, 1, null)], null, new Dictionary<string, string>())))],
        Cancel);

    public async Task<RunState> RunAsync(string run) =>
        await Store.ReadProcessAsync(RunFlow.ProcessOf(run), Cancel) is { } process ? runs.ReadState(process.State, process.StateVersion) : throw new InvalidOperationException($"There is no {run}.");

    public async Task<SourceState> SourceAsync(string service) =>
        await Store.ReadProcessAsync(SourceFlow.ProcessOf(service), Cancel) is { } process ? sources.ReadState(process.State, process.StateVersion) : throw new InvalidOperationException($"{service} has no repository.");

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public static string Commit(int number) => number.ToString("x40", System.Globalization.CultureInfo.InvariantCulture);

    Task<string?> ISourceProvider.HeadAsync(SourceSpec source, SourceAccess? access, CancellationToken cancel) => throw new NotSupportedException("Nobody looks here: tests say what is seen.");

    Task<bool> ISourceProvider.HasNameAsync(SourceSpec source, string name, SourceAccess? access, CancellationToken cancel) => throw new NotSupportedException("Nobody asks at the desk here.");

    Task<string?> ISourceProvider.DefaultBranchAsync(string repository, SourceAccess? access, CancellationToken cancel) => Task.FromResult<string?>("main");

    Task<SourceCommit> ISourceProvider.ReadAsync(string key, SourceSpec source, string @ref, string? since, CancellationToken cancel) => IsAway ? throw new SourceUnavailableException("It does not answer.", "Wait.", retryable: true) : Task.FromResult(new SourceCommit
    {
        Id = RepositoryAddress.IsCommit(@ref) ? @ref : Commit(0), Ref = "refs/heads/main", Subject = "s", AuthorName = "a", AuthorMail = "a@example.org", At = DateTimeOffset.UnixEpoch, Version = "1.0.0", Changed = true,
        Definition = $"service: {key}\npipeline: {{ jobs: {{ build: {{ timeout: 10m, steps: [ {{ run: make }} ] }} }}, concurrency: {(concurrency == RunConcurrency.Queue ? "queue" : "newestWins")} }}\nrun: {{ command: ./x }}\n",
    });

    Task<string?> ISourceProvider.CodeAsync(string key, string commit, string? path, CancellationToken cancel) => throw new NotSupportedException();

    Task ISourceProvider.PinAsync(string key, string commit, string name, CancellationToken cancel) => Task.CompletedTask;

    private static DefinitionResult ReadDefinition(string text, string file) => ServiceDefinitionReader.Read(text, file, null);
}
