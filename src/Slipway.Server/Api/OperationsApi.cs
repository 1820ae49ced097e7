using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Slipway.Client.Api;
using Slipway.Core.Access;
using Slipway.Engine;
using Slipway.Engine.Ledger;
using Slipway.Engine.Secrets;
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

    private static async Task<Results<Created<BackupView>, ApiProblem>> BackUp(BackupRequest body, Asking asking, Backups backups, SecretBox secrets, ServerOptions options, CancellationToken cancel)
    {
        switch (await backups.CreateAsync(asking.Actor, body.File, asking.Key, cancel))
        {
            case Outcome<string>.Done { Value: var file }:
                var artifacts = DataDirectory.ArtifactsIn(Path.GetFullPath(options.DataDirectory));
                return TypedResults.Created((string?)null, new BackupView
                {
                    File = file,
                    Bytes = new FileInfo(file).Length,
                    ArtifactsDirectory = artifacts,
                    ArtifactBytes = new DirectoryInfo(artifacts) is { Exists: true } folder ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(artifact => artifact.Length) : 0,
                    SecretKeyFile = secrets.HasKey ? secrets.KeyPlace : null,
                });
            case Outcome<string>.Refused refused:
                return Answers.Problem(refused.Refusal);
            case var other:
                throw new InvalidOperationException($"A backup cannot end as {other}.");
        }
    }
}
