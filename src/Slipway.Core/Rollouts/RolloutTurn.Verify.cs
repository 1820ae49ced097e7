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
        _state = _state with { Phase = RolloutPhase.Verifying };
        if (!_state.Preview && !New.Run.IsWorker)
        {
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
                StopCommand(_state.Verifications.FirstOrDefault(v => v.Name == verification.Name), "it is asked anew");
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

    private static readonly TimeSpan ShortestTry = TimeSpan.FromSeconds(1);

    private void Ask(VerificationSpec verification, VerificationRecord record)
    {
        // A try that could begin in time has a moment at least.
        var left = (record.Since ?? at) + verification.Timeout - at;
        left = left < ShortestTry ? ShortestTry : left;
        if (verification.Run is { } script)
        {
            // Its name is part of paths and addresses, and a verification's may have any characters.
            var number = _state.Inputs.Definition.Verify.TakeWhile(v => v.Name != verification.Name).Count();
            var command = $"{CommandFlow.Prefix}{_state.Id}.{_state.Step}.{_state.Attempt}.{number}.{record.Tries}";
            Put(record with { Command = command });
            Run(command, CommandOf(CommandPurpose.Verification, verification.Name, record.AttemptId, script, left) with { VersionSet = New.Id, IsWorker = New.Run.IsWorker });
            return;
        }

        Put(record);
        _effects.Add(new RunVerification
        {
            AttemptId = record.AttemptId,
            RetrySafe = true,
            Lane = _state.Lane,
            VersionSet = New.Id,
            Version = New.Version,
            Verification = verification,
            Timeout = left < Limits.VerificationTry ? left : Limits.VerificationTry,
        });
    }

    /// <summary>A script that runs in the artifact of the new version, where its turn is.</summary>
    private CommandSpec CommandOf(CommandPurpose purpose, string name, string attempt, string script, TimeSpan left) => new()
    {
        Rollout = _state.Id,
        Purpose = purpose,
        Name = name,
        AttemptId = attempt,
        Lane = _state.Lane,
        Version = New.Version,
        Run = script,
        Timeout = left,
        ArtifactDigest = New.ArtifactDigest,
        Labels = _state.Ring is { } ring ? Places[ring].Labels : _state.Inputs.Target,
    };

    private void Run(string command, CommandSpec spec) => _messages.Add(new Message(CommandFlow.ProcessOf(command), new CommandAsked(spec)));

    /// <summary>Nobody waits any more for what verifications still run.</summary>
    private void StopVerifying(string why)
    {
        foreach (var record in _state.Verifications)
        {
            StopCommand(record, why);
        }
    }

    private void StopCommand(VerificationRecord? record, string why)
    {
        if (record is { Command: { } command, Passed: null, AgainAt: null })
        {
            _messages.Add(new Message(CommandFlow.ProcessOf(command), new CommandCancelled(why)));
            Put(record with { AgainAt = DateTimeOffset.MaxValue, Detail = $"ended before its answer: {why}" });
        }
    }

    /// <summary>In the place that it has, else last.</summary>
    private void Put(VerificationRecord record) => _state = _state with
    {
        Verifications = _state.Verifications.Any(v => v.Name == record.Name)
            ? [.. _state.Verifications.Select(v => v.Name == record.Name ? record : v)]
            : [.. _state.Verifications, record],
    };
}
