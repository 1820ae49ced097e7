using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;

namespace Slipway.Core.Rollouts;

/// <summary>Who is asked or told at which point. Nothing goes on without the answer of those who are asked; those who are told change nothing.</summary>
internal sealed partial class RolloutTurn
{
    /// <summary>An exit status of its own for “not yet”, as in sysexits.h (EX_TEMPFAIL).</summary>
    public const int NotYet = 75;

    /// <summary>The last that is told may answer when the rollout has ended.</summary>
    public void Answered(HookAnswered e)
    {
        if (_state.Hooks.FirstOrDefault(h => h.AttemptId == e.AttemptId) is not { Decision: null, AgainAt: null } record)
        {
            return;
        }

        var hook = Spec.Hooks.At(record.Point).First(h => h.Name == record.Name);
        var asks = record.Point is not (HookPoint.After or HookPoint.OnRollback);
        // A command that failed may have done a part of its work: it is not run again by itself.
        var mayAsk = asks && !e.Final && (e.Decision == HookDecision.Wait || (e.Decision == HookDecision.Failed && hook.Url is not null));
        var end = record.Since + hook.Timeout;
        if (mayAsk && at < end)
        {
            // The last question is at the very end: who says go until then has said it in time.
            Put(record with { Detail = e.Reason, AgainAt = Earlier(at + hook.Interval, end) });
            return;
        }

        // Whoever does not say go in time has not said it.
        var decision = e.Decision == HookDecision.Wait ? HookDecision.Failed : e.Decision;
        var wasTheLast = mayAsk || (asks && !e.Final && decision == HookDecision.Failed && record.Tries > 1 && at >= end);
        var detail = wasTheLast ? $"it did not say go within {Words.Of(hook.Timeout)}: {e.Reason}" : e.Reason;
        Put(record with { Decision = decision, Detail = detail, At = at });
        Record("rollout.hookAnswered", Fact.Slipway, new JsonObject
        {
            ["name"] = record.Name,
            ["point"] = JsonWords.Of(record.Point),
            ["step"] = record.Step is { } step ? _state.Plan[step].Title : null,
            ["decision"] = JsonWords.Of(decision),
            ["reason"] = detail,
        });
    }

    /// <summary>Asks all who must agree before the current step begins. Null: nobody is left; else whether to go on moving.</summary>
    private bool? Consent(PlanStep step)
    {
        // What was well a short while ago must come back even if nobody can be asked.
        if (_state.Kind == PromotionKind.Rollback)
        {
            return null;
        }

        foreach (var (point, about) in PointsBefore(step))
        {
            foreach (var hook in Spec.Hooks.At(point))
            {
                if (Consent(point, about, hook) is { } waits)
                {
                    return waits;
                }
            }
        }

        if (_state.AtHook)
        {
            // The step has all of its time: what others took is not its own.
            _state = _state with { AtHook = false, Until = null };
            Amend(StepRecord.Begun(at));
        }

        return null;
    }

    private bool? Consent(HookPoint point, int? about, HookSpec hook)
    {
        var first = AttemptOf(point, hook);
        var record = _state.Hooks.FirstOrDefault(h => h.Point == point && h.Name == hook.Name && (h.AttemptId == first || h.AttemptId.StartsWith($"{first}:", StringComparison.Ordinal)));
        if (record is { Decision: HookDecision.Go } or { Decision: HookDecision.Failed } && (record.Decision == HookDecision.Go || hook.OnError == HookError.Ignore))
        {
            return null;
        }

        if (record is null && !HasASay(hook, point, about, WeightBefore))
        {
            return null;
        }

        _state = _state with { AtHook = true };
        if (record is null)
        {
            record = new HookRecord(point, hook.Name, about, first, null, null, at);
            Ask(hook, record);
        }
        else if (record.Decision is not null)
        {
            return Failed(new Failure($"hook {hook.Name} ({JsonWords.Of(point)}): {record.Detail}", ByHook: true));
        }
        else if (record.AgainAt <= at)
        {
            record = record with { AttemptId = $"{first}:{record.Tries + 1}", Tries = record.Tries + 1, AgainAt = null };
            Ask(hook, record);
        }

        return Wait($"waits for the hook {hook.Name} ({JsonWords.Of(point)}){Because(record.Detail)}", record.AgainAt);
    }

    /// <summary>What must be agreed to between the end of the last step and the current one, in this order.</summary>
    private IEnumerable<(HookPoint Point, int? About)> PointsBefore(PlanStep step)
    {
        var index = _state.Step;
        if (index == 0)
        {
            yield return (HookPoint.Before, null);
        }
        else if (IsOwnStep(_state.Plan[index - 1]) && !_state.Records[index - 1].Skipped)
        {
            yield return (HookPoint.AfterStep, index - 1);
        }

        // A step that somebody skipped gave nothing: whoever is to confirm is asked before the next one that does.
        if (step.Weight == 100 && step.Kind != PlanStepKind.Watch && !_state.Plan.Take(index).Zip(_state.Records).Any(had => had.First.Weight == 100 && !had.Second.Skipped && (step.Ring is null || had.First.Ring == step.Ring)))
        {
            yield return (HookPoint.ConfirmPromotion, null);
        }

        if (IsOwnStep(step))
        {
            yield return (HookPoint.BeforeStep, index);
        }
    }

    private static bool IsOwnStep(PlanStep step) => step.Kind is not (PlanStepKind.Start or PlanStepKind.Full or PlanStepKind.Watch);

    /// <summary>Tells once, and waits for nobody.</summary>
    private void Tell(HookPoint point)
    {
        foreach (var hook in Spec.Hooks.At(point).Where(hook => HasASay(hook, point, about: null, _state.Weight)))
        {
            Ask(hook, new HookRecord(point, hook.Name, null, AttemptOf(point, hook), null, null, at));
        }
    }

    private bool HasASay(HookSpec hook, HookPoint point, int? about, int weight) =>
        new HookFields(QuestionOf(AttemptOf(point, hook), point, about), weight, RingName ?? "").Concern(hook.If);

    /// <summary>What the new version had before the current step. It is the same at every look, also once the step has begun to change it.</summary>
    private int WeightBefore => _state.Plan.Take(_state.Step).LastOrDefault(p => p.Ring == _state.Ring && p is { Weight: > 0, SkippedBecause: null })?.Weight ?? 0;

    /// <summary>A hook is asked once for each step and each attempt of it that a person asks for.</summary>
    private string AttemptOf(HookPoint point, HookSpec hook) => $"{_state.Id}:{JsonWords.Of(point)}:{hook.Name}:{_state.Step}:{_state.Attempt}";

    private HookQuestion QuestionOf(string attempt, HookPoint point, int? about) =>
        new(attempt, _state.Id, _state.Lane.Service, _state.Lane.Environment, New.Version, _state.Stable?.Spec.Version, point, about is { } step ? _state.Plan[step].Title : null);

    private void Ask(HookSpec hook, HookRecord record)
    {
        // The last question, at the end of its time, has time for its answer too; a script as long as lies between two of its answers.
        var (left, answer) = (record.Since + hook.Timeout - at, hook.Run is not null && hook.Interval > Limits.HookTry ? hook.Interval : Limits.HookTry);
        answer = hook.Timeout < answer ? hook.Timeout : answer;
        left = left < answer ? answer : left;
        var question = QuestionOf(record.AttemptId, record.Point, record.Step);
        if (hook.Url is { } url)
        {
            Put(record);
            _effects.Add(new AskHook { AttemptId = record.AttemptId, Name = hook.Name, Url = url, Question = question, Timeout = left < Limits.HookTry ? left : Limits.HookTry });
            return;
        }

        var number = Spec.Hooks.At(record.Point).TakeWhile(h => h.Name != hook.Name).Count();
        var command = $"{CommandFlow.Prefix}{_state.Id}.{JsonWords.Of(record.Point)}.{_state.Step}.{_state.Attempt}.{number}.{record.Tries}";
        Put(record with { Command = command });
        var script = hook.Run ?? throw new InvalidOperationException($"The hook {hook.Name} asks nobody.");
        Run(command, CommandOf(CommandPurpose.Hook, hook.Name, record.AttemptId, script, left) with
        {
            Env = new Dictionary<string, string>
            {
                ["SLIPWAY_ROLLOUT"] = _state.Id,
                ["SLIPWAY_FROM_VERSION"] = question.FromVersion ?? "",
                ["SLIPWAY_POINT"] = JsonWords.Of(record.Point),
                ["SLIPWAY_STEP"] = question.Step ?? "",
            },
        });
    }

    /// <summary>Nobody waits any more for the answers of those who are asked.</summary>
    private void StopAsking(string why)
    {
        foreach (var record in _state.Hooks.Where(h => h is { Decision: null, AgainAt: null } && h.Point is not (HookPoint.After or HookPoint.OnRollback)))
        {
            if (record.Command is { } command)
            {
                _messages.Add(new Message(CommandFlow.ProcessOf(command), new CommandCancelled(why)));
            }

            Put(record with { AgainAt = DateTimeOffset.MaxValue, Detail = $"ended before its answer: {why}" });
        }

        _state = _state with { AtHook = false };
    }

    /// <summary>The last of each hook at each point, of each step by itself.</summary>
    private void Put(HookRecord record)
    {
        bool IsOf(HookRecord other) => other.Point == record.Point && other.Name == record.Name && other.Step == record.Step;
        _state = _state with { Hooks = _state.Hooks.Any(IsOf) ? [.. _state.Hooks.Select(other => IsOf(other) ? record : other)] : [.. _state.Hooks, record] };
    }
}
