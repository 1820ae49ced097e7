using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Client.Api;

namespace Slipway.Server.Api;

/// <summary>An error as the API answers it: a problem document with a word for programs and a next step for people.</summary>
internal sealed class ApiProblem(int status, string code, string title, string? detail, string? nextStep, IReadOnlyList<FileProblem>? problems = null)
    : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    public int? StatusCode => status;

    public ProblemDocument Document { get; } = new()
    {
        Type = "about:blank",
        Title = title,
        Status = status,
        Detail = detail,
        Code = code,
        NextStep = nextStep,
        Problems = problems,
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Document, ApiJson.Of<ProblemDocument>());
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = ContentType;
        httpContext.Response.ContentLength = body.Length;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "2";
        }

        await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    public static ApiProblem NotFound(string detail, string nextStep) => new(404, "notFound", "Not found", detail, nextStep);

    public static ApiProblem Invalid(string detail, string nextStep, string code = "invalid", IReadOnlyList<FileProblem>? problems = null) =>
        new(400, code, "Not valid", detail, nextStep, problems);

    public static ApiProblem NotAllowed(string detail, string nextStep, string code = "notAllowed") => new(403, code, "Not allowed", detail, nextStep);
}
