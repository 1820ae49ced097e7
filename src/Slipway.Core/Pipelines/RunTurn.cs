using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;

namespace Slipway.Core.Pipelines;

/// <summary>One decision of a run in the making.</summary>
internal sealed class RunTurn(string run, RunState state, DateTimeOffset at)
{
    private readonly List<Effect> _effects = [];
    private readonly List<Fact> _facts = [];
    private readonly List<Message> _messages = [];
    private RunState _state = state;

    /// <summary>
    /// Puts aside the time in which nobody looked. A job's deadline is there for agents that say nothing; one that nobody could have heard has said nothing wrong. What is put aside in vain only makes
    /// a deadline later.
    /// </summary>
    public void PutAsideUnseen()
    {
        if (_state.LookAt is { } due && at - due is var unseen && unseen > Limits.AgentPatience)
        {
            _state = _state with { Jobs = [.. _state.Jobs.Select(j => j.Phase == JobPhase.Running ? j with { Unseen = j.Unseen + unseen } : j)] };
        }
    }

    public void Requested(RunRequested e)
    {
        var requested = new JsonObject
        {
            ["commit"] = e.Inputs.Commit,
            ["branch"] = e.Inputs.OwnBranch,
            ["trigger"] = JsonWords.Of(e.Inputs.Trigger),
            ["jobs"] = new JsonArray([.. _state.Jobs.Select(j => (JsonNode)j.Name)]),
            ["why"] = e.Why,
        };
        if (e.Inputs.Templates.Count > 0)
        {
            requested["templates"] = new JsonArray([.. e.Inputs.Templates.Select(t => (JsonNode)t.ToString())]);
        }

        Record("run.requested", e.By.Identity, requested);
    }

    public void Admit()
    {
        _state = _state with { Phase = RunPhase.Running, StartedAt = _state.StartedAt ?? at };
        Advance();
    }

    public void Rerun(RerunAsked e)
    {
        var again = _state.Jobs.Where(j => !e.FailedOnly || j.Phase is JobPhase.Failed or JobPhase.Cancelled).Select(j => j.Job).ToHashSet(StringComparer.Ordinal);
        // What needs a job that is run again must be run again too, in turn. Jobs are few; needs have no cycles.
        for (var before = -1; before != again.Count;)
        {
            before = again.Count;
            again.UnionWith(_state.Inputs.Pipeline.Jobs.Where(j => j.Needs.Any(again.Contains)).Select(j => j.Name));
        }

        if (again.Count == 0)
        {
            return;
        }

        Record("run.rerun", e.By.Identity, new JsonObject { ["failedOnly"] = e.FailedOnly });
        _state = _state with
        {
            Phase = RunPhase.Queued,
            Reason = "waits for its turn",
            Release = null,
            EndedAt = null,
            Jobs = [.. _state.Jobs.Select(j => again.Contains(j.Job) && !(e.FailedOnly && j.Phase == JobPhase.Succeeded && !NeedsAgain(j))
                ? new JobState { Name = j.Name, Job = j.Job, Matrix = j.Matrix, Attempt = j.Attempt }
                : j)],
        };
        _messages.Add(new Message(SourceFlow.ProcessOf(_state.Inputs.Service), new RunReady(run)));

        bool NeedsAgain(JobState job) => DefinitionOf(job).Needs.Any(again.Contains);
    }

    public void Assign(JobAssigned e)
    {
        if (Find(e.Job) is not { Phase: JobPhase.Queued } job || job.Attempt != e.Attempt)
        {
            // It was cancelled, or given to somebody else, while it was on its way to this agent.
            if (Find(e.Job) is not { Phase: JobPhase.Running } other || other.Attempt != e.Attempt || other.Agent != e.Agent)
            {
                _effects.Add(new WithdrawJob(run, e.Job, e.Attempt, e.Agent));
            }

            return;
        }

        Put(job with { Phase = JobPhase.Running, Agent = e.Agent, StartedAt = at });
        _state = _state with { Reason = WaitsFor() };
    }

    public void Hear(JobReport report)
    {
        if (Find(report.Job) is not { Phase: JobPhase.Running } job || job.Attempt != report.Attempt || job.Agent != report.Agent)
        {
            return;
        }

        job = job with { Steps = report.Steps.Count > 0 ? report.Steps : job.Steps, Caches = report.Caches.Count > 0 ? report.Caches : job.Caches };
        if (report.Outcome is not { } outcome)
        {
            Put(job);
            return;
        }

        job = job with { Outcome = outcome, Reason = report.Reason, Outputs = report.Outputs, Values = report.Values, EndedAt = at };
        job = job with { Steps = job.StepsNow };
        _effects.Add(new WithdrawJob(run, job.Name, job.Attempt, job.Agent, outcome == JobOutcome.AgentLost ? job.Reason : null));
        Record("run.jobEnded", Fact.Slipway, new JsonObject
        {
            ["job"] = job.Name, ["attempt"] = job.Attempt, ["agent"] = job.Agent, ["outcome"] = JsonWords.Of(outcome), ["reason"] = job.Reason,
        });
        Put(outcome == JobOutcome.Succeeded ? job with { Phase = JobPhase.Succeeded } : AfterFailure(job));
        Advance();
    }

    public void Cancel(RunCancelled e)
    {
        var reason = e.By == Actor.Slipway ? e.Why ?? "cancelled" : $"cancelled by {e.By.Identity}{(e.Why is null ? "" : $": {e.Why}")}";
        foreach (var job in _state.Jobs.Where(j => !j.HasEnded).ToList())
        {
            if (job.Phase is JobPhase.Queued or JobPhase.Running)
            {
                _effects.Add(new WithdrawJob(run, job.Name, job.Attempt, job.Agent, job.Phase == JobPhase.Running ? reason : null));
            }

            var cancelled = job with { Phase = JobPhase.Cancelled, EndedAt = at };
            Put(cancelled with { Steps = cancelled.StepsNow });
        }

        End(RunPhase.Cancelled, reason, e.By.Identity);
    }

    public void Released(string version)
    {
        _state = _state with { Release = version };
        End(RunPhase.Succeeded, $"made {_state.Inputs.Service}@{version}", Fact.Slipway);
    }

    public void NotReleased(string why) => End(RunPhase.Failed, $"no release: {why}", Fact.Slipway);

    /// <summary>Time has passed: is whoever has a job still there, and is the job within its time?</summary>
    public void LookAround()
    {
        foreach (var job in _state.Jobs.Where(j => j.Phase == JobPhase.Running).ToList())
        {
            if (at >= DeadlineOf(job))
            {
                // The agent ends what takes too long by itself; one that says nothing of it cannot be relied on.
                Hear(new JobReport(job.Name, job.Attempt, job.Agent!, JobOutcome.AgentLost, $"{job.Agent} has told no end of it in {Words.Of(DeadlineOf(job) - job.Unseen - job.StartedAt!.Value)}", job.StartedAt.Value, [], null, job.Values));
            }
            else
            {
                _effects.Add(new LookForAgent(run, job.Name, job.Attempt, job.Agent!));
            }
        }
    }

    public Decision<RunState> Decision()
    {
        // What comes meanwhile puts no look off.
        var lookAt = !_state.Jobs.Any(j => j.Phase == JobPhase.Running) ? (DateTimeOffset?)null : _state.LookAt > at ? _state.LookAt : at + Limits.AgentRecheck;
        return new() { State = _state with { LookAt = lookAt }, Effects = _effects, Facts = _facts, Messages = _messages, DueAt = lookAt, Ended = false };
    }

    /// <summary>Queues what may run, skips what must not, and ends the run when nothing is left.</summary>
    private void Advance()
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var job in _state.Jobs.Where(j => j.Phase == JobPhase.Waiting).ToList())
            {
                moved |= Consider(job);
            }
        }

        if (_state.Jobs.All(j => j.HasEnded))
        {
            EndJobs();
        }
        else
        {
            _state = _state with { Reason = WaitsFor() };
        }
    }

    private string WaitsFor()
    {
        var running = _state.Jobs.Where(j => j.Phase == JobPhase.Running).Select(j => j.Name).ToList();
        var queued = _state.Jobs.Where(j => j.Phase == JobPhase.Queued).Select(j => j.Name).ToList();
        return string.Join("; ", new[] { running.Count > 0 ? $"runs {string.Join(", ", running)}" : "", queued.Count > 0 ? $"{string.Join(", ", queued)} wait{(queued.Count == 1 ? "s" : "")} for an agent" : "" }.Where(part => part.Length > 0));
    }

    private void EndJobs()
    {
        var failed = _state.Jobs.Where(j => j.Phase == JobPhase.Failed && !DefinitionOf(j).ContinueOnError).ToList();
        if (failed.Count > 0)
        {
            var first = failed.MinBy(j => j.EndedAt)!;
            End(RunPhase.Failed, $"{first.Name}: {first.Reason ?? JsonWords.Of(first.Outcome ?? JobOutcome.Unknown)}{(failed.Count > 1 ? $", and {failed.Count - 1} more failed" : "")}", Fact.Slipway);
        }
        else if (_state.Inputs.Artifact is not { } artifact)
        {
            End(RunPhase.Succeeded, "all jobs ended well; no artifact is declared, so nothing is released", Fact.Slipway);
        }
        else if (_state.Jobs.FirstOrDefault(j => j.Job == artifact.From) is not { Phase: JobPhase.Succeeded, Outputs: { } outputs })
        {
            End(RunPhase.Failed, $"no release: {artifact.From}, which the artifact comes from, did not run", Fact.Slipway);
        }
        else
        {
            _state = _state with { Phase = RunPhase.Releasing, Reason = "makes the release" };
            _effects.Add(new MakeRelease(run, _state.Inputs, outputs, _state.RequestedBy));
        }
    }

    /// <returns>Whether anything changed.</returns>
    private bool Consider(JobState job)
    {
        var definition = DefinitionOf(job);
        var needed = _state.Jobs.Where(j => definition.Needs.Contains(j.Job)).ToList();
        if (needed.Exists(j => !j.HasEnded))
        {
            return false;
        }

        var bad = needed.Find(j => j.Phase is JobPhase.Failed or JobPhase.Cancelled && !DefinitionOf(j).ContinueOnError) ?? needed.Find(j => j.Phase == JobPhase.Skipped);
        var fields = new JobFields(_state.Inputs.OwnBranch, _state.Inputs.Tag ?? "", JsonWords.Of(_state.Inputs.Trigger), bad is null ? "succeeded" : "failed");
        if (fields.LetRun(definition.If, out var error))
        {
            Queue(job);
        }
        else if (error is not null)
        {
            // Neither true nor false: whether it should have run is not known, and so nothing that follows counts as done.
            Put(job with { Phase = JobPhase.Failed, EndedAt = at, Reason = $"if: {definition.If} cannot be decided: {error}" });
        }
        else
        {
            Put(job with { Phase = JobPhase.Skipped, EndedAt = at, Reason = bad is null || definition.If is not null ? $"if: {definition.If}" : $"{bad.Name} {JsonWords.Of(bad.Phase)}" });
        }

        return true;
    }

    private void Queue(JobState job)
    {
        var next = job with
        {
            Phase = JobPhase.Queued, Attempt = job.Attempt + 1, Agent = null, QueuedAt = at, StartedAt = null, EndedAt = null, Unseen = TimeSpan.Zero, Steps = [], Caches = [], Outcome = null, Reason = null, Outputs = null,
        };
        Put(next);
        _effects.Add(new QueueJob(run, _state.Inputs.Service, next.Name, next.Attempt, DefinitionOf(next).Labels));
    }

    /// <summary>Again if it may be, else the job has failed.</summary>
    private JobState AfterFailure(JobState job)
    {
        var definition = DefinitionOf(job);
        switch (job.Outcome)
        {
            case JobOutcome.TestsFailed or JobOutcome.BuildFailed or JobOutcome.TimedOut when job.Failures < definition.Retry:
                return job with { Phase = JobPhase.Waiting, Failures = job.Failures + 1 };
            // Nothing of the job's own ran: it may always be made again.
            case JobOutcome.InfrastructureFailed when job.Steps.Count == 0 && job.Mishaps < Limits.Mishaps:
                return job with { Phase = JobPhase.Waiting, Mishaps = job.Mishaps + 1 };
            case JobOutcome.InfrastructureFailed or JobOutcome.AgentLost or JobOutcome.Unknown when definition.RetrySafe && job.Mishaps < Limits.Mishaps:
                return job with { Phase = JobPhase.Waiting, Mishaps = job.Mishaps + 1 };
            default:
                return job with { Phase = JobPhase.Failed };
        }
    }

    private void End(RunPhase phase, string reason, string actor)
    {
        _state = _state with { Phase = phase, Reason = reason, EndedAt = at };
        Record("run.ended", actor, new JsonObject { ["state"] = JsonWords.Of(phase), ["release"] = _state.Release, ["reason"] = reason });
        _messages.Add(new Message(SourceFlow.ProcessOf(_state.Inputs.Service), new RunOver(run)));
    }

    private DateTimeOffset DeadlineOf(JobState job) => job.StartedAt!.Value + DefinitionOf(job).Timeout + Limits.JobMargin + job.Unseen;

    private JobDefinition DefinitionOf(JobState job) => _state.Inputs.Pipeline.Jobs.First(j => j.Name == job.Job);

    private JobState? Find(string name) => _state.Jobs.FirstOrDefault(j => j.Name == name);

    private void Put(JobState job) => _state = _state with { Jobs = [.. _state.Jobs.Select(j => j.Name == job.Name ? job : j)] };

    private void Record(string type, string actor, JsonObject body)
    {
        body["run"] = run;
        _facts.Add(new Fact(type, new FactSubject { Service = _state.Inputs.Service, Version = _state.Release }, actor, body));
    }
}
