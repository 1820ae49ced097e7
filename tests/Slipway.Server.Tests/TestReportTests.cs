using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Client.Agents;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Core.Reports;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests;

public sealed class TestReportTests
{
    private static readonly RunFlow Runs = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_agent_tells_of_a_job_s_tests_is_compared_with_the_runs_before_and_told_once()
    {
        await using var running = await WithServiceAsync();
        await KeepAsync(running, 1, ("good", TestOutcome.Passed), ("mended", TestOutcome.Failed), ("broken", TestOutcome.Passed), ("old", TestOutcome.Failed));
        await BeginAsync(running, 2);
        await using var agent = await AgentAsync(running, "one");
        (await JobOfAsync(agent)).Run.ShouldBe("shop-run-2");
        var client = await running.AsAsync(Role.Agent, "one");
        var told = new AttemptTests
        {
            Tests =
            [
                new("good", "cart", AttemptTestOutcome.Passed, false, false, 1500, null, null), new("mended", null, AttemptTestOutcome.Passed, false, false, 9000, null, null),
                new("broken", null, AttemptTestOutcome.Failed, false, false, 0, "no", "here\nthere"), new("old", null, AttemptTestOutcome.Failed, false, false, 0, null, null),
                new("shaky", null, AttemptTestOutcome.Passed, true, false, 0, "late", null), new("waiting", null, AttemptTestOutcome.Skipped, false, false, 0, null, null),
            ],
            Left = 3, Coverage = new(3, 4, [new("shop", 3, 4)], 0),
        };
        await TellAsync(client, "shop-run-2/test/1", Packed(told)).StatusAsync(200);
        await TellAsync(client, "shop-run-2/test/1", Packed(told with { Tests = [] })).StatusAsync(200);

        var view = await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/tests").JsonAsync();
        new[] { "passed", "failed", "skipped", "newlyFailing", "fixed", "flaky", "quarantined", "left", "matching" }.Select(count => view[count]!.GetValue<int>()).ShouldBe([3, 2, 1, 1, 1, 1, 0, 3, 6]);
        view["items"]!.AsArray().Select(t => (t!["name"]!.GetValue<string>(), t["standing"]!.GetValue<string>())).ShouldBe(
            [("broken", "newlyFailing"), ("old", "stillFailing"), ("shaky", "passing"), ("mended", "fixed"), ("good", "passing"), ("waiting", "skipped")]);
        var broken = view["items"]![0]!;
        (broken["message"]!.GetValue<string>(), broken["stack"]!.GetValue<string>(), broken["failingSince"]!.GetValue<string>(), broken["jobs"]!.ToJsonString()).ShouldBe(("no", "here\nthere", "shop-run-2", """["test"]"""));
        view["items"]![1]!["failingSince"]!.GetValue<string>().ShouldBe("shop-run-1");
        view["items"]![2]!["flaky"]!.GetValue<string>().ShouldStartWith("failed and passed on commit ");
        view["items"]![4]!["milliseconds"]!.GetValue<double>().ShouldBe(1.5);
        view["coverage"]!["covered"]!.GetValue<long>().ShouldBe(3);
        view["coverage"]!["before"].ShouldBeNull();

        var first = await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/tests?outcome=failed&limit=1").JsonAsync();
        (first["matching"]!.GetValue<int>(), first["next"]!.GetValue<string>(), first["passed"]!.GetValue<int>()).ShouldBe((2, "broken", 3));
        (await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/tests?outcome=failed&limit=1&after=broken").JsonAsync())["items"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("old");
        (await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/tests?name=ROK").JsonAsync())["matching"]!.GetValue<int>().ShouldBe(1);
        await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/tests?outcome=red").ProblemAsync(400, "invalidFilter");
        await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-2/tests?after=nothing").ProblemAsync(400, "invalidAfter");
        await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-9/tests").ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task A_service_s_tests_have_their_last_runs_and_what_needs_a_person_comes_first()
    {
        await using var running = await WithServiceAsync();
        await KeepAsync(running, 1, ("steady", TestOutcome.Passed), ("shaky", TestOutcome.Passed), ("gone", TestOutcome.Failed));
        await KeepAsync(running, 2, ("steady", TestOutcome.Passed), ("shaky", TestOutcome.Failed));
        await KeepAsync(running, 3, ("steady", TestOutcome.Skipped), ("shaky", TestOutcome.Passed));
        await KeepAsync(running, 4, ("steady", TestOutcome.Passed), ("shaky", TestOutcome.Failed));
        await KeepAsync(running, 5, ("steady", TestOutcome.Passed), ("shaky", TestOutcome.Passed), ("new", TestOutcome.Failed));
        var view = await running.Admin.SendAsync("GET", "/api/v1/services/shop/tests").JsonAsync();
        view["runs"]!.AsArray().Select(r => r!["run"]!.GetValue<string>()).ShouldBe(["shop-run-5", "shop-run-4", "shop-run-3", "shop-run-2", "shop-run-1"]);
        view["items"]!.AsArray().Select(t => (t!["name"]!.GetValue<string>(), string.Join(' ', t["history"]!.AsArray().Select(s => s!.GetValue<string>())))).ShouldBe(
        [
            ("gone", "none none none none failed"), ("new", "failed none none none none"), ("shaky", "passed failed passed failed passed"), ("steady", "passed passed skipped passed passed"),
        ]);
        (await NamesAsync("flaky")).ShouldBe(["shaky"]);
        (await NamesAsync("failing")).ShouldBe(["gone", "new"]);
        (await NamesAsync("quarantined")).ShouldBeEmpty();
        (await NamesAsync("slowest")).Count.ShouldBe(4);
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/tests?show=best").ProblemAsync(400, "invalidFilter");
        await running.Admin.SendAsync("GET", "/api/v1/services/shp/tests").ProblemAsync(404, "notFound");

        async Task<IReadOnlyList<string>> NamesAsync(string show) => [.. (await running.Admin.SendAsync("GET", $"/api/v1/services/shop/tests?show={show}").JsonAsync())["items"]!.AsArray().Select(t => t!["name"]!.GetValue<string>())];
    }

    [Fact]
    public async Task A_test_in_quarantine_is_told_to_the_agent_with_the_job_until_its_time_is_over_or_it_is_lifted()
    {
        await using var running = await WithServiceAsync();
        await KeepAsync(running, 1, ("a/b [1]", TestOutcome.Failed), ("other", TestOutcome.Failed));
        string Body(string name, double days = 14) => new JsonObject { ["name"] = name, ["owner"] = "shop-team", ["until"] = running.Time.GetUtcNow().AddDays(days).ToString("O"), ["why"] = "races" }.ToJsonString();
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", Body("nothing")).ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/v1/services/shp/quarantine", Body("other")).ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", Body("other", 91)).ProblemAsync(400, "invalidTimes");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", Body("other", -1)).ProblemAsync(400, "invalidTimes");
        var once = Body("a/b [1]");
        var made = await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", once, ("Idempotency-Key", "k")).JsonAsync(201);
        (await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", once, ("Idempotency-Key", "k")).JsonAsync(201))["id"]!.GetValue<string>().ShouldBe(made["id"]!.GetValue<string>());
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", Body("a/b [1]")).ProblemAsync(409, "alreadyQuarantined");
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", Body("other", 1.0 / 24)).StatusAsync(201);
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop/tests?show=quarantined").JsonAsync())["items"]!.AsArray().Count.ShouldBe(2);

        await using var agent = await AgentAsync(running, "one");
        await BeginAsync(running, 2);
        (await JobOfAsync(agent)).Quarantined.ShouldBe(["a/b [1]", "other"]);
        running.Time.Advance(TimeSpan.FromMinutes(65));
        await BeginAsync(running, 3);
        (await JobOfAsync(agent)).Quarantined.ShouldBe(["a/b [1]"]);
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop/quarantine").JsonAsync())["items"]!.AsArray().Select(q => q!["inForce"]!.GetValue<bool>()).ShouldBe([false, true]);
        // What is over gives way to a new one.
        await running.Admin.SendAsync("POST", "/api/v1/services/shop/quarantine", Body("other", 2)).StatusAsync(201);

        await running.Admin.SendAsync("DELETE", $"/api/v1/services/shop/quarantine/{made["id"]!.GetValue<string>()}?why=mended", null, ("Idempotency-Key", "l")).StatusAsync(204);
        await running.Admin.SendAsync("DELETE", $"/api/v1/services/shop/quarantine/{made["id"]!.GetValue<string>()}?why=mended", null, ("Idempotency-Key", "l")).StatusAsync(204);
        await running.Admin.SendAsync("DELETE", $"/api/v1/services/shop/quarantine/{made["id"]!.GetValue<string>()}").ProblemAsync(404, "notFound");
        var sentences = await running.SentencesAsync("service=shop&limit=100", 6);
        sentences.ShouldContain(s => s.StartsWith("admin put the test a/b [1] of shop into quarantine until ", StringComparison.Ordinal) && s.EndsWith("owned by shop-team: races.", StringComparison.Ordinal));
        sentences.ShouldContain("admin let the test a/b [1] of shop out of quarantine: mended.");
    }

    [Fact]
    public async Task What_is_no_report_and_what_is_not_the_agent_s_is_refused()
    {
        await using var running = await WithServiceAsync();
        await BeginAsync(running, 1);
        await using var agent = await AgentAsync(running, "one");
        await JobOfAsync(agent);
        var client = await running.AsAsync(Role.Agent, "one");
        await TellAsync(client, "shop-run-1/test/2", Packed(new() { Tests = [] })).ProblemAsync(404, "notFound");
        await TellAsync(await running.AsAsync(Role.Agent, "two"), "shop-run-1/test/1", Packed(new() { Tests = [] })).ProblemAsync(404, "notFound");
        await TellAsync(running.Admin, "shop-run-1/test/1", Packed(new() { Tests = [] })).ProblemAsync(403, "notAllowed");
        await TellAsync(client, "shop-run-1/test/1", "plain"u8.ToArray()).ProblemAsync(400, "invalidTests");
        await TellAsync(client, "shop-run-1/test/1", Gzip("{}"u8.ToArray())).ProblemAsync(400, "invalidTests");
        // Small when packed.
        (await TellAsync(client, "shop-run-1/test/1", Gzip([.. """{"tests":["""u8, .. Enumerable.Repeat((byte)' ', AttemptTests.MostBytes)])).ProblemAsync(400, "invalidTests")).Detail!.ShouldContain("more than");
        AttemptTest test = new("a", null, AttemptTestOutcome.Passed, false, false, 0, null, null);
        foreach (var wrong in (AttemptTests[])[new() { Tests = [test, test] }, new() { Tests = [test with { Name = new string('x', 301) }] }, new() { Tests = [test with { Microseconds = -1 }] }, new() { Tests = [], Coverage = new(5, 4, [], 0) }])
        {
            await TellAsync(client, "shop-run-1/test/1", Packed(wrong)).ProblemAsync(400, "invalidTests");
        }

        var view = await running.Admin.SendAsync("GET", "/api/v1/runs/shop-run-1/tests").JsonAsync();
        (view["matching"]!.GetValue<int>(), view["coverage"]).ShouldBe((0, null));
        // No test ran: there is no history of that.
        await TellAsync(client, "shop-run-1/test/1", Packed(new() { Tests = [] })).StatusAsync(200);
        (await running.Part<ITestStore>().ReportsAsync("shop", 10, Cancel)).ShouldBeEmpty();
    }

    private static async Task<RunningServer> WithServiceAsync()
    {
        var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        return running;
    }

    /// <summary>A run whose one job waits for an agent.</summary>
    private static async Task BeginAsync(RunningServer running, int number)
    {
        var id = $"shop-run-{number}";
        var inputs = new RunInputs
        {
            Service = "shop", Commit = new string((char)('a' + number), 40), Branch = "main", Version = $"1.{number}.0", Subject = "A commit", Trigger = RunTrigger.Push,
            Pipeline = new() { Jobs = [new JobDefinition { Name = "test", Steps = [new StepDefinition { Name = "unit", Run = "true", Report = new() { Junit = "t.xml" } }] }] },
        };
        NewMessage Message(string key, RunEvent @event) => new(RunFlow.ProcessOf(id), key, Runs.WriteEvent(@event));
        await running.Store.AppendAsync(new Append { Events = [Message("asked", new RunRequested(inputs, Actor.Slipway, null)), Message("admitted", new RunAdmitted())] }, Cancel);
    }

    private static Task KeepAsync(RunningServer running, int number, params (string Name, TestOutcome Outcome)[] tests) => running.Database.KeepAsync(
        new TestReport
        {
            Service = "shop", Run = $"shop-run-{number}", RunAt = running.Time.GetUtcNow().AddHours(number - 10), Commit = new string((char)('a' + number), 40), Branch = "main", Job = "test", Attempt = 1,
            Tests = [.. tests.Select(t => new ReportedTest(t.Name, null, t.Outcome, false, false, 0, null, null))],
        },
        Cancel);

    private static async Task<FakeAgent> AgentAsync(RunningServer running, string name)
    {
        var agent = await FakeAgent.ConnectAsync(running, name, hello: h => h with { JobCapacity = 10 });
        await agent.NextAsync<ServerWelcome>();
        return agent;
    }

    private static async Task<WantedJob> JobOfAsync(FakeAgent agent)
    {
        for (var messages = 0; messages < 10; messages++)
        {
            if ((await agent.NextAsync<ServerWanted>()).Jobs is [.., var job])
            {
                return job;
            }
        }

        throw new InvalidOperationException("No job came.");
    }

    private static async Task<HttpResponseMessage> TellAsync(HttpClient client, string attempt, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        return await client.PutAsync(new Uri($"{AttemptTests.Path}/{attempt}", UriKind.Relative), content, Cancel);
    }

    private static byte[] Packed(AttemptTests told) => Gzip(JsonSerializer.SerializeToUtf8Bytes(told, AgentProtocolJson.Default.AttemptTests));

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
