using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Watching;

public sealed class RunWatchTests
{
    private const string Id = "storefront-run-7";

    private static RunView Waiting => Canned.Run(Id, RunStateView.Queued, Canned.Job("build", JobStateView.Waiting));
    private static RunView Building => Canned.Run(Id, RunStateView.Running, Canned.Job("build", JobStateView.Running, "make", "publish") is var job ? job with { Steps = [job.Steps[0] with { State = RunStepStateView.Succeeded, EndedAt = Canned.Earlier.AddSeconds(12) }, job.Steps[1]] } : null!);
    private static RunView Done => Canned.Run(Id, RunStateView.Succeeded, Canned.Job("build", JobStateView.Succeeded, "make", "publish")) with { Reason = "made storefront@1.4.0", EndedAt = Canned.Earlier.AddMinutes(1) };
    private static RunView Failed => Canned.Run(Id, RunStateView.Failed, Canned.Job("build", JobStateView.Failed, "make") with { Reason = "make: exit status 2" }) with { Reason = "build: make: exit status 2", EndedAt = Canned.Earlier.AddMinutes(1) };

    [Fact]
    public async Task A_run_is_followed_to_its_end()
    {
        await using var server = await Serving(Waiting, Building, Building, Done);

        Snapshot.Matches((await CliRun.Of(server, "run", "show", Id, "--watch")).All);
    }

    [Fact]
    public async Task A_run_that_fails_is_1_and_says_where_to_look()
    {
        await using var server = await Serving(Building, Failed);

        var run = await CliRun.Of(server, "run", "show", Id, "--watch");

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldEndWith($"{Id}: failed. Build: make: exit status 2.\n  → slipway run logs {Id} build\n");
    }

    [Fact]
    public async Task A_timeout_is_6_and_says_that_it_goes_on()
    {
        await using var server = await Serving(Building);

        var run = await CliRun.Of(server, "run", "show", Id, "--watch", "--timeout", "1500ms");

        run.ExitCode.ShouldBe(6);
        run.Error.ShouldContain($"slipway run show {Id} --watch");
    }

    [Fact]
    public async Task With_json_every_change_is_a_document_on_a_line()
    {
        await using var server = await Serving(Building, Building, Done);

        var lines = (await CliRun.Of(server, "run", "show", Id, "--watch", "--json")).Out.TrimEnd().Split('\n');

        lines.Select(line => JsonNode.Parse(line)!["state"]!.GetValue<string>()).ShouldBe(["running", "succeeded"]);
    }

    [Fact]
    public async Task On_a_terminal_a_block_lives_and_the_end_stays()
    {
        await using var server = await Serving(Building, Done);

        Snapshot.Matches((await CliRun.Of(["run", "show", Id, "--watch", "--no-color"], CliRun.Toward(server), terminal: true)).Out.Replace("\e", "ESC"));
    }

    [Fact]
    public async Task What_was_asked_for_is_found_and_followed()
    {
        await using var server = Asked(await Serving(Done),
            Canned.Entry(100, "run.requested", new JsonObject { ["run"] = "storefront-run-6", ["trigger"] = "push" }),
            Canned.Entry(101, "source.commitRefused", new JsonObject { ["ref"] = "other", ["why"] = "no" }),
            Canned.Entry(102, "run.requested", new JsonObject { ["run"] = Id, ["trigger"] = "manual" }));

        var run = await CliRun.Of(server, "run", "start", "storefront", "--watch");

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain($"{Id}: succeeded. Made storefront@1.4.0.");
    }

    [Fact]
    public async Task A_commit_that_makes_no_run_is_1_with_the_reason()
    {
        await using var server = Asked(await Serving(Done), Canned.Entry(100, "source.commitRefused", new JsonObject { ["ref"] = "main", ["why"] = "slipway.yaml:3:1: 'jbos' is not known." }));

        var run = await CliRun.Of(server, "run", "start", "storefront", "--watch");

        (run.ExitCode, run.Error).ShouldBe((1, "slipway: main makes no run: slipway.yaml:3:1: 'jbos' is not known.\n  → slipway service show storefront\n"));
    }

    [Fact]
    public async Task Nothing_that_comes_in_time_is_6()
    {
        await using var server = Asked(await Serving(Done));

        (await CliRun.Of(server, "run", "start", "storefront", "--watch", "--timeout", "1s")).ExitCode.ShouldBe(6);
    }

    /// <summary>A server whose run moves on by one snapshot each time that it is read; the last one stays.</summary>
    private static async Task<FakeServer> Serving(params RunView[] snapshots)
    {
        var at = -1;
        return (await FakeServer.Start()).On($"GET /api/v1/runs/{Id}", ApiClientJson.Default.RunView, () => snapshots[at = Math.Min(at + 1, snapshots.Length - 1)]);
    }

    private static FakeServer Asked(FakeServer server, params LedgerEntryView[] entries) => server
        .On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status())
        .On("GET /api/v1/whoami", ApiClientJson.Default.WhoAmI, new WhoAmI { Identity = "admin", Roles = [], Permissions = [], Installation = "here", Program = "slipway" })
        .On("POST /api/v1/services/storefront/runs", ApiClientJson.Default.SourceView, new SourceView { Service = "storefront", Repository = "/r", Branch = "main", Waiting = [] })
        .On("GET /api/v1/events?service=storefront", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (var entry in context.Request.Headers["Last-Event-ID"] == "99" ? entries : [])
            {
                await context.Response.WriteAsync($"id: {entry.Index}\ndata: {JsonSerializer.Serialize(entry, ApiClientJson.Default.LedgerEntryView)}\n\n");
            }

            await context.Response.Body.FlushAsync();
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // Who listened has heard enough.
            }
        });
}
