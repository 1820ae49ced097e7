using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Pipelines.Templates;
using Slipway.Engine.Pipelines;
using Slipway.Server.Access;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Api;

/// <summary>Templates of pipelines: which there are, what they take, who uses them.</summary>
internal static class TemplatesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var templates = api.MapGroup("/templates").WithTags("templates");
        templates.MapGet("", List).RequirePermission(Permission.Read).WithName("listTemplates").WithSummary("Templates of pipelines that are in force, and what is wrong in their folder.");
        templates.MapGet("/{template}", Show).RequirePermission(Permission.Read).WithName("showTemplate").WithSummary("A version of a template: what it takes, and where it can be added to.");
        templates.MapGet("/{template}/usage", Usage).RequirePermission(Permission.Read).WithName("listTemplateUsage").WithSummary("Services whose newest run came from a template.");
    }

    private static async Task<Ok<TemplateList>> List(TemplateDesk desk, TemplateShelf shelf, CancellationToken cancel)
    {
        var (catalog, users) = (shelf.Current, await desk.UsageAsync(null, cancel));
        return TypedResults.Ok(new TemplateList { Items = [.. catalog.Templates.Select(t => TemplateViews.Of(t, catalog, users))], Faults = [.. catalog.Faults.Select(TemplateViews.Of)] });
    }

    /// <param name="version">Without it: the newest.</param>
    private static async Task<Results<Ok<TemplateDetail>, ApiProblem>> Show(string template, string? version, TemplateDesk desk, TemplateShelf shelf, CancellationToken cancel)
    {
        var catalog = shelf.Current;
        var versions = catalog.Versions(template);
        if (versions.Count == 0)
        {
            return Answers.Problem(desk.Missing(template));
        }

        var found = version is null ? catalog.Newest(template) ?? versions[^1] : VersionRange.Parse(version) is { } range ? versions.LastOrDefault(t => range.Allows(t.Version)) : null;
        return found is null
            ? ApiProblem.NotFound($"{template} has no version that {version} allows.", $"There are {string.Join(", ", versions.Select(t => t.Version))}.")
            : TypedResults.Ok(TemplateViews.DetailOf(found, catalog, await desk.UsageAsync(template, cancel)));
    }

    private static async Task<Results<Ok<Page<TemplateUserView>>, ApiProblem>> Usage(string template, string? after, int? limit, TemplateDesk desk, TemplateShelf shelf, CancellationToken cancel)
    {
        var users = await desk.UsageAsync(template, cancel);
        // One that is gone from the folder may still be used.
        return users.Count == 0 && shelf.Current.Versions(template).Count == 0
            ? Answers.Problem(desk.Missing(template))
            : Answers.Page(users, after, limit, u => $"{u.Service}/{u.Use.Job}", TemplateViews.Of);
    }
}
