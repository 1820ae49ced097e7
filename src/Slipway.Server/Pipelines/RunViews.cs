using Slipway.Client.Api;
using Slipway.Core.Pipelines;
using Slipway.Engine.Hooks;
using Slipway.Engine.Pipelines;

namespace Slipway.Server.Pipelines;

/// <summary>Runs and sources as the API shows them.</summary>
internal sealed class RunViews(JobDispatcher dispatcher, SourceWatch watch, KeptHooks hooks)
{
    public async Task<SourceView> OfAsync(string service, SourceState source, CancellationToken cancel) => new()
    {
        Service = service, Repository = source.Spec.Repository, Branch = source.Spec.Branch, Path = source.Spec.Path, Head = source.Head, Active = source.Active,
        Waiting = [.. source.Waiting.Select(w => w.Run)], Problem = source.Problem, ProblemCommit = source.ProblemCommit, Away = watch.ProblemOf(service),
        Hook = await hooks.FindAsync(service, source.Spec, cancel) is var (hook, last) ? new HookView { MadeAt = hook.MadeAt, MadeBy = hook.MadeBy.Identity, ToldAt = last?.At, ToldBy = last?.From } : null,
    };

    public static RunView Of(string id, RunState run) => new()
    {
        Id = id, Service = run.Inputs.Service, State = Enum.Parse<RunStateView>(run.Phase.ToString()), Reason = run.Reason, Commit = run.Inputs.Commit, Branch = run.Inputs.OwnBranch,
        Tag = run.Inputs.Tag, Subject = run.Inputs.Subject, Author = run.Inputs.Author, Version = run.Inputs.Version, Release = run.Release, RequestedBy = run.RequestedBy.Identity, RequestedAt = run.RequestedAt,
        Why = run.Why, StartedAt = run.StartedAt, EndedAt = run.EndedAt, Jobs = [.. run.Jobs.Select(j => Of(run, j))],
        Templates = [.. run.Inputs.Templates.Select(TemplateViews.Of)],
    };

    /// <summary>With the reason for which each waiting job waits.</summary>
    public async Task<RunView> WithWaitsAsync(string id, RunState run, CancellationToken cancel)
    {
        var view = Of(id, run);
        List<RunJobView> jobs = [];
        foreach (var job in view.Jobs)
        {
            var labels = run.Inputs.Pipeline.Jobs.First(j => j.Name == run.Jobs.First(s => s.Name == job.Name).Job).Labels;
            jobs.Add(job.State == JobStateView.Queued ? job with { Reason = await dispatcher.WhyWaitsAsync(labels, id, job.Name, cancel) } : job);
        }

        return view with { Jobs = jobs };
    }

    private static RunJobView Of(RunState run, JobState job) => new()
    {
        Name = job.Name, State = Enum.Parse<JobStateView>(job.Phase.ToString()), Outcome = job.Outcome is { } outcome ? Enum.Parse<JobOutcomeView>(outcome.ToString()) : null,
        Reason = job.Reason, Attempt = job.Attempt, Agent = job.Agent, Needs = run.Inputs.Pipeline.Jobs.First(j => j.Name == job.Job).Needs,
        QueuedAt = job.QueuedAt, StartedAt = job.StartedAt, EndedAt = job.EndedAt,
        Steps = [.. job.StepsNow.Select(s => new RunStepView
        {
            Name = s.Name, State = Enum.Parse<RunStepStateView>(s.Phase.ToString()), StartedAt = s.StartedAt, EndedAt = s.EndedAt, ExitCode = s.ExitCode, Tries = s.Tries, Note = s.Note,
        })],
        Caches = [.. job.Caches.Select(c => new RunCacheView
        {
            Name = c.Name, Hit = c.Hit, From = c.From, Bytes = c.Bytes, Seconds = c.Seconds, Why = c.Why, Saved = c.Saved, WhyNotSaved = c.WhyNotSaved,
        })],
    };
}
