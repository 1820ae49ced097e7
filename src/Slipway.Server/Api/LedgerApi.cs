using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine.Ledger;
using Slipway.Engine.Ports;
using Slipway.Server.Ledger;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>The ledger, page by page and live.</summary>
internal static class LedgerApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/ledger/entries", List).RequirePermission(Permission.Read).ByKnownNames().WithTags("ledger").WithName("listLedgerEntries").WithSummary("Entries above an index, in order.");
        api.MapGet("/ledger/verification", Verify).RequirePermission(Permission.Read).WithTags("ledger").WithName("verifyLedger")
            .WithSummary("Checks every entry against its hashes, and the tree against the entries.");
        api.MapGet("/events", Events).RequirePermission(Permission.Read).WithTags("ledger").WithName("streamEvents")
            .WithSummary("Ledger entries as server-sent events, as they come; ids are ledger indexes.").WithMetadata(new EventStreamBody());
    }

    private static async Task<Results<Ok<Page<LedgerEntryView>>, ApiProblem>> List(
        long? after, int? limit, string? service, string? environment, string? promotion, IStore store, CancellationToken cancel)
    {
        if (limit is < 1 or > ApiLimits.LargestPage)
        {
            return Answers.BadLimit();
        }

        var most = limit ?? ApiLimits.DefaultPage;
        var entries = await store.ReadLedgerAsync(after ?? 0, most + 1, new LedgerFilter(service, environment, promotion), cancel);
        var items = entries.Take(most).ToList();
        return TypedResults.Ok(new Page<LedgerEntryView> { Items = [.. items.Select(LedgerViews.Of)], Next = entries.Count > most ? items[^1].Index.ToString() : null });
    }

    private static async Task<Ok<LedgerVerificationView>> Verify(LedgerVerifier verifier, CancellationToken cancel)
    {
        var verified = await verifier.VerifyAsync(cancel);
        return TypedResults.Ok(new LedgerVerificationView { Entries = verified.Entries, Wrong = verified.Wrong, Root = verified.Root });
    }

    private static Results<EventStream, ApiProblem> Events(
        long? after, string? service, string? environment, string? promotion, HttpRequest request, Asking asking, EventStreams streams)
    {
        var last = request.Headers["Last-Event-ID"].ToString();
        if (last.Length > 0)
        {
            if (!long.TryParse(last, out var index) || index < 0)
            {
                return ApiProblem.Invalid("Last-Event-ID is the index of a ledger entry.", "Leave it out to hear only what is new.", "invalidLastEventId");
            }

            after = index;
        }

        return streams.Open(asking.Caller, after, new LedgerFilter(service, environment, promotion)) is { } stream
            ? stream
            : new ApiProblem(503, "tooManyStreams", "Too many event streams", $"There are {ApiLimits.MostEventStreams} event streams open already.", "Close some, or try again in a moment.");
    }
}

/// <summary>Marks an endpoint that answers with server-sent events, each the JSON of a ledger entry, for the API's description.</summary>
internal sealed record EventStreamBody;
