using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>What people do with runs: look, cancel, run again.</summary>
public sealed class RunDesk(IStore store)
{
    private static readonly RunFlow Flow = new();

    public async Task<RunState?> FindAsync(string run, CancellationToken cancel) =>
        await store.ReadProcessAsync(RunFlow.ProcessOf(run), cancel) is { } process ? Flow.ReadState(process.State, process.StateVersion) : null;

    /// <summary>Newest first.</summary>
    /// <param name="service">Null: of all services.</param>
    public async Task<IReadOnlyList<(string Run, RunState State)>> ListAsync(string? service, int most, CancellationToken cancel) =>
        [.. (await store.ListProcessesAsync(RunFlow.ProcessKind, service is null ? null : service + "-run-", activeOnly: false, most, cancel))
            .Select(p => (p.Id.Key, State: Flow.ReadState(p.State, p.StateVersion)))
            .Where(r => service is null || r.State.Inputs.Service == service)];

    public Task<Outcome<RunState>> CancelAsync(string run, Actor by, string? why, RequestKey? key, CancellationToken cancel) => ActAsync(
        run, state => state.HasEnded ? Refusal.Conflict("hasEnded", $"{run} has ended: {state.Reason}.", $"`slipway run show {run}` tells how.") : null, new RunCancelled(by, why), key, cancel);

    /// <param name="failedOnly">Only jobs that did not end well, and what needs them.</param>
    public Task<Outcome<RunState>> RerunAsync(string run, bool failedOnly, Actor by, RequestKey? key, CancellationToken cancel) => ActAsync(
        run,
        state => !state.HasEnded ? Refusal.Conflict("goesOn", $"{run} has not ended: {state.Reason}.", $"Cancel it first: slipway run cancel {run}")
            : failedOnly && !state.Jobs.Any(j => j.Phase is JobPhase.Failed or JobPhase.Cancelled) ? Refusal.Conflict("nothingFailed", $"No job of {run} failed.", $"All of it again: slipway run rerun {run}")
            : null,
        new RerunAsked(by, failedOnly), key, cancel);

    private async Task<Outcome<RunState>> ActAsync(string run, Func<RunState, Refusal?> whyNot, RunEvent action, RequestKey? key, CancellationToken cancel)
    {
        if (await FindAsync(run, cancel) is not { } state)
        {
            return Missing.Run(run);
        }

        if (whyNot(state) is { } refusal)
        {
            return refusal;
        }

        return await store.SendAsync(RunFlow.ProcessOf(run), Flow.WriteEvent(action), key, cancel) is OnceResult.KeyReused
            ? OnceResult.KeyReused.Refusal
            : await FindAsync(run, cancel) is { } after ? after : Missing.Run(run);
    }
}
