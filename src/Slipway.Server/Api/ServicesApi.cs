using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Services;
using Slipway.Engine.Releases;
using Slipway.Engine.Secrets;
using Slipway.Engine;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Services: what is deployed and owned by a team.</summary>
internal static class ServicesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services").WithTags("services");
        services.MapGet("", List).RequirePermission(Permission.Read).WithName("listServices").WithSummary("Services, by name.");
        services.MapPost("", Add).RequirePermission(Permission.Deploy).WithName("addService").WithSummary("Adds a service.");
        services.MapGet("/{service}", Show).RequirePermission(Permission.Read).WithName("showService").WithSummary("One service.");
        services.MapDelete("/{service}", Remove).RequirePermission(Permission.EditPolicy).WithName("removeService").WithSummary("Removes a service that runs nowhere.");
    }

    private static async Task<Results<Ok<Page<ServiceView>>, ApiProblem>> List(string? after, int? limit, ServiceCatalog services, SourceDesk sources, CancellationToken cancel)
    {
        var repositories = (await sources.ListAsync(cancel)).ToDictionary(source => source.Service, source => source.State.Spec.Repository, StringComparer.Ordinal);
        return Answers.Page(await services.ListAsync(cancel), after, limit, s => s.Name, service => View(service, repositories.GetValueOrDefault(service.Name)));
    }

    private static async Task<Results<Created<ServiceView>, ApiProblem>> Add(AddService body, Asking asking, ServiceCatalog services, SourceDesk sources, CredentialDesk credentials, CancellationToken cancel)
    {
        SourceSpec? source = null;
        FittingCredential? fitting = null;
        if (body.Source is { } given)
        {
            switch (given.Credential is { } credential ? await credentials.FitAsync(given.Repository, CredentialsApi.Given(credential), cancel) : null)
            {
                case Outcome<FittingCredential>.Refused unfit:
                    return Answers.Problem(unfit.Refusal);
                case Outcome<FittingCredential>.Done { Value: var fits }:
                    fitting = fits;
                    break;
            }

            switch (await sources.LookAsync(given.Repository, given.Branch, given.Path, fitting?.Access, cancel))
            {
                case Outcome<SourceSpec>.Refused refused:
                    return Answers.Problem(refused.Refusal);
                case Outcome<SourceSpec>.Done looked:
                    source = looked.Value;
                    break;
            }
        }

        // The usual fingerprint is one of the whole body, and so of the secret in it.
        var key = fitting is null ? asking.Key : asking.KeyFor($"addService\n{body.Name}\n{body.Owner}\n{source}");
        switch (await services.AddAsync(asking.Actor, body.Name, body.Owner, key, cancel))
        {
            case Outcome<ServiceRecord>.Refused refused:
                return Answers.Problem(refused.Refusal);
            case Outcome<ServiceRecord>.Done { Value: var service }:
                if (fitting is not null)
                {
                    await credentials.KeepAsync(service.Name, fitting, asking.Actor, cancel);
                }

                // Harmless to repeat: the same repository again changes nothing.
                return source is not null && await sources.SetAsync(service.Name, source, asking.Actor, null, cancel) is Outcome<SourceState>.Refused notSet
                    ? Answers.Problem(notSet.Refusal)
                    : TypedResults.Created($"{ApiRoutes.Prefix}/services/{service.Name}", View(service, source?.Repository));
            default:
                throw new InvalidOperationException();
        }
    }

    private static async Task<Results<Ok<ServiceView>, ApiProblem>> Show(string service, ServiceCatalog services, SourceDesk sources, CancellationToken cancel) =>
        await services.FindAsync(service, cancel) is { } found ? TypedResults.Ok(View(found, (await sources.FindAsync(service, cancel))?.Spec.Repository)) : Answers.Problem(await services.MissingAsync(service, cancel));

    private static async Task<Results<NoContent, ApiProblem>> Remove(string service, Asking asking, ServiceCatalog services, CancellationToken cancel) =>
        await services.RemoveAsync(asking.Actor, service, asking.Key, cancel) is Outcome<ServiceRecord>.Refused refused ? Answers.Problem(refused.Refusal) : TypedResults.NoContent();

    private static ServiceView View(ServiceRecord service, string? repository) => new()
    {
        Name = service.Name, Owner = service.Owner, Tier = service.Tier, CreatedAt = service.CreatedAt, CreatedBy = service.CreatedBy.Identity,
        LatestVersion = service.LatestVersion, Releases = service.Releases, Repository = repository,
    };
}
