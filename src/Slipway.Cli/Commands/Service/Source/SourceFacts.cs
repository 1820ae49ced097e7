using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Service.Source;

/// <summary>What is said of a service's repository, wherever it is shown.</summary>
internal static class SourceFacts
{
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
