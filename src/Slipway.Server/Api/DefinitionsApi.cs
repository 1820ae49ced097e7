using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Pipelines;
using Slipway.Server.Access;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Api;

/// <summary>Definitions before they are anybody's: a service's developer has the file, and the server the platform that it speaks of.</summary>
internal static class DefinitionsApi
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/definitions/validation", Validate).WithTags("services").RequirePermission(Permission.Read).WithName("validateDefinition").WithSummary("Looks at a slipway.yaml as a run or a release would. Nothing is kept.");

    private static Ok<DefinitionValidation> Validate(ValidateDefinition body, ReadCommitDefinition read)
    {
        var result = read(body.Text, body.File);
        return TypedResults.Ok(new DefinitionValidation
        {
            Problems = InFile(result.Problems),
            Warnings = InFile(result.Warnings),
            Templates = [.. result.Templates.Select(TemplateViews.Of)],
        });
    }

    private static IReadOnlyList<FileProblem> InFile(IReadOnlyList<Problem> problems) => [.. problems.Select(Answers.FileProblem)];
}
