using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>What verifications and hooks of a rollout say and wrote, over the API.</summary>
public sealed class RolloutLogTests
{
    private const string Definition = """
        service: shop
        run: { command: ./run, instances: 1, health: { path: / } }
        rollout:
          strategy: rolling
          checks: [ errors ]
          hooks:
            before:
              - { name: budget, run: ./budget.sh }
              - { name: window, http: { url: "https://ci.example.com/window" }, timeout: 2s, interval: 1500ms, onError: ignore }
            after:
              - { name: "tell us", run: ./tell.sh }
        verify: [ { name: "smoke & co", run: ./smoke.sh } ]
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_of_a_script_is_given_by_the_name_of_its_verification_or_hook()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var begins = new TaskCompletionSource();
        agent.Runs = async job =>
        {
            if (job.Job == "verification")
            {
                await begins.Task.WaitAsync(Cancel);
            }

            return ($"1000 -1 ## {job.Job}\n2000 0 {job.Steps[0].Run}\n", job.Steps[0].Run != "./tell.sh");
        };
        var id = await PromoteAsync(running, "1.0", Definition);
        await UntilAsync(running, id, rollout => rollout.Verifications is [{ Since: not null }]);

        // Nobody has written anything of it yet.
        (await running.Admin.SendAsync("GET", $"/api/v1/rollouts/{id}/logs?verification=smoke%20%26%20co").ProblemAsync(404, "notFound")).Detail.ShouldNotBeNull().ShouldStartWith("There is no log of");
        begins.SetResult();
        var rollout = await UntilAsync(running, id, rollout => rollout is { EndedAt: not null, Hooks: [_, _, { Decision: not null }] });

        rollout.State.ShouldBe(RolloutStateView.Succeeded, rollout.Reason);
        var smoke = rollout.Verifications.ShouldHaveSingleItem();
        (smoke.Verdict, smoke.Detail, smoke.Tries, smoke.AgainAt).ShouldBe((VerdictView.Passed, "exit status 0", 1, null));
        smoke.At!.Value.ShouldBeGreaterThanOrEqualTo(smoke.Since!.Value);
        rollout.Hooks.Select(hook => (hook.Point, hook.Name, hook.Decision, hook.IsTold, hook.PassedOver)).ShouldBe(
            [("before", "budget", "go", false, false), ("before", "window", "failed", false, true), ("after", "tell us", "failed", true, false)]);
        rollout.Hooks[1].Detail.ShouldBe("https://ci.example.com is not allowed: whoever runs the platform can add it to hooks.allow in platform.yaml", "it was not asked again until its time was over");
        rollout.Hooks[2].Detail.ShouldBe("exit status 1: ./tell.sh", "the last lines are told with a failure");
        (await TextAsync(running, smoke.Log)).ShouldBe("1000 -1 ## verification\n2000 0 ./smoke.sh\n");
        (await TextAsync(running, rollout.Hooks[0].Log)).ShouldBe("1000 -1 ## hook\n2000 0 ./budget.sh\n");
        (await TextAsync(running, rollout.Hooks[2].Log)).ShouldBe("1000 -1 ## hook\n2000 0 ./tell.sh\n");
        (await TextAsync(running, $"/api/v1/rollouts/{id}/logs?hook=budget")).ShouldBe("1000 -1 ## hook\n2000 0 ./budget.sh\n");
        rollout.Hooks[1].Log.ShouldBeNull();

        // As of a job's log, parts can be asked for; whoever may read may read it.
        using var viewer = await running.AsAsync(Role.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(smoke.Log!, UriKind.Relative)) { Headers = { Range = new RangeHeaderValue(24, null) } };
        using var part = await viewer.SendAsync(request, Cancel);
        ((int)part.StatusCode, await part.Content.ReadAsStringAsync(Cancel)).ShouldBe((206, "2000 0 ./smoke.sh\n"));
        await running.Anonymous.SendAsync("GET", smoke.Log!).ProblemAsync(401, "notSignedIn");
    }

    [Fact]
    public async Task What_cannot_be_given_is_told_with_its_reason()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var id = await PromoteAsync(running, "1.0", Definition);
        await UntilAsync(running, id, rollout => rollout.EndedAt is not null);
        var logs = $"/api/v1/rollouts/{id}/logs";

        await running.Admin.SendAsync("GET", logs).ProblemAsync(400, "whichLog");
        await running.Admin.SendAsync("GET", $"{logs}?hook=budget&verification=smoke").ProblemAsync(400, "whichLog");
        (await running.Admin.SendAsync("GET", $"{logs}?verification=smok").ProblemAsync(404, "notFound")).Detail.ShouldBe($"{id} has not asked the verification 'smok'.");
        (await running.Admin.SendAsync("GET", $"{logs}?hook=budget&point=after").ProblemAsync(404, "notFound")).Detail.ShouldBe($"{id} has not asked the hook 'budget'.");
        (await running.Admin.SendAsync("GET", $"{logs}?hook=window").ProblemAsync(404, "notFound")).Detail.ShouldNotBeNull().ShouldBe("For the hook 'window' no command was run, and there is no log.");
        await running.Admin.SendAsync("GET", "/api/v1/rollouts/shop-dev-99/logs?hook=budget").ProblemAsync(404, "notFound");
    }

    internal static async Task<string> PromoteAsync(RunningServer running, string version, string definition)
    {
        await ReleaseTests.UploadAsync(running, ReleaseTests.Archive(("run", version)), version, definition).StatusAsync(201);
        return (await running.Admin.SendAsync("POST", "/api/v1/promotions", $$"""{"service":"shop","environment":"dev","version":"{{version}}"}""").JsonAsync(201))["id"]!.GetValue<string>();
    }

    internal static async Task<RolloutView> UntilAsync(RunningServer running, string id, Func<RolloutView, bool> isSo)
    {
        RolloutView? last = null;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (!late.IsCancellationRequested)
        {
            using var response = await running.Admin.SendAsync("GET", $"/api/v1/rollouts/{id}");
            if (response.IsSuccessStatusCode && isSo(last = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(Cancel), ApiJson.Of<RolloutView>())!))
            {
                return last;
            }

            await Task.Delay(50, Cancel);
        }

        throw new TimeoutException($"The rollout {id} is {last?.State}: {last?.Reason}; {string.Join(", ", (last?.Hooks ?? []).Select(hook => $"{hook.Name} {hook.Decision} {hook.Detail}"))}");
    }

    private static async Task<string> TextAsync(RunningServer running, string? where)
    {
        using var response = await running.Admin.SendAsync("GET", where.ShouldNotBeNull());
        response.IsSuccessStatusCode.ShouldBeTrue(where);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        return await response.Content.ReadAsStringAsync(Cancel);
    }
}
