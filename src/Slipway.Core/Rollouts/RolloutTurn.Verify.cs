using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;

namespace Slipway.Core.Rollouts;

/// <summary>What is asked of the new instances, again as often as it may be.</summary>
internal sealed partial class RolloutTurn
{
    public void Verified(VerificationFinished e)
    {
        if (_state.Verifications.FirstOrDefault(v => v.AttemptId == e.AttemptId) is not { Passed: null, AgainAt: null } record)
        {
            return;
        }

        // Nobody knows what a try did that has no answer: that is no success either.
        var passed = e.Passed ?? false;
        var spec = _state.Inputs.Definition.Verify.FirstOrDefault(v => v.Name == e.Name);
        if (!passed && spec is not null && record.Tries <= spec.Retries && at + spec.Interval < (record.Since ?? at) + spec.Timeout)
        {
            Put(record with { Detail = e.Detail, AgainAt = at + spec.Interval });
            return;
        }

        var detail = record.Tries == 1 ? e.Detail : $"{e.Detail} ({record.Tries} tries)";
        Put(record with { Passed = passed, Detail = detail, At = at });
        Record("rollout.verified", Fact.Slipway, new JsonObject { ["name"] = e.Name, ["passed"] = e.Passed, ["detail"] = detail });
    }

    private bool Verify(PlanStep step)
    {
        if (_state.Phase != RolloutPhase.Verifying)
        {
            _state = _state with { Phase = RolloutPhase.Verifying };
            Shift(_state.Weight, preview: true);
        }

        if (!Shifted())
        {
            return Wait("waits for the router to open the preview address", Began() + Limits.ShiftDeadline);
        }

        string AttemptOf(string name) => $"{_state.Id}:{name}:{_state.Step}:{_state.Attempt}";
        var asked = _state.Inputs.Definition.Verify.Where(v => step.Verifications?.Contains(v.Name) != false).ToList();
        foreach (var verification in asked)
        {
            var first = AttemptOf(verification.Name);
            var record = _state.Verifications.FirstOrDefault(r => r.Name == verification.Name && (r.AttemptId == first || r.AttemptId.StartsWith($"{first}:", StringComparison.Ordinal)));
            if (record is null)
            {
                _state = _state with { Verifications = [.. _state.Verifications.Where(v => v.Name != verification.Name)] };
                Ask(verification, new VerificationRecord(verification.Name, null, null, null, first) { Since = at });
            }
            else if (record.AgainAt <= at)
            {
                Ask(verification, record with { AttemptId = $"{first}:{record.Tries + 1}", Tries = record.Tries + 1, AgainAt = null });
            }
        }

        var answers = _state.Verifications.Where(r => asked.Exists(v => v.Name == r.Name)).ToList();
        if (answers.Find(v => v.Passed == false) is { } failed)
        {
            return Failed(new Failure($"verification {failed.Name}: {failed.Detail}"));
        }

        if (answers.Find(v => v.Passed is null) is { } open)
        {
            var again = answers.Where(v => v.Passed is null).Min(v => v.AgainAt);
            return Wait($"verifies: {open.Name}{(open.Tries > 1 || open.AgainAt is not null ? $"; {(open.Tries == 1 ? "the first try" : $"try {open.Tries}")}: {open.Detail}" : "")}", again);
        }

        _state = _state with { Phase = RolloutPhase.Running };
        return Finish();
    }

    private void Ask(VerificationSpec verification, VerificationRecord record)
    {
        Put(record);
        var left = (record.Since ?? at) + verification.Timeout - at;
        _effects.Add(new RunVerification
        {
            AttemptId = record.AttemptId,
            RetrySafe = verification.Http is not null,
            Lane = _state.Lane,
            VersionSet = New.Id,
            Version = New.Version,
            Verification = verification,
            Timeout = left < Limits.VerificationTry ? left : Limits.VerificationTry,
        });
    }

    /// <summary>In the place that it has, else last.</summary>
    private void Put(VerificationRecord record) => _state = _state with
    {
        Verifications = _state.Verifications.Any(v => v.Name == record.Name)
            ? [.. _state.Verifications.Select(v => v.Name == record.Name ? record : v)]
            : [.. _state.Verifications, record],
    };
}
