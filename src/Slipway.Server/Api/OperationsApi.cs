using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Ledger;
using Slipway.Server.Operations;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>Running the installation itself.</summary>
internal static class OperationsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.MapGroup("").WithTags("operations");
        operations.MapGet("/doctor", Diagnose).RequirePermission(Permission.Operate).WithName("doctor").WithSummary("What this installation has and lacks.");
        operations.MapPost("/backups", BackUp).RequirePermission(Permission.Operate).WithName("createBackup").WithSummary("Writes a consistent copy of the store to a new file.");
    }

    private static async Task<Ok<DoctorView>> Diagnose(Doctor doctor, CancellationToken cancel) => TypedResults.Ok(await doctor.LookAsync(cancel));

    private static async Task<Results<Created, ApiProblem>> BackUp(BackupRequest body, Asking asking, Backups backups, CancellationToken cancel) =>
        await backups.CreateAsync(asking.Actor, body.File, asking.Key, cancel) is Outcome<string>.Refused refused ? Answers.Problem(refused.Refusal) : TypedResults.Created();
}
