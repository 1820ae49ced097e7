using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Hooks;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Secrets;
using Slipway.Engine.Services;
using Slipway.Server.Access;
using Slipway.Server.Agents;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Api;

/// <summary>Repositories and runs: from a commit to a release.</summary>
internal static class RunsApi
{
    private const int MostRuns = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services/{service}").WithTags("runs");
        services.MapGet("/source", ShowSource).RequirePermission(Permission.Read).WithName("showSource").WithSummary("A service's repository.");
        services.MapPut("/source", SetSource).RequirePermission(Permission.Deploy).WithName("setSource").WithSummary("Names a service's repository.");
        services.MapDelete("/source", RemoveSource).RequirePermission(Permission.Deploy).WithName("removeSource").WithSummary("Takes a service's repository away, with its credential and its webhook.");
        services.MapPost("/source/hook", MakeHook).RequirePermission(Permission.Deploy).WithName("makeHook").WithSummary("Makes a webhook for a service's repository; its secret is shown once.");
        services.MapDelete("/source/hook", RemoveHook).RequirePermission(Permission.Deploy).WithName("removeHook").WithSummary("Removes the webhook of a service's repository.");
        services.MapPost("/runs", Start).RequirePermission(Permission.Deploy).WithName("startRun").WithSummary("Asks for a run of a branch, a tag or a commit.");
        var runs = api.MapGroup("/runs").WithTags("runs");
        runs.MapGet("", List).RequirePermission(Permission.Read).ByKnownNames().WithName("listRuns").WithSummary("Runs, newest first.");
        runs.MapGet("/{id}", Show).RequirePermission(Permission.Read).WithName("showRun").WithSummary("One run: its jobs, their steps, and what they wait for.");
        runs.MapPost("/{id}/cancel", Cancel).RequirePermission(Permission.Deploy).WithName("cancelRun").WithSummary("Cancels a run.");
        runs.MapPost("/{id}/rerun", Rerun).RequirePermission(Permission.Deploy).WithName("rerunRun").WithSummary("Runs the jobs of an ended run again, on the same commit.");
        runs.MapGet("/{id}/jobs/{job}/log", Log).RequirePermission(Permission.Read).WithName("readJobLog").WithSummary("What a job's steps wrote, as lines of: Unix milliseconds, step, text. Accept: text/event-stream gives them as they come.")
            .WithMetadata(new JobLogBody());
    }

    private static async Task<Results<Ok<SourceView>, ApiProblem>> ShowSource(string service, SourceDesk desk, RunViews views, CancellationToken cancel) =>
        await desk.FindAsync(service, cancel) is { } source ? TypedResults.Ok(await views.OfAsync(service, source, cancel)) : Answers.Problem(await desk.NoneAsync(service, cancel));

    private static async Task<Results<Ok<SourceView>, ApiProblem>> SetSource(
        string service, SetSource body, Asking asking, ServiceCatalog services, SourceDesk desk, CredentialDesk credentials, RunViews views, CancellationToken cancel)
    {
        if (await services.FindAsync(service, cancel) is null)
        {
            return Answers.Problem(await services.MissingAsync(service, cancel));
        }

        FittingCredential? fitting = null;
        if (body.Credential is { } given)
        {
            switch (await credentials.FitAsync(body.Repository, CredentialsApi.Given(given), cancel))
            {
                case Outcome<FittingCredential>.Refused unfit:
                    return Answers.Problem(unfit.Refusal);
                case Outcome<FittingCredential>.Done { Value: var fits }:
                    fitting = fits;
                    break;
            }
        }

        var looked = fitting is null
            ? await desk.LookAsync(service, body.Repository, body.Branch, body.Path, cancel)
            : await desk.LookAsync(body.Repository, body.Branch, body.Path, fitting.Access, cancel);
        if (looked is not Outcome<SourceSpec>.Done { Value: var spec })
        {
            return Answers.Problem(((Outcome<SourceSpec>.Refused)looked).Refusal);
        }

        if (fitting is not null)
        {
            // Before the repository, so that nothing is looked at without it; to ask again puts right what comes no further than this.
            await credentials.KeepAsync(service, fitting, asking.Actor, cancel);
        }

        // The usual fingerprint is one of the whole body, and so of the secret in it.
        var key = fitting is null ? asking.Key : asking.KeyFor($"setSource\n{service}\n{spec}");
        return await SourceOf(views, service, await desk.SetAsync(service, spec, asking.Actor, key, cancel), cancel);
    }

    private static async Task<Results<NoContent, ApiProblem>> RemoveSource(string service, Asking asking, SourceDesk desk, CancellationToken cancel) =>
        await desk.RemoveAsync(service, asking.Actor, asking.Key, cancel) is { } refusal ? Answers.Problem(refusal) : TypedResults.NoContent();

    // The idempotency key is not used: what is asked for twice is refused the second time, or made anew.
    private static async Task<Results<Created<CreatedHook>, ApiProblem>> MakeHook(string service, MakeHook? body, Asking asking, HookDesk desk, CancellationToken cancel) =>
        Answers.Made(await desk.MakeAsync(service, body?.Rotate ?? false, asking.Actor, cancel), _ => null, secret => new CreatedHook
        {
            Service = service, Secret = secret, GitHubPath = $"/hooks/github?service={service}", GitLabPath = $"/hooks/gitlab?service={service}", GenericPath = $"/hooks/generic/{service}",
        });

    private static async Task<Results<NoContent, ApiProblem>> RemoveHook(string service, Asking asking, HookDesk desk, CancellationToken cancel) =>
        await desk.RemoveAsync(service, asking.Actor, cancel) is { } refusal ? Answers.Problem(refusal) : TypedResults.NoContent();

    private static async Task<Results<Ok<SourceView>, ApiProblem>> Start(string service, StartRun body, Asking asking, SourceDesk desk, RunViews views, CancellationToken cancel) =>
        await SourceOf(views, service, await desk.AskAsync(service, body.Ref, asking.Actor, body.Why, asking.Key, cancel), cancel);

    private static async Task<Results<Ok<Page<RunView>>, ApiProblem>> List(string? service, string? after, int? limit, RunDesk desk, CancellationToken cancel) =>
        Answers.Page(await desk.ListAsync(service, MostRuns, cancel), after, limit, r => r.Run, r => RunViews.Of(r.Run, r.State));

    private static async Task<Results<Ok<RunView>, ApiProblem>> Show(string id, RunDesk desk, RunViews views, CancellationToken cancel) =>
        await desk.FindAsync(id, cancel) is { } run ? TypedResults.Ok(await views.WithWaitsAsync(id, run, cancel)) : Answers.Problem(Missing.Run(id));

    private static async Task<Results<Ok<RunView>, ApiProblem>> Cancel(string id, WhyRequest? body, Asking asking, RunDesk desk, CancellationToken cancel) =>
        RunOf(id, await desk.CancelAsync(id, asking.Actor, body?.Why, asking.Key, cancel));

    private static async Task<Results<Ok<RunView>, ApiProblem>> Rerun(string id, RerunRun body, Asking asking, RunDesk desk, CancellationToken cancel) =>
        RunOf(id, await desk.RerunAsync(id, body.FailedOnly, asking.Actor, asking.Key, cancel));

    private static async Task<IResult> Log(
        string id, string job, int? attempt, HttpRequest request, Asking asking, RunDesk desk, JobLogs logs, JobLogStreams streams, ArtifactDesk kept, CancellationToken cancel)
    {
        job = JobRoutes.JobOf(job);
        if (await desk.FindAsync(id, cancel) is not { } run)
        {
            return Answers.Problem(Missing.Run(id));
        }

        if (run.Jobs.FirstOrDefault(j => j.Name == job) is not { } found)
        {
            return ApiProblem.NotFound($"{id} has no job '{job}'.", $"Its jobs: {string.Join(", ", run.Jobs.Select(j => j.Name))}.");
        }

        var isLive = request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));
        if (attempt is < 1 || (attempt > found.Attempt && (!isLive || found.HasEnded)))
        {
            return ApiProblem.NotFound(
                $"There is no attempt {attempt} of the job '{job}' of {id}: {(found.Attempt == 0 ? "none has begun" : found.Attempt == 1 ? "there is 1" : $"there are {found.Attempt}")}.", "`slipway run show` says how far the job is.");
        }

        var wanted = attempt ?? (isLive ? JobLogStreams.AttemptOf(found) : found.Attempt);
        var log = logs.Open(id, job, wanted);
        if (!isLive || (log is null && JobLogStreams.IsOver(found, wanted)))
        {
            return log is not null ? TypedResults.Stream(log, "text/plain; charset=utf-8", enableRangeProcessing: true)
                : await kept.LogsCollectedAtAsync(id, cancel) is { } at ? ApiProblem.NotFound($"The logs of {id} were removed on {at:yyyy-MM-dd}: `retention.logs` of platform.yaml keeps them no longer.", "Run its commit again to have them again: slipway run rerun " + id)
                : ApiProblem.NotFound($"There is no log of the job '{job}' of {id}{(found.HasEnded ? "" : " yet")}.", found.HasEnded ? "It wrote nothing: `slipway run show` says how it ended." : "It comes with the first line that its agent writes.");
        }

        log?.Dispose();
        var last = request.Headers["Last-Event-ID"].ToString();
        var from = 0L;
        if (last.Length > 0 && (!long.TryParse(last, out from) || from < 0))
        {
            return ApiProblem.Invalid("Last-Event-ID is the byte up to which the log was read.", "Leave it out to read from the beginning.", "invalidLastEventId");
        }

        return streams.Open(asking.Caller, id, job, wanted, from) is { } stream
            ? stream
            : new ApiProblem(503, "tooManyStreams", "Too many event streams", $"There are {ApiLimits.MostEventStreams} event streams open already.", "Close some, or try again in a moment.");
    }

    private static async Task<Results<Ok<SourceView>, ApiProblem>> SourceOf(RunViews views, string service, Outcome<SourceState> outcome, CancellationToken cancel) => outcome switch
    {
        Outcome<SourceState>.Done { Value: var source } => TypedResults.Ok(await views.OfAsync(service, source, cancel)),
        Outcome<SourceState>.Refused { Refusal: var refusal } => Answers.Problem(refusal),
        _ => throw new InvalidOperationException(),
    };

    private static Results<Ok<RunView>, ApiProblem> RunOf(string id, Outcome<RunState> outcome) => Answers.Of(outcome, run => RunViews.Of(id, run));
}

/// <summary>Marks an endpoint that answers with a log, as text or as server-sent events, for the API's description.</summary>
internal sealed record JobLogBody;
