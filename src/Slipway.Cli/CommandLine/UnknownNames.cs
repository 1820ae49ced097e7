using System.CommandLine;
using System.Net;
using Slipway.Cli.Connection;
using Slipway.Client.Http;

namespace Slipway.Cli.CommandLine;

/// <summary>
/// Names on a command line that is wrong anyway: whoever must mend it learns at once that there is no such service, release or environment, not at the second try.
/// It is a courtesy: a server that does not answer soon is not asked further.
/// </summary>
internal static class UnknownNames
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<(string What, string? NextStep)>> Among(CommandContext context, ParseResult result, CancellationToken cancel)
    {
        var (name, environment) = (NameIn(result), EnvironmentIn(result));
        if (name is null && environment is null)
        {
            return [];
        }

        var unknown = new List<(string, string?)>();
        using var patience = new CancellationTokenSource(Patience, context.Shell.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            using var client = ServerAddress.Resolve(context.Shell, result.GetValue(context.Server), result.GetValue(context.Token)).Connect(context.Shell.Time);
            if (name is { Version: { } version })
            {
                await Ask(() => client.Release(name.Service, version, either.Token), unknown);
            }
            else if (name is not null)
            {
                await Ask(() => client.Service(name.Service, either.Token), unknown);
            }

            if (environment is not null)
            {
                await Ask(() => client.Freezes(environment, limit: 1, cancel: either.Token), unknown);
            }
        }
        catch (Exception exception) when ((Failures.IsExpected(exception) || exception is OperationCanceledException) && !cancel.IsCancellationRequested)
        {
            // What is wrong with the line is said; more cannot be found out here.
        }

        return unknown;
    }

    private static async Task Ask<T>(Func<Task<T>> read, List<(string, string?)> unknown)
    {
        try
        {
            await read();
        }
        catch (SlipwayApiException missing) when (missing.Status == HttpStatusCode.NotFound)
        {
            unknown.Add((missing.Message, missing.Problem.NextStep));
        }
    }

    private static ReleaseName? NameIn(ParseResult result)
    {
        var argument = result.CommandResult.Command.Arguments.FirstOrDefault(argument => argument is Argument<ReleaseName> || argument.Name == "S");
        if (argument is null || result.GetResult(argument)?.Tokens is not [{ Value: var text }] || ReleaseName.Read(text) is not { } name)
        {
            return null;
        }

        return argument is Argument<ReleaseName> ? name : name with { Version = null };
    }

    private static string? EnvironmentIn(ParseResult result) =>
        result.CommandResult.Command.Options.FirstOrDefault(Common.IsEnvironment) is { } option && result.GetResult(option)?.Tokens is [{ Value: var environment }] ? environment : null;
}
