using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine.Secrets;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Credentials of repositories: given, shown without the secret, taken away.</summary>
internal static class CredentialsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var credential = api.MapGroup("/services/{service}/credential").WithTags("runs");
        credential.MapGet("", Show).RequirePermission(Permission.Read).WithName("showCredential").WithSummary("What is known of the credential of a service's repository, without the secret.");
        credential.MapPut("", Set).RequirePermission(Permission.Deploy).WithName("setCredential").WithSummary("Gives a service's repository a credential, if it lets Slipway read it.");
        credential.MapDelete("", Remove).RequirePermission(Permission.Deploy).WithName("removeCredential").WithSummary("Takes the credential of a service's repository away.");
    }

    public static GivenCredential Given(SetCredential body) => new() { Token = body.Token, User = body.User, PrivateKey = body.PrivateKey, KnownHosts = body.KnownHosts, HostKey = body.HostKey };

    private static async Task<Results<Ok<CredentialView>, ApiProblem>> Show(string service, CredentialDesk desk, CancellationToken cancel) =>
        Answers.Of(await desk.ShowAsync(service, cancel), found => View(service, found.Record, found.LastUsedAt));

    // The idempotency key is not used: what is put twice is there once, and a fingerprint of the body would be one of the secret.
    private static async Task<Results<Ok<CredentialView>, ApiProblem>> Set(string service, SetCredential body, Asking asking, CredentialDesk desk, CancellationToken cancel) =>
        Answers.Of(await desk.SetAsync(service, Given(body), asking.Actor, cancel), record => View(service, record, null));

    private static async Task<Results<NoContent, ApiProblem>> Remove(string service, Asking asking, CredentialDesk desk, CancellationToken cancel) =>
        await desk.RemoveAsync(service, asking.Actor, cancel) is { } refusal ? Answers.Problem(refusal) : TypedResults.NoContent();

    private static CredentialView View(string service, CredentialRecord record, DateTimeOffset? lastUsedAt) => new()
    {
        Service = service, Kind = Enum.Parse<CredentialKindView>(record.Kind.ToString()), User = record.User, Place = record.Place, Fingerprint = record.Fingerprint, SetAt = record.SetAt,
        SetBy = record.SetBy.Identity, LastUsedAt = lastUsedAt,
    };
}
