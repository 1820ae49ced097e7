using Microsoft.AspNetCore.Http;

namespace Slipway.Server.Api;

/// <summary>Answers of the operations whose use cases are not in this build.</summary>
internal static class Pending
{
    public static ApiProblem Problem { get; } = new(
        StatusCodes.Status501NotImplemented, "notInThisBuild", "Not in this build", "This operation is not part of this build.", "Use a newer build of slipway.");
}
