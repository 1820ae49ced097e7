using System.Net;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Service.Source;

/// <summary>What is said of a service's repository, wherever it is shown.</summary>
internal static class SourceFacts
{
    /// <summary>Null: the service has none.</summary>
    public static async Task<SourceView?> Find(Invocation run, string service)
    {
        try
        {
            return await run.Client.Source(service, run.Cancel);
        }
        catch (SlipwayApiException none) when (none.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Why a repository's newest commit made no run; null: it did, or it is not known that it did not.</summary>
    public static string? WhyNoRun(SourceView source) =>
        source.Away is { } away ? $"The repository cannot be read: {away}"
        : source.Problem is { } problem ? $"The newest commit{(source.ProblemCommit is { } commit ? $" {commit[..8]}" : "")} made no run: {problem}"
        : null;

    public static Facts AddTo(Facts facts, SourceView source, DateTimeOffset now) => facts
        .Add("repository", $"{source.Repository}, branch {source.Branch}{(source.Path is { } path ? $", folder {path}" : "")}")
        .Add("newest commit", source.Head)
        .Add("pushes", source.Hook switch
        {
            null => null,
            { ToldAt: { } at } hook => $"told by webhook, last at {Words.Exact(at)} by {hook.ToldBy} ({Words.When(at, now)})",
            _ => "the webhook has told of none yet",
        })
        .Add("no run of it", source.Problem, Tone.Warn)
        .Add("cannot be read", source.Away, Tone.Bad);
}
