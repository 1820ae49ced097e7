using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Client.Agents;
using Slipway.Client.Http;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Tests;

/// <summary>Alone: one of them measures the memory of the whole process, and the servers of other tests are in it.</summary>
[CollectionDefinition(nameof(JobLogTests), DisableParallelization = true)]
[Collection(nameof(JobLogTests))]
public sealed class JobLogTests
{
    private const string Run = "shop-run-1", Path = "/api/v1/runs/shop-run-1/jobs/build/log";
    private static readonly Actor Maren = new("maren", "maren");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_is_read_while_it_grows_and_ends_with_its_attempt()
    {
        await using var running = await RunningServer.StartAsync();
        await using var job = await RunningJob.StartAsync(running);
        using var client = job.Reader();
        await using var events = client.FollowJobLog(Run, "build", 1, Cancel).GetAsyncEnumerator(Cancel);
        await job.WriteAsync("1000 -1 ## checked out\n2000 0 ten %\r");
        (await NextAsync(events)).ShouldBe(new JobLogEvent.Line(DateTimeOffset.FromUnixTimeMilliseconds(1000), -1, "## checked out"));
        // A line is told of when it is whole; what writes over itself comes as it was written.
        await job.WriteAsync("all\n");
        (await NextAsync(events)).ShouldBe(new JobLogEvent.Line(DateTimeOffset.FromUnixTimeMilliseconds(2000), 0, "ten %\rall"));
        await job.WriteAsync("3000 0 \n3000 1 data: naïve \u001b[31mred\n");
        ((JobLogEvent.Line)await NextAsync(events)).Text.ShouldBe("");
        ((JobLogEvent.Line)await NextAsync(events)).Text.ShouldBe("data: naïve \u001b[31mred");
        await job.EndAsync(ObservedOutcome.Succeeded);
        var end = (await NextAsync(events)).ShouldBeOfType<JobLogEvent.Ended>().End;
        (end.Attempt, end.State, end.Next).ShouldBe((1, Client.Api.JobStateView.Succeeded, null));
        (await events.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_cancelled_in_the_middle_of_a_step_ends_the_step_and_says_so_in_its_log()
    {
        await using var running = await RunningServer.StartAsync();
        await using var job = await RunningJob.StartAsync(running);
        await job.ReportAsync(null, [new ObservedStep("one", ObservedStepState.Running, DateTimeOffset.UnixEpoch.AddYears(56), null, null, 1, null)], each => each["steps"]!.AsArray().Count == 1);
        await job.WriteAsync("1000 0 cut sh");
        await running.Admin.SendAsync("POST", $"/api/v1/runs/{Run}/cancel", """{"why":"wrong branch"}""").StatusAsync(200);
        var step = (await running.Admin.SendAsync("GET", $"/api/v1/runs/{Run}").JsonAsync())["jobs"]![0]!["steps"]![0]!;
        (step["state"]!.GetValue<string>(), step["endedAt"] is not null).ShouldBe(("cancelled", true));
        string log = "";
        for (var tries = 0; tries < 300 && !log.Contains("cancelled", StringComparison.Ordinal); tries++)
        {
            await Task.Delay(100, Cancel);
            using var answer = await running.Admin.SendAsync("GET", Path);
            log = await answer.Content.ReadAsStringAsync(Cancel);
        }

        log.ShouldMatch("^1000 0 cut sh\n[0-9]+ -1 ## cancelled by admin: wrong branch\n\\z");
        await running.Part<JobLogs>().EndAsync(Run, "build", 1, "cancelled by admin: wrong branch", DateTimeOffset.UnixEpoch, Cancel);
        using var again = await running.Admin.SendAsync("GET", Path);
        (await again.Content.ReadAsStringAsync(Cancel)).ShouldBe(log);
    }

    [Fact]
    public async Task Ids_are_bytes_and_a_reader_goes_on_behind_the_last_one()
    {
        await using var running = await RunningServer.StartAsync();
        await using var job = await RunningJob.StartAsync(running);
        await job.WriteAsync("1000 0 one\n2000 0 two\n");
        await job.EndAsync(ObservedOutcome.BuildFailed);
        var whole = await ReadAsync(running, null);
        whole.ShouldContain("id: 11\ndata: 1000 0 one\n\nid: 22\ndata: 2000 0 two\n\nevent: end\n");
        var rest = await ReadAsync(running, "11");
        rest.ShouldNotContain("one");
        rest.ShouldContain("id: 22\ndata: 2000 0 two\n\nevent: end\ndata: ");
        JsonNode.Parse(rest.Split("data: ")[^1])!["state"]!.GetValue<string>().ShouldBe("failed");
        // Without Accept it is text, as before, and parts of it can be asked for.
        using var part = await running.Admin.SendAsync("GET", Path, null, ("Range", "bytes=11-"));
        (part.StatusCode, await part.Content.ReadAsStringAsync(Cancel)).ShouldBe((HttpStatusCode.PartialContent, "2000 0 two\n"));
        await running.Admin.SendAsync("GET", Path, null, ("Accept", "text/event-stream"), ("Last-Event-ID", "-4")).ProblemAsync(400, "invalidLastEventId");
        await running.Admin.SendAsync("GET", Path + "?attempt=2", null, ("Accept", "text/event-stream")).ProblemAsync(404, "notFound");
        (await running.Admin.SendAsync("GET", Path + "?attempt=7").ProblemAsync(404, "notFound")).Detail.ShouldBe("There is no attempt 7 of the job 'build' of shop-run-1: there is 1.");
        await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-1/jobs/other/log", null, ("Accept", "text/event-stream")).ProblemAsync(404, "notFound");
        await running.Anonymous.SendAsync("GET", Path, null, ("Accept", "text/event-stream")).ProblemAsync(401, "notSignedIn");
    }

    [Fact]
    public async Task A_reader_that_reads_nothing_holds_up_neither_the_agent_nor_the_servers_memory()
    {
        await using var running = await RunningServer.StartAsync();
        await using var job = await RunningJob.StartAsync(running);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var slow = await running.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var piece = string.Concat(Enumerable.Range(0, 8000).Select(n => $"1000 0 line {n} {new string('.', 100)}\n"));
        await job.WriteAsync(piece);
        var before = await HeldAsync();
        for (var turn = 0; turn < 40; turn++)
        {
            await job.WriteAsync(piece);
        }

        (await HeldAsync() - before).ShouldBeLessThan(8 << 20);
        await job.EndAsync(ObservedOutcome.Succeeded);
        using var reader = new StreamReader(await slow.Content.ReadAsStreamAsync(Cancel));
        var text = await reader.ReadToEndAsync(Cancel);
        text.Split("\ndata: 1000 0 line ").Length.ShouldBe(1 + (41 * 8000));
        text.ShouldContain("event: end");
    }

    [Fact]
    public async Task Revoking_a_token_cuts_its_stream()
    {
        await using var running = await RunningServer.StartAsync();
        await using var job = await RunningJob.StartAsync(running);
        var viewer = await running.AsAsync(Role.Viewer, "vic");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var stream = await viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var id = (await viewer.SendAsync("GET", "/api/v1/tokens").JsonAsync())["items"]![0]!["id"]!.GetValue<string>();
        await running.Admin.SendAsync("DELETE", $"/api/v1/tokens/{id}").StatusAsync(204);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel));
        (await reader.ReadToEndAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldNotContain("event: end");
    }

    [Fact]
    public void Lines_become_events_whatever_is_in_them()
    {
        var to = new ArrayBufferWriter<byte>();
        LogEvents.Write(to, "1 0 a\n2 0 \rb\r\rc\n3 0 torn"u8, 100).ShouldBe(124);
        Encoding.UTF8.GetString(to.WrittenSpan).ShouldBe("id: 106\ndata: 1 0 a\n\nid: 116\ndata: 2 0 \ndata: b\ndata: \ndata: c\n\nid: 124\ndata: 3 0 torn\n\n");
    }

    [Fact]
    public async Task The_log_of_a_combination_with_a_slash_in_it_is_taken_and_given()
    {
        const string Name = "build (linux/arm64)";
        await using var running = await RunningServer.StartAsync();
        await using var job = await RunningJob.StartAsync(running, new MatrixDefinition { Axes = [new MatrixAxis("platform", ["linux/arm64"])] }, Name);
        await job.WriteAsync("1000 0 one\n");
        await job.EndAsync(ObservedOutcome.Succeeded);
        using var client = job.Reader();
        using var log = new StreamReader(await client.JobLog(Run, Name, cancel: Cancel));
        (await log.ReadToEndAsync(Cancel)).ShouldBe("1000 0 one\n");
    }

    /// <summary>The least of several full collections: what waits for a reader is there in all of them, what a request has just used is not.</summary>
    private static async Task<long> HeldAsync()
    {
        var least = long.MaxValue;
        for (var look = 0; look < 5; look++)
        {
            await Task.Delay(100, Cancel);
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }

        return least;
    }

    private static async Task<JobLogEvent> NextAsync(IAsyncEnumerator<JobLogEvent> events)
    {
        (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeTrue();
        return events.Current;
    }

    private static async Task<string> ReadAsync(RunningServer running, string? last)
    {
        (string, string)[] headers = [("Accept", "text/event-stream"), .. last is null ? Array.Empty<(string, string)>() : [("Last-Event-ID", last)]];
        using var response = await running.Admin.SendAsync("GET", Path, null, headers);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return await response.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>A run with one job, which an agent has that writes what the test says.</summary>
    private sealed class RunningJob(RunningServer running, FakeAgent agent, HttpClient http, string name) : IAsyncDisposable
    {
        private readonly DateTimeOffset startedAt = DateTimeOffset.UnixEpoch.AddYears(56);
        private long length;

        public static async Task<RunningJob> StartAsync(RunningServer running, MatrixDefinition? matrix = null, string name = "build")
        {
            var (source, runs) = (new SourceFlow(), new RunFlow());
            var inputs = new RunInputs
            {
                Service = "shop", Commit = new string('a', 40), Branch = "main", Version = "1.0.0", Subject = "A commit", Trigger = RunTrigger.Manual,
                Pipeline = new PipelineDefinition { Jobs = [new JobDefinition { Name = "build", Matrix = matrix, Steps = [new StepDefinition { Name = "one", Run = "true" }] }] },
            };
            await running.Store.AppendAsync(new Append
            {
                Events =
                [
                    new NewMessage(SourceFlow.ProcessOf("shop"), "set", source.WriteEvent(new SourceSet(new SourceSpec("/nowhere/at/all", "main", null), Maren))),
                    new NewMessage(RunFlow.ProcessOf(Run), "asked", runs.WriteEvent(new RunRequested(inputs, Maren, null))),
                    new NewMessage(RunFlow.ProcessOf(Run), "admitted", runs.WriteEvent(new RunAdmitted())),
                ],
            }, Cancel);
            var agent = await FakeAgent.ConnectAsync(running, "one", hello: hello => hello with { JobCapacity = 2 });
            await agent.NextAsync<ServerWelcome>();
            await agent.SendAsync(new AgentReport { VersionSets = [], Routes = [] });
            await WaitForAsync(running, job => job["state"]!.GetValue<string>() == "running");
            return new RunningJob(running, agent, running.Client(await running.TokenOfAsync(Role.Agent, "one")), name);
        }

        public SlipwayClient Reader() => new(new() { Server = running.Server.Url, Token = running.Admin.DefaultRequestHeaders.Authorization!.Parameter });

        public async Task WriteAsync(string text)
        {
            using var response = await http.PostAsync(new Uri($"{JobPaths.LogPath}/{Run}/{Uri.EscapeDataString(name)}/1?offset={length}", UriKind.Relative), new StringContent(text), Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            length += Encoding.UTF8.GetByteCount(text);
        }

        public Task EndAsync(ObservedOutcome outcome) => ReportAsync(outcome, [], job => job["endedAt"] is not null);

        public async Task ReportAsync(ObservedOutcome? outcome, IReadOnlyList<ObservedStep> steps, Func<JsonNode, bool> isTaken)
        {
            await agent.SendAsync(new AgentReport
            {
                VersionSets = [], Routes = [],
                Jobs = [new ObservedJob { Run = Run, Job = name, Attempt = 1, Token = new Token(running.Store.Generation, 1), StartedAt = startedAt, Steps = steps, Outcome = outcome, Reason = outcome is null or ObservedOutcome.Succeeded ? null : "it failed" }],
            });
            await WaitForAsync(running, isTaken);
        }

        public ValueTask DisposeAsync() => agent.DisposeAsync();

        private static async Task WaitForAsync(RunningServer running, Func<JsonNode, bool> isSo)
        {
            JsonNode? last = null;
            using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            late.CancelAfter(TimeSpan.FromSeconds(60));
            while (!late.IsCancellationRequested)
            {
                using var response = await running.Admin.SendAsync("GET", $"/api/v1/runs/{Run}");
                if (response.StatusCode == HttpStatusCode.OK && (last = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel)))!["jobs"]![0] is { } job && isSo(job))
                {
                    return;
                }

                await Task.Delay(50, Cancel);
            }

            throw new TimeoutException($"The run is {last}");
        }
    }
}
