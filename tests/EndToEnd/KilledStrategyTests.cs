using EndToEnd.Harness;
using Slipway.Cli.Load;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd;

/// <summary>
/// Server, agent and router killed (SIGKILL) in the middle of a rollout, each in a rollout of its own under load. A killed server or agent costs no request; a killed router those that come while it is
/// away. The good version comes through, and the weights that are shown are those by which requests are divided.
/// </summary>
public abstract class KilledStrategyTests(Shop shop)
{
    private const string Run = "service: storefront\nrun: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 100ms, healthyAfter: 1 }, drain: 1s }\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected enum Part { Server, Agent, Router }

    /// <param name="rollout">The definition's part of that name.</param>
    /// <param name="kills">Whom to kill, and at which kind of step.</param>
    protected async Task KillAsync(string rollout, params (Part Part, string Step)[] kills)
    {
        await using var platform = await shop.Running();
        using var client = platform.Client();
        foreach (var ((part, step), number) in kills.Select((kill, number) => (kill, number + 1)))
        {
            await KillAsync(platform, client, part, step, $"2.{number}.0", Run + rollout);
        }
    }

    private async Task KillAsync(LocalPlatformProcess platform, SlipwayClient client, Part part, string step, string version, string definition)
    {
        var told = $"{part} at {step}";
        using var load = (await client.Prod()).Load(100);
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);
        var before = (await client.Prod()).Version;
        await Shop.Release(client, version, shop.Build(version), definition);
        var id = (await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = version }, Cancel)).Id;
        await Until.True(async () => await RolloutAsync(client, id) is { } rollout && rollout.Steps.Any(each => each.Kind == step && each.State == StepStateView.Current), $"{step} of {version}");

        await KillAsync(platform, client, part);
        var failed = load.Report().Failed;

        RolloutView? last = null;
        var looked = false;
        await Until.True(
            async () =>
            {
                last = await RolloutAsync(client, id) ?? last;
                if (last is { State: RolloutStateView.Paused, Until: null } && last.Actions.Contains("resume"))
                {
                    last.Steps.Single(each => each.State == StepStateView.Current).Kind.ShouldBe("pause", $"{told}: {last.Reason}");
                    looked |= await ShowsWhatIsRoutedAsync(load, last, version, told);
                    await client.ActOnRollout(id, new ActOnRollout { Action = RolloutAction.Resume }, Cancel);
                }

                return last?.EndedAt is not null;
            },
            $"the end of {version} ({told})", context: () => $"{last?.State}: {last?.Reason}");
        last!.State.ShouldBe(RolloutStateView.Succeeded, $"{told}: {last.Reason}");
        last.FromVersion.ShouldBe(before);
        looked.ShouldBe(definition.Contains("untilResumed", StringComparison.Ordinal), told);

        await enough.CancelAsync();
        await sending;
        var report = load.Report();
        report.Errors.ShouldBe(0, $"{told}: {string.Join(", ", report.Versions)}");
        report.Failed.ShouldBe(part == Part.Router ? failed : 0, $"{told}: {string.Join(", ", report.Unanswered)}");
        await Until.True(async () => (await client.Prod()).Version == version, $"{version} as stable ({told})");
    }

    private static async Task KillAsync(LocalPlatformProcess platform, SlipwayClient client, Part part)
    {
        switch (part)
        {
            case Part.Server:
                platform.KillServer();
                await platform.StartAgain();
                break;
            case Part.Agent:
                var agent = platform.AgentPid;
                Processes.Kill(agent);
                await Until.True(() => platform.AgentPid != agent, "another agent");
                break;
            case Part.Router:
                var router = platform.RouterPid.ShouldNotBeNull();
                Processes.Kill(router);
                await Until.True(() => platform.RouterPid is { } pid && pid != router, "another router");
                await AnswersAsync(client);
                break;
        }
    }

    /// <summary>Requests in a row that are all answered: what came while the router was away has had its end.</summary>
    private static async Task AnswersAsync(SlipwayClient client)
    {
        var lane = await client.Prod();
        await Until.True(
            async () =>
            {
                using var load = lane.Load(50);
                using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                await load.Run(moment.Token);
                return load.Report() is { Good: > 0, Failed: 0 };
            },
            "answers of the new router");
    }

    /// <summary>Some hundred requests are divided as the rollout says.</summary>
    private static async Task<bool> ShowsWhatIsRoutedAsync(LoadGenerator load, RolloutView rollout, string version, string told)
    {
        var shown = rollout.Weights.Where(weight => weight.Version == version).Sum(weight => weight.Weight);
        var before = load.Report();
        await Until.True(() => load.Report().Good - before.Good >= 300, "requests to count");
        var now = load.Report();
        var share = 100.0 * (RequestsOf(now) - RequestsOf(before)) / (now.Good - before.Good);
        // Far more than chance makes of so many.
        share.ShouldBeInRange(shown - 15, shown + 15, told);
        return true;

        long RequestsOf(LoadReport report) => report.Versions.Where(each => each.Version == version).Sum(each => each.Requests);
    }

    private static async Task<RolloutView?> RolloutAsync(SlipwayClient client, string id)
    {
        try
        {
            return await client.Rollout(id, Cancel);
        }
        catch (SlipwayApiException missing) when (missing.Status == System.Net.HttpStatusCode.NotFound)
        {
            // Its promotion has not come so far.
            return null;
        }
    }
}

public sealed class KilledRollingTests(Shop shop) : KilledStrategyTests(shop)
{
    [Fact]
    public Task Whoever_is_killed_while_instances_are_exchanged_no_request_finds_none() =>
        KillAsync("rollout: { strategy: rolling, surge: 1, minHealthyTime: 500ms, checks: [errors] }\n", (Part.Server, "batch"), (Part.Agent, "batch"), (Part.Router, "start"));
}

public sealed class KilledBlueGreenTests(Shop shop) : KilledStrategyTests(shop)
{
    [Fact]
    public Task Whoever_is_killed_around_the_switch_it_happens_once_and_whole() =>
        KillAsync(
            "rollout: { strategy: blueGreen, before: [ { pause: 1s } ], after: [ { analyze: 1s, deadline: 1m } ], checks: [ { name: errors, acceptable: 10% } ] }\nverify: [ { name: smoke, http: { path: / } } ]\n",
            (Part.Server, "analyze"), (Part.Agent, "start"), (Part.Router, "pause"));
}

public sealed class KilledCanaryTests(Shop shop) : KilledStrategyTests(shop)
{
    [Fact]
    public Task Whoever_is_killed_while_a_canary_is_judged_its_weights_are_those_that_are_shown() =>
        KillAsync(
            "rollout: { strategy: canary, steps: [ { weight: 20 }, { analyze: 2s, deadline: 1m }, { weight: 50 }, { pause: untilResumed } ], checks: [ { name: errors, acceptable: 10% } ] }\n",
            (Part.Server, "analyze"), (Part.Agent, "analyze"), (Part.Router, "analyze"));
}
