using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;
using Slipway.Engine;
using Slipway.Engine.Analysis;
using Slipway.Engine.Ports;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Traffic;
using Slipway.Server.Access;
using Slipway.Server.Lanes;
using Slipway.Server.Pipelines;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Api;

/// <summary>Rollouts: what they do, what may be done to them, and how they are judged.</summary>
internal static class RolloutsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var rollouts = api.MapGroup("/rollouts").WithTags("rollouts");
        rollouts.MapGet("", List).RequirePermission(Permission.Read).ByKnownNames().WithName("listRollouts").WithSummary("Rollouts, newest first.");
        rollouts.MapGet("/{id}", Show).RequirePermission(Permission.Read).WithName("showRollout").WithSummary("One rollout: steps, weights, instances, judgement.");
        rollouts.MapPost("/{id}/actions", Act).RequirePermission(Permission.Deploy).WithName("actOnRollout").WithSummary("Pauses, resumes, skips a step, aborts or retries.");
        rollouts.MapPost("/{id}/approvals", Approve).RequirePermission(Permission.Approve).WithName("approveStep").WithSummary("Approves the step that waits for it.");
        rollouts.MapGet("/{id}/analysis", Analysis).RequirePermission(Permission.Read).WithName("showAnalysis").WithSummary("The judgement of a rollout over time.");
        rollouts.MapGet("/{id}/logs", Log).RequirePermission(Permission.Read).WithName("showRolloutLog").WithSummary("What a command of the rollout wrote: the log of the last try of a verification, a hook or a check, as text.");
        rollouts.MapPost("/{id}/rejudgement", Rejudge).RequirePermission(Permission.Read).WithName("rejudgeRollout")
            .WithSummary("Judges a rollout again from what was counted and measured, with other settings. Changes nothing.");
    }

    private static async Task<Results<Ok<Page<RolloutView>>, ApiProblem>> List(
        string? service, string? environment, bool? active, string? after, int? limit, RolloutDesk desk, InstanceViews instances, LaneAddresses addresses, TrafficIntake traffic, CancellationToken cancel)
    {
        var all = (await desk.ListAsync(service, active ?? false, cancel)).Where(r => environment is null || r.Lane.Environment == environment).ToList();
        return Answers.Page(all, after, limit, r => r.Id, r => RolloutViews.Of(r, instances, addresses, traffic));
    }

    private static async Task<Results<Ok<RolloutView>, ApiProblem>> Show(string id, RolloutDesk desk, InstanceViews instances, LaneAddresses addresses, TrafficIntake traffic, CancellationToken cancel) =>
        await desk.AwaitAsync(id, cancel) is { } rollout ? TypedResults.Ok(RolloutViews.Of(rollout, instances, addresses, traffic)) : Answers.Problem(await desk.MissingAsync(id, cancel));

    private static async Task<Results<Ok<RolloutView>, ApiProblem>> Act(string id, ActOnRollout body, Asking asking, RolloutDesk desk, InstanceViews instances, LaneAddresses addresses, TrafficIntake traffic, CancellationToken cancel)
    {
        var ask = body.Action switch
        {
            RolloutAction.Pause => RolloutAsk.Pause,
            RolloutAction.Resume => RolloutAsk.Resume,
            RolloutAction.Skip => RolloutAsk.Skip,
            RolloutAction.Abort => RolloutAsk.Abort,
            RolloutAction.Retry => RolloutAsk.Retry,
            _ => throw new ArgumentOutOfRangeException(nameof(body), body.Action, "An unknown action."),
        };
        return Shown(await desk.ActAsync(id, ask, asking.Actor, body.Why, body.Step, asking.Key, cancel), instances, addresses, traffic);
    }

    private static async Task<Results<Ok<RolloutView>, ApiProblem>> Approve(string id, WhyRequest? body, Asking asking, RolloutDesk desk, InstanceViews instances, LaneAddresses addresses, TrafficIntake traffic, CancellationToken cancel) =>
        Shown(await desk.ActAsync(id, RolloutAsk.Approve, asking.Actor, body?.Why, step: null, asking.Key, cancel), instances, addresses, traffic);

    private static Results<Ok<RolloutView>, ApiProblem> Shown(Outcome<RolloutState> outcome, InstanceViews instances, LaneAddresses addresses, TrafficIntake traffic) => Answers.Of(outcome, rollout => RolloutViews.Of(rollout, instances, addresses, traffic));

    private static async Task<Results<Ok<AnalysisView>, ApiProblem>> Analysis(string id, string? ring, RolloutDesk desk, AnalysisViews views, CancellationToken cancel) =>
        await desk.AwaitAsync(id, cancel) is { } rollout ? Answers.Of(await views.OfAsync(rollout, ring, cancel), view => view) : Answers.Problem(await desk.MissingAsync(id, cancel));

    private static async Task<Results<FileStreamHttpResult, ApiProblem>> Log(string id, string? verification, string? hook, string? point, string? step, string? check, RolloutDesk desk, IStore store, JobLogs logs, CancellationToken cancel)
    {
        if (await desk.AwaitAsync(id, cancel) is not { } rollout)
        {
            return Answers.Problem(await desk.MissingAsync(id, cancel));
        }

        if (new[] { verification, hook, check }.Count(name => name is not null) != 1)
        {
            return ApiProblem.Invalid("One of verification, hook and check says whose log is meant.", "Add ?verification=NAME, ?hook=NAME&point=POINT&step=STEP, or ?check=NAME.", "whichLog");
        }

        var about = step is null ? null : RolloutActions.StepMeant(rollout, step);
        var (what, purpose, isThere, command) = verification is not null
            ? ($"the verification '{verification}'", CommandPurpose.Verification, rollout.Verifications.Any(v => v.Name == verification), rollout.Verifications.FirstOrDefault(v => v.Name == verification)?.Command)
            : hook is not null ? ($"the hook '{hook}'{(step is null ? "" : $" about the step {step}")}", CommandPurpose.Hook, rollout.Hooks.Any(IsMeant), rollout.Hooks.Where(IsMeant).MaxBy(record => record.Since)?.Command)
            : ($"the check '{check}'", CommandPurpose.Metric, rollout.Inputs.Definition.Rollout.Checks.Any(c => c.Title == check), await LastCommandAsync(id, check!, store, cancel));
        return !isThere ? ApiProblem.NotFound($"{id} has not asked {what}.", $"`slipway rollout show {id} --json` names those that it has asked.")
            : command is null ? ApiProblem.NotFound($"For {what} no command was run, and there is no log.", "Its detail says what came of it.")
            : logs.Open(command, JsonWords.Of(purpose), CommandFlow.Attempt) is { } log ? TypedResults.Stream(log, "text/plain; charset=utf-8", enableRangeProcessing: true)
            : ApiProblem.NotFound($"There is no log of {what} of {id}.", "Either no agent has begun it yet, or `retention.logs` of platform.yaml keeps it no longer.");

        bool IsMeant(HookRecord record) => record.Name == hook && (point is null || JsonWords.Of(record.Point) == point) && (step is null || (about is not null && record.Step == about));
    }

    /// <summary>The last command that was run for a check's metric source; null: none was.</summary>
    private static async Task<string?> LastCommandAsync(string rollout, string check, IStore store, CancellationToken cancel) =>
        (await store.ReadBinsAsync(rollout, 0, cancel)).Where(Measurer.IsMeasurement).Select(Measurer.MeasurementOf).Where(m => m.Check == check)
            .OrderByDescending(m => m.At).SelectMany(m => m.Parts).Select(part => part.Command).FirstOrDefault(command => command is not null);

    private static async Task<Results<Ok<RejudgementView>, ApiProblem>> Rejudge(string id, RejudgeRollout body, RolloutDesk desk, AnalysisViews views, CancellationToken cancel)
    {
        if (await desk.AwaitAsync(id, cancel) is not { } rollout)
        {
            return Answers.Problem(await desk.MissingAsync(id, cancel));
        }

        if (!Durations.TryRead(body.TolerateLatency, out var tolerateLatency) || !Durations.TryRead(body.WarmUp, out var warmUp))
        {
            return Durations.Problem(Durations.TryRead(body.WarmUp, out _) ? "tolerateLatency" : "warmUp");
        }

        var settings = new RejudgeSettings
        {
            Tolerate = body.Tolerate,
            TolerateAbsolute = body.TolerateAbsolute,
            TolerateLatency = tolerateLatency,
            WarmUp = warmUp,
            FalseAlarmRate = body.FalseAlarmRate,
            Check = body.Check,
            Acceptable = body.Acceptable,
            Detectable = body.Detectable,
        };
        return Answers.Of(await views.AgainAsync(rollout, body.Ring, settings, cancel), view => view);
    }
}
