using Slipway.Cli.CommandLine;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Watching;

/// <summary>Follows a run to its end.</summary>
internal sealed class RunWatch(Invocation run, string id, TimeSpan? timeout)
{
    /// <summary>The exit status: 0 it succeeded, 1 it did not, 6 the time was over before.</summary>
    public async Task<int> Follow()
    {
        var screen = RunScreen.For(run);
        var view = await run.Client.Run(id, run.Cancel);
        var isNew = true;
        return await new Follower(run, run.Client, new LedgerFilter(Service: view.Service), timeout, $"slipway run show {id} --watch").Follow(async cancel =>
        {
            view = isNew ? view : await run.Client.Run(id, cancel);
            isNew = false;
            screen.Show(view);
            return view.EndedAt is null ? null : view.State == RunStateView.Succeeded ? ExitCodes.Done : ExitCodes.Failed;
        }, screen.Unreachable);
    }
}
