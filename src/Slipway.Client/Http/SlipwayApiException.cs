using System.Net;
using Slipway.Client.Api;

namespace Slipway.Client.Http;

/// <summary>The server answered, and the answer is no.</summary>
public sealed class SlipwayApiException : Exception
{
    public SlipwayApiException(ProblemDocument problem)
        : base(problem.Detail ?? problem.Title) => Problem = problem;

    /// <summary>What is wrong and what to do, as the server says it.</summary>
    public ProblemDocument Problem { get; }

    public HttpStatusCode Status => (HttpStatusCode)Problem.Status;
}
