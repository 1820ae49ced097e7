using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Reports;
using Slipway.Engine.Services;
using Slipway.Server.Access;
using Slipway.Server.Reports;

namespace Slipway.Server.Api;

/// <summary>Tests: of a run, over a service's runs, in quarantine.</summary>
internal static class TestsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/runs/{id}/tests", OfRun).WithTags("tests").RequirePermission(Permission.Read).WithName("listRunTests").WithSummary("A run's tests, each compared with the runs before; what needs a person first.");
        var services = api.MapGroup("/services/{service}").WithTags("tests");
        services.MapGet("/tests", OfService).RequirePermission(Permission.Read).WithName("listServiceTests").WithSummary("A service's tests over its last runs.");
        services.MapGet("/quarantine", Quarantined).RequirePermission(Permission.Read).WithName("listQuarantinedTests").WithSummary("Tests whose failures fail no step.");
        services.MapPost("/quarantine", Add).RequirePermission(Permission.Deploy).WithName("quarantineTest").WithSummary("Puts a test into quarantine until a moment.");
        services.MapDelete("/quarantine/{id}", Lift).RequirePermission(Permission.Deploy).WithName("liftQuarantine").WithSummary("Lets a test out of quarantine before its time.");
    }

    private static async Task<Results<Ok<RunTestsView>, ApiProblem>> OfRun(string id, string? outcome, string? name, string? after, int? limit, RunDesk runs, TestDesk desk, CancellationToken cancel)
    {
        if (Word(outcome, "outcome", ["passed", "failed", "skipped"]) is { } unknown)
        {
            return unknown;
        }

        if (await runs.FindAsync(id, cancel) is not { } run)
        {
            return Answers.Problem(Missing.Run(id));
        }

        var tests = await desk.OfRunAsync(run.Inputs.Service, id, cancel);
        var matching = (tests?.Tests ?? []).Where(t => (outcome is null || string.Equals(t.Outcome.ToString(), outcome, StringComparison.OrdinalIgnoreCase)) && Matches(t.Name, name)).ToList();
        var (page, next, problem) = Cut(matching, after, limit, t => t.Name);
        if (problem is not null)
        {
            return problem;
        }

        var failures = page.Count == 0 ? new Dictionary<long, KeptFailure>() : await desk.FailuresAsync(tests!, page, cancel);
        return TypedResults.Ok(TestViews.Of(run.Inputs.Service, id, tests, matching.Count, [.. page.Select(t => TestViews.Of(t, failures.GetValueOrDefault(t.Id)))], next));
    }

    private static async Task<Results<Ok<ServiceTestsView>, ApiProblem>> OfService(
        string service, string? show, string? name, string? after, int? limit, ServiceCatalog services, TestDesk desk, Quarantine quarantine, IStore store, CancellationToken cancel)
    {
        if (Word(show, "show", ["failing", "flaky", "slowest", "quarantined"]) is { } unknown)
        {
            return unknown;
        }

        if (await services.FindAsync(service, cancel) is null)
        {
            return Answers.Problem(await services.MissingAsync(service, cancel));
        }

        var quarantined = (await quarantine.ListAsync(service, cancel)).Where(q => q.InForce(store.Now)).ToDictionary(q => q.Name, q => TestViews.Of(q, store.Now), StringComparer.Ordinal);
        var runs = await desk.RunsAsync(service, cancel);
        var all = (await desk.OfServiceAsync(runs, cancel)).Where(t => Matches(t.Name, name));
        var matching = (show switch
        {
            "failing" => all.Where(t => t.Verdict.FailingSince is not null),
            "flaky" => all.Where(t => t.Verdict.Flaky is not null),
            "quarantined" => all.Where(t => quarantined.ContainsKey(t.Name)),
            "slowest" => all.OrderByDescending(t => t.Microseconds).ThenBy(t => t.Name, StringComparer.Ordinal),
            _ => all,
        }).ToList();
        var (page, next, problem) = Cut(matching, after, limit, t => t.Name);
        if (problem is not null)
        {
            return problem;
        }

        return TypedResults.Ok(new ServiceTestsView
        {
            Service = service, Runs = [.. runs.Select(TestViews.Of)], Matching = matching.Count, Next = next,
            Items = [.. (await desk.WithHistoryAsync(runs, page, cancel)).Select(t => TestViews.Of(t, runs, quarantined.GetValueOrDefault(t.Name)))],
        });
    }

    private static async Task<Results<Ok<Page<QuarantineView>>, ApiProblem>> Quarantined(string service, string? after, int? limit, ServiceCatalog services, Quarantine quarantine, IStore store, CancellationToken cancel) =>
        await services.FindAsync(service, cancel) is null
            ? Answers.Problem(await services.MissingAsync(service, cancel))
            : Answers.Page(await quarantine.ListAsync(service, cancel), after, limit, q => q.Id, q => TestViews.Of(q, store.Now));

    private static async Task<Results<Created<QuarantineView>, ApiProblem>> Add(string service, QuarantineTest body, Asking asking, Quarantine quarantine, IStore store, CancellationToken cancel) =>
        Answers.Made(
            await quarantine.AddAsync(asking.Actor, service, body.Name, body.Owner, body.Until, body.Why, asking.Key, cancel),
            test => $"/services/{service}/quarantine/{test.Id}", test => TestViews.Of(test, store.Now));

    private static async Task<Results<NoContent, ApiProblem>> Lift(string service, string id, string? why, Asking asking, Quarantine quarantine, CancellationToken cancel) =>
        await quarantine.LiftAsync(asking.Actor, service, id, why, asking.Key, cancel) is Outcome<string>.Refused { Refusal: var refusal } ? Answers.Problem(refusal) : TypedResults.NoContent();

    private static bool Matches(string name, string? part) => part is null || name.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static ApiProblem? Word(string? word, string parameter, string[] allowed) =>
        word is null || allowed.Contains(word) ? null : ApiProblem.Invalid($"`{parameter}` is one of: {string.Join(", ", allowed)}.", "Leave it out for all.", "invalidFilter");

    private static (IReadOnlyList<T> Items, string? Next, ApiProblem? Problem) Cut<T>(List<T> all, string? after, int? limit, Func<T, string> keyOf)
    {
        if (limit is < 1 or > ApiLimits.LargestPage)
        {
            return ([], null, Answers.BadLimit());
        }

        var start = after is null ? 0 : all.FindIndex(t => keyOf(t) == after) + 1;
        if (after is not null && start == 0)
        {
            return ([], null, ApiProblem.Invalid("`after` names nothing in this list; it may have changed.", "Begin again without `after`.", "invalidAfter"));
        }

        var items = all.Skip(start).Take(limit ?? ApiLimits.DefaultPage).ToList();
        return (items, start + items.Count < all.Count ? keyOf(items[^1]) : null, null);
    }
}
