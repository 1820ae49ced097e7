using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>The ledger, page by page and live.</summary>
internal static class LedgerApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/ledger/entries", List).RequirePermission(Permission.Read).WithTags("ledger").WithName("listLedgerEntries").WithSummary("Entries above an index, in order.");
        api.MapGet("/events", Events).RequirePermission(Permission.Read).WithTags("ledger").WithName("streamEvents")
            .WithSummary("Ledger entries as server-sent events, as they come; ids are ledger indexes.").WithMetadata(new EventStreamBody());
    }

    private static Results<Ok<Page<LedgerEntryView>>, ApiProblem> List(
        long? after, int? limit, string? service, string? environment, string? promotion) => Pending.Problem;

    private static ApiProblem Events(long? after, string? service, string? environment, string? promotion) => Pending.Problem;
}

/// <summary>Marks an endpoint that answers with server-sent events, each the JSON of a ledger entry, for the API's description.</summary>
internal sealed record EventStreamBody;
