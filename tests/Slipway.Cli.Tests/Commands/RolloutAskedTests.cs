using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

/// <summary>Verifications and hooks of a rollout, and what their scripts wrote.</summary>
public sealed class RolloutAskedTests
{
    private static readonly DateTimeOffset Now = CliRun.Now;

    private static RolloutView Asked() => Canned.Rollout(RolloutStateView.Verifying, 2, 5, "waits for the hook budget (beforeStep)") with
    {
        Verifications =
        [
            new("smoke", VerdictView.Passed, "GET / answered 200", Canned.Earlier, Since: Canned.Earlier),
            new("journey", null, "exit status 1: no basket", Log: "/api/v1/rollouts/p-12/logs?verification=journey", Since: Now.AddMinutes(-1), Tries: 2, AgainAt: Now.AddSeconds(20)),
            new("load", VerdictView.Inconclusive, "ended before its answer: aborted by maren", Log: "/api/v1/rollouts/p-12/logs?verification=load", Since: Now.AddMinutes(-1)),
        ],
        Hooks =
        [
            new("before", "window", Decision: "go", Detail: "open until 18:00", At: Canned.Earlier, Since: Canned.Earlier),
            new("beforeStep", "budget", "50 %", Detail: "exit status 75: not enough left", Log: "/api/v1/rollouts/p-12/logs?hook=budget&point=beforeStep", Since: Now.AddSeconds(-40), Tries: 3),
            new("afterStep", "budget", "5 %", "failed", "exit status 2", Now.AddSeconds(-50), "/api/v1/rollouts/p-12/logs?hook=budget&point=afterStep", Now.AddMinutes(-1), PassedOver: true),
            new("confirmPromotion", "board", null, "stop", "the board says no", Now, Since: Now),
            new("onRollback", "page", Decision: "failed", Detail: "it answers 503", At: Now, Since: Now, IsTold: true),
            new("onRollback", "desk", Since: Now, IsTold: true),
            new("before", "ticket", Decision: "unanswered", Detail: "ended before its answer: aborted by maren", Since: Now),
        ],
    };

    [Fact]
    public async Task What_was_asked_is_told_with_its_answers_and_the_way_to_logs()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Asked() with { Analysis = null, Instances = [] });

        Snapshot.Matches((await CliRun.Of(server, "rollout", "show", "p-12")).All);
    }

    [Fact]
    public async Task Logs_of_scripts_are_told_apart_and_one_that_nobody_has_begun_is_passed_over()
    {
        await using var server = await Serving();

        (await CliRun.Of(server, "rollout", "logs", "p-12")).Out.ShouldBe("""
            journey             │ ## bash
            journey             │ no basket
            budget (beforeStep) │ 4 % left
            budget (afterStep)  │ 9 % left

            """);
        (await CliRun.Of(server, "rollout", "logs", "p-12", "journey", "--times", "--grep", "BASKET")).Out.ShouldBe("00:00:02.000 no basket\n");
        (await CliRun.Of(server, "rollout", "logs", "p-12", "budget", "--point", "afterStep")).Out.ShouldBe("9 % left\n");
        (await CliRun.Of(server, "rollout", "logs", "p-12", "budget", "--point", "afterStep", "--json")).Out
            .ShouldBe("{\"rollout\":\"p-12\",\"name\":\"budget\",\"point\":\"afterStep\",\"at\":\"1970-01-01T00:00:00.004+00:00\",\"text\":\"9 % left\"}\n");
    }

    [Fact]
    public async Task Of_a_hook_that_was_asked_about_several_steps_the_newest_log_is_meant_unless_a_step_is_named()
    {
        await using var server = await FakeServer.Start();
        RolloutHookView Asked(string step, int number, DateTimeOffset since) => new("afterStep", "budget", step, "go", Log: "/there", Since: since, StepNumber: number);
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Canned.Rollout(RolloutStateView.Running, 2, 5, "goes on") with { Hooks = [Asked("30 %", 2, Canned.Earlier), Asked("pause 5s", 3, Canned.Earlier.AddSeconds(9))] })
            .On("GET /api/v1/rollouts/p-12/logs?hook=budget&point=afterStep&step=2", context => context.Response.WriteAsync("3 0 4 % left\n"))
            .On("GET /api/v1/rollouts/p-12/logs?hook=budget&point=afterStep&step=3", context => context.Response.WriteAsync("4 0 9 % left\n"));

        (await CliRun.Of(server, "rollout", "logs", "p-12", "--point", "afterStep")).Out.ShouldBe("9 % left\n");
        (await CliRun.Of(server, "rollout", "logs", "p-12", "budget", "--step", "30 %")).Out.ShouldBe("4 % left\n");
        (await CliRun.Of(server, "rollout", "logs", "p-12", "--step", "2")).Out.ShouldBe("4 % left\n");
        var unknown = await CliRun.Of(server, "rollout", "logs", "p-12", "--step", "tea");
        (unknown.ExitCode, unknown.Error).ShouldBe((3, "slipway: p-12 asked no hook about the step tea.\n  → It has asked: smoke, budget (afterStep).\n"));
    }

    [Fact]
    public async Task A_skip_says_which_step_it_means_and_left_out()
    {
        await using var server = await FakeServer.Start();
        var before = Canned.Rollout(RolloutStateView.Running, 2, 5, "goes on");
        RolloutStepView[] steps = [.. before.Steps.Select((step, index) => index == 1 ? step with { Title = "analyze 2m", State = StepStateView.Skipped, StartedAt = Canned.Earlier } : step)];
        server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, before with { Step = 2 })
            .On("POST /api/v1/rollouts/p-12/actions", ApiClientJson.Default.RolloutView, before with { Steps = steps, Step = 3 });

        (await CliRun.Of(server, "rollout", "skip", "p-12")).Out.ShouldContain(": analyze 2m is skipped; ");
        server.Requests.Last().Body.ShouldNotBeNull().ShouldContain("\"step\":\"2\"");
        (await CliRun.Of(server, "rollout", "skip", "p-12", "--step", "analyze 2m")).ExitCode.ShouldBe(0);
        server.Requests.Last().Body.ShouldNotBeNull().ShouldContain("\"step\":\"analyze 2m\"");
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error_that_says_what_there_is()
    {
        await using var server = await Serving();

        var unknown = await CliRun.Of(server, "rollout", "logs", "p-12", "nobody");
        unknown.ExitCode.ShouldBe(3);
        unknown.Error.ShouldStartWith("slipway: p-12 has not asked 'nobody'.\n  → It has asked: smoke, journey, load, window (before), budget (beforeStep)");
        var request = await CliRun.Of(server, "rollout", "logs", "p-12", "smoke");
        request.ExitCode.ShouldBe(3);
        request.Error.ShouldStartWith("slipway: For the verification 'smoke' a request is made, which has no log.\n");
        (await CliRun.Of(server, "rollout", "logs", "p-12", "--point", "after")).ExitCode.ShouldBe(3);

        server.On("GET /api/v1/rollouts/p-13", ApiClientJson.Default.RolloutView, Canned.Rollout(RolloutStateView.Running, 2, 5, "goes on") with { Id = "p-13" });
        var none = await CliRun.Of(server, "rollout", "logs", "p-13");
        (none.ExitCode, none.Error).ShouldBe((3, "slipway: p-13 has run no script so far.\n  → slipway rollout show p-13\n"));
    }

    private static async Task<FakeServer> Serving()
    {
        var server = await FakeServer.Start();
        return server.On("GET /api/v1/rollouts/p-12", ApiClientJson.Default.RolloutView, Asked())
            .On("GET /api/v1/rollouts/p-12/logs?verification=journey", context => context.Response.WriteAsync("1000 -1 ## bash\n2000 0 no basket\n"))
            .On("GET /api/v1/rollouts/p-12/logs?verification=load", context => Missing(context, "There is no log of the verification 'load' of p-12."))
            .On("GET /api/v1/rollouts/p-12/logs?verification=smoke", context => Missing(context, "For the verification 'smoke' a request is made, which has no log."))
            .On("GET /api/v1/rollouts/p-12/logs?hook=budget&point=beforeStep", context => context.Response.WriteAsync("3 0 4 % left\n"))
            .On("GET /api/v1/rollouts/p-12/logs?hook=budget&point=afterStep", context => context.Response.WriteAsync("4 0 9 % left\n"));
    }

    [Fact]
    public async Task A_rollout_that_there_is_not_is_missed_by_its_own_name_when_it_is_watched_too()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/promotions/p-99", context => Missing(context, "There is no promotion 'p-99'."))
            .On("GET /api/v1/rollouts/p-99", context => Missing(context, "There is no rollout 'p-99'."));
        var watched = await CliRun.Of(server, "rollout", "watch", "p-99");
        watched.ExitCode.ShouldBe(3);
        watched.Error.ShouldContain("There is no rollout 'p-99'.");
        watched.Error.ShouldBe((await CliRun.Of(server, "rollout", "show", "p-99")).Error);
    }

    private static Task Missing(HttpContext context, string detail)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync($$"""{"status":404,"code":"notFound","title":"Not found","detail":"{{detail}}"}""");
    }
}
