using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Finds the run that was asked for: its commit is read first, and may be one that makes none.</summary>
/// <param name="after">The ledger's index before it was asked for.</param>
/// <param name="reference">What was asked for: a branch, a tag or a commit.</param>
internal sealed class AskedRun(Invocation run, string service, long after, string reference, TimeSpan? timeout)
{
    /// <summary>A repository is fetched before, which may take its time; not for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>The run's id.</summary>
    public async Task<string> Find()
    {
        var longest = timeout ?? Patience;
        using var deadline = new CancellationTokenSource(longest, run.Shell.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, deadline.Token);
        try
        {
            var me = (await run.Client.WhoAmI(stop.Token)).Identity;
            await foreach (var entry in run.Client.Events(new LedgerFilter(Service: service), after, stop.Token))
            {
                if (entry is { Type: "run.requested" } && entry.Actor == me && Text(entry, "trigger") == "manual" && Text(entry, "run") is { } id)
                {
                    return id;
                }

                if (entry is { Type: "source.commitRefused" } && Text(entry, "ref") == reference)
                {
                    throw new CliException(ExitCodes.Failed, $"{reference} makes no run: {Text(entry, "why")}", $"slipway service show {service}");
                }
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !run.Cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.TimedOut, $"No run of {reference} has begun within {Words.Span(longest)}; its commit is still being read.", $"slipway run list {service}");
        }

        throw new InvalidOperationException("The event stream ended by itself.");
    }

    private static string? Text(LedgerEntryView entry, string member) => entry.Body?[member]?.GetValue<string>();
}
