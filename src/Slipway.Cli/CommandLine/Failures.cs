using System.Net;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.CommandLine;

/// <summary>Turns what went wrong into lines on the error stream and an exit status.</summary>
internal static class Failures
{
    /// <summary>True: it is a failure that a user can meet. False: it is a bug, and its stack trace is wanted.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is CliException or SlipwayApiException or ServerUnreachableException or IOException or UnauthorizedAccessException;

    public static int Report(Shell shell, Exception exception)
    {
        switch (exception)
        {
            case CliException known:
                Write(shell, known.Message, known.NextStep);
                return known.ExitCode;
            case SlipwayApiException refused:
                Write(shell, refused.Message, refused.Problem.NextStep ?? WayOut(refused.Status), refused.Problem.Problems);
                return IsTried(refused.Problem.Code) ? ExitCodes.Failed : ExitCodeOf(refused.Status);
            case ServerUnreachableException unreachable:
                Write(
                    shell, $"The server at {unreachable.Message.TrimEnd('.')}.",
                    unreachable.IsOther
                        ? "See whether it is a Slipway server, and of a version like this program's: slipway --version"
                        : "Start one on this machine with `slipway up`, or name another with --server URL or SLIPWAY_SERVER.");
                return ExitCodes.Unreachable;
            default:
                Write(shell, exception.Message, null);
                return ExitCodes.Failed;
        }
    }

    public static void Write(Shell shell, string what, string? nextStep, IReadOnlyList<FileProblem>? problems = null)
    {
        shell.Error.WriteLine($"{shell.ErrorInk.Paint("slipway:", Tone.Bad)} {what}");
        foreach (var problem in problems ?? [])
        {
            shell.Error.WriteLine($"  {problem.File}:{problem.Line}:{problem.Column}: {problem.Message}{(problem.Suggestion is { } way ? $" ({way})" : "")}");
        }

        if (nextStep is not null)
        {
            shell.Error.WriteLine($"  → {Hint.Of(nextStep)}");
        }
    }

    /// <summary>What was asked for could not be done for a reason that lies elsewhere: it was not asked for wrongly.</summary>
    private static bool IsTried(string? code) => code == "repositoryUnreadable";

    private static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone => ExitCodes.NotFound,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.NotAllowed,
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge => ExitCodes.Usage,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ExitCodes.Unreachable,
        _ => ExitCodes.Failed,
    };

    private static string? WayOut(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "Give a token with --token T or SLIPWAY_TOKEN; without them the one that `slipway up` wrote is used, for its own server alone.",
        HttpStatusCode.NotFound => "`slipway status` lists what there is.",
        _ => null,
    };
}
