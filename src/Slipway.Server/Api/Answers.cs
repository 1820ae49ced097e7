using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Client.Api;
using Slipway.Core.Kernel;
using Slipway.Engine;

namespace Slipway.Server.Api;

/// <summary>Turns what use cases answer into what the API answers.</summary>
internal static class Answers
{
    public static ApiProblem Problem(Refusal refusal)
    {
        var (status, title) = refusal.Kind switch
        {
            RefusalKind.Invalid => (400, "Not valid"),
            RefusalKind.NotFound => (404, "Not found"),
            RefusalKind.Conflict => (409, "Contradicts what is there"),
            RefusalKind.NotAllowed => (403, "Not allowed"),
            RefusalKind.KeyReused => (422, "Idempotency key reused"),
            RefusalKind.NoAnswer => (504, "No answer in time"),
            RefusalKind.NotYet => (503, "Not yet"),
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal.Kind, "An unknown kind of refusal."),
        };
        return new ApiProblem(status, refusal.Code, title, refusal.Detail, refusal.NextStep, refusal.Problems.Count == 0 ? null : [.. refusal.Problems.Select(FileProblem)]);
    }

    /// <summary>What it came to, or why it was not done.</summary>
    public static Results<Ok<TView>, ApiProblem> Of<T, TView>(Outcome<T> outcome, Func<T, TView> view) => outcome switch
    {
        Outcome<T>.Done { Value: var value } => TypedResultsOf(view(value)),
        Outcome<T>.Refused { Refusal: var refusal } => Problem(refusal),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>What was made, or why it was not.</summary>
    /// <param name="path">Where it is from now on, below the API's prefix; null: nowhere.</param>
    public static Results<Created<TView>, ApiProblem> Made<T, TView>(Outcome<T> outcome, Func<T, string?> path, Func<T, TView> view) => outcome switch
    {
        Outcome<T>.Done { Value: var value } => Microsoft.AspNetCore.Http.TypedResults.Created(path(value) is { } made ? ApiRoutes.Prefix + made : null, view(value)),
        Outcome<T>.Refused { Refusal: var refusal } => Problem(refusal),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>A page of what is in memory already: after the item of that key, at most so many.</summary>
    /// <returns>The page; a problem when <paramref name="limit"/> is out of bounds or <paramref name="after"/> names nothing.</returns>
    public static Results<Ok<Page<TView>>, ApiProblem> Page<T, TView>(IReadOnlyList<T> all, string? after, int? limit, Func<T, string> keyOf, Func<T, TView> view)
    {
        if (limit is < 1 or > ApiLimits.LargestPage)
        {
            return BadLimit();
        }

        var start = 0;
        if (after is not null)
        {
            while (start < all.Count && keyOf(all[start]) != after)
            {
                start++;
            }

            if (start == all.Count)
            {
                return ApiProblem.Invalid("`after` names nothing in this list.", "Pass the `next` of the page before, or begin without `after`.", "invalidAfter");
            }

            start++;
        }

        var items = all.Skip(start).Take(limit ?? ApiLimits.DefaultPage).ToList();
        var next = start + items.Count < all.Count ? keyOf(items[^1]) : null;
        return TypedResultsOf(new Page<TView> { Items = [.. items.Select(view)], Next = next });
    }

    public static ApiProblem BadLimit() => ApiProblem.Invalid($"`limit` is from 1 to {ApiLimits.LargestPage}.", "Ask for fewer and go on with `after`.", "invalidLimit");

    private static Ok<T> TypedResultsOf<T>(T value) => Microsoft.AspNetCore.Http.TypedResults.Ok(value);

    public static FileProblem FileProblem(Problem problem) => new(problem.File, problem.Line, problem.Column, problem.Message, problem.Suggestion);
}
