using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Running the installation itself.</summary>
internal static class OperationsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("").WithTags("operations");
        operations.MapGet("/doctor", Doctor).RequirePermission(Permission.Operate).WithName("doctor").WithSummary("What this installation has and lacks.");
        operations.MapPost("/backups", BackUp).RequirePermission(Permission.Operate).WithName("createBackup").WithSummary("Writes a consistent copy of the store to a new file.");
    }

    private static Results<Ok<DoctorView>, ApiProblem> Doctor() => Pending.Problem;

    private static Results<Created, ApiProblem> BackUp(BackupRequest body) => Pending.Problem;
}
