using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Artifacts;
using Slipway.Core.Pipelines;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Server.Api;
using Slipway.Server.Pipelines;
using Slipway.Server.Tests.Secrets;

namespace Slipway.Server.Tests.Artifacts;

/// <summary>What runs leave: runs of a real repository, whose jobs an agent reports on that is played here.</summary>
public sealed class RunRetentionTests : IDisposable
{
    private static readonly RunFlow Flow = new();
    private readonly string _repository = Directory.CreateTempSubdirectory("slipway-run-retention-").FullName;
    private int _events;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outputs_and_logs_of_an_old_run_go_and_who_asks_for_them_is_told()
    {
        await using var running = await RunningServer.StartAsync();
        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with { Retention = new RetentionPolicy { Logs = new(TimeSpan.FromDays(2), 1), Outputs = new(TimeSpan.FromDays(2), 1) } });
        await AddServiceAsync(running);
        var first = await RunAsync(running, 1, outputs: "first");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/runs", "{}").StatusAsync(200);
        var second = await RunAsync(running, 2, outputs: "second");

        (await LeftAsync(running, 1)).Artifacts.Single().ShouldBe(new RunArtifactView { Job = "build", Attempt = 1, Digest = first, Bytes = 5, Available = true });
        using (var bytes = await running.Admin.SendAsync("GET", $"/api/v1/artifacts/{first}/content"))
        {
            (await bytes.Content.ReadAsStringAsync(Cancel)).ShouldBe("first");
        }

        running.Time.Advance(TimeSpan.FromDays(3));
        var gone = JsonSerializer.Deserialize(await running.Admin.SendAsync("POST", "/api/v1/artifacts/collect", "{}").JsonAsync(), ApiJson.Of<CollectionView>())!.Gone;
        gone.Select(thing => (thing.Kind, thing.Run, thing.Digest)).ShouldBe([(CollectedKindView.Outputs, "shop-run-1", first), (CollectedKindView.Logs, "shop-run-1", null)], ignoreOrder: true);

        var left = await LeftAsync(running, 1);
        left.Artifacts.Single().Available.ShouldBeFalse();
        left.Artifacts.Single().CollectedAt.ShouldNotBeNull();
        left.LogsCollectedAt.ShouldNotBeNull();
        (await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-1/jobs/build/log").ProblemAsync(404, "notFound")).Detail!.ShouldContain("`retention.logs`");
        await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/jobs/build/log").StatusAsync(200);
        (await LeftAsync(running, 2)).Artifacts.Single().ShouldBe(new RunArtifactView { Job = "build", Attempt = 1, Digest = second, Bytes = 6, Available = true });

        // Those that failed need what is gone; all of it can be run again.
        (await running.Admin.SendAsync("POST", "/api/v1/runs/shop-run-1/rerun", """{"failedOnly":true}""").ProblemAsync(409, "outputsGone")).NextStep.ShouldBe("Run all of it again: slipway run rerun shop-run-1");
        await running.Admin.SendAsync("POST", "/api/v1/runs/shop-run-2/rerun", """{"failedOnly":true}""").StatusAsync(200);
        await running.Admin.SendAsync("POST", "/api/v1/runs/shop-run-1/rerun", "{}").StatusAsync(200);

        // Nothing of runs that go on may go, however old.
        running.Time.Advance(TimeSpan.FromDays(30));
        var (later, log) = (await running.Admin.SendAsync("POST", "/api/v1/artifacts/collect", "{}").JsonAsync(), Path.Combine(running.Data, "logs", "runs", "shop-run-2"));
        later["gone"]!.AsArray().ShouldBeEmpty();
        Directory.GetFiles(log).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_folder_of_logs_that_a_killed_server_left_on_its_way_out_goes_with_the_next_look()
    {
        await using var running = await RunningServer.StartAsync();
        var logs = running.Part<JobLogs>();
        await logs.AppendAsync("shop-run-1", "test (20, debian)", 1, 0, new MemoryStream([1, 2, 3]), Cancel);
        var store = running.Part<IRunLogStore>();
        store.List().ShouldBe([("shop-run-1", 3L)]);
        var aside = Directory.CreateDirectory(Path.Combine(running.Data, "logs", "removed", "1")).FullName;
        File.WriteAllText(Path.Combine(aside, "half"), "x");
        store.List().Count().ShouldBe(1);
        Directory.Exists(aside).ShouldBeFalse();
        store.Remove("shop-run-1");
        store.Remove("shop-run-1");
        store.List().ShouldBeEmpty();

        // An agent that goes on with its log is told that it begins anew.
        (await logs.AppendAsync("shop-run-1", "test (20, debian)", 1, 3, new MemoryStream([4]), Cancel)).ShouldBe((false, new Slipway.Client.Agents.LogEnd(0, false)));
    }

    public void Dispose() => Directory.Delete(_repository, recursive: true);

    private async Task AddServiceAsync(RunningServer running)
    {
        File.WriteAllText(
            Path.Combine(_repository, "slipway.yaml"),
            "service: shop\nrun: { command: ./run }\npipeline: { jobs: { build: { steps: [ { run: make } ], outputs: [ dist ] }, test: { needs: [ build ], steps: [ { run: make test } ] } } }\n");
        GitHost.Git(_repository, "init", "--quiet", "--initial-branch", "main");
        GitHost.Git(_repository, "add", "--all");
        GitHost.Git(_repository, "-c", "user.name=Maren", "-c", "user.email=maren@example.org", "-c", "commit.gpgSign=false", "commit", "--quiet", "--message", "Open the shop");
        await running.Admin.SendAsync("POST", "/api/v1/services", $$$"""{"name":"shop","source":{"repository":"{{{_repository}}}"}}""").StatusAsync(201);
    }

    /// <summary>Plays a run to its end: build leaves something, test fails.</summary>
    /// <returns>The digest of what build left.</returns>
    private async Task<string> RunAsync(RunningServer running, int number, string outputs)
    {
        var run = $"shop-run-{number}";
        await using var staged = await running.Part<IArtifactStore>().StageAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(outputs)), 100, Cancel);
        await staged.KeepAsync(Cancel);
        await UntilAsync(running, run, state => state.Jobs.Any(job => job is { Name: "build", Phase: JobPhase.Queued }));
        await EndAsync(running, run, "build", JobOutcome.Succeeded, staged.Digest);
        await UntilAsync(running, run, state => state.Jobs.Any(job => job is { Name: "test", Phase: JobPhase.Queued }));
        await EndAsync(running, run, "test", JobOutcome.BuildFailed, null);
        await UntilAsync(running, run, state => state.Phase == RunPhase.Failed);
        return staged.Digest;
    }

    private async Task EndAsync(RunningServer running, string run, string job, JobOutcome outcome, string? outputs)
    {
        await running.Part<JobLogs>().AppendAsync(run, job, 1, 0, new MemoryStream("0 0 made\n"u8.ToArray()), Cancel);
        await SendAsync(new JobAssigned(job, 1, "played"));
        await SendAsync(new JobReported(new JobReport(job, 1, "played", outcome, null, running.Time.GetUtcNow(), [], outputs, new Dictionary<string, string>())));

        Task SendAsync(RunEvent @event) => running.Store.AppendAsync(new Append { Events = [new NewMessage(RunFlow.ProcessOf(run), $"played:{++_events}", Flow.WriteEvent(@event))] }, Cancel);
    }

    private static async Task UntilAsync(RunningServer running, string run, Func<RunState, bool> condition)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (await running.Store.ReadProcessAsync(RunFlow.ProcessOf(run), late.Token) is not { } process || !condition(Flow.ReadState(process.State, process.StateVersion)))
        {
            await Task.Delay(20, late.Token);
        }
    }

    private static async Task<RunArtifactsView> LeftAsync(RunningServer running, int number) =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", $"/api/v1/runs/shop-run-{number}/artifacts").JsonAsync(), ApiJson.Of<RunArtifactsView>())!;
}
