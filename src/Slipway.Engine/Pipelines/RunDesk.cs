using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Artifacts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>What people do with runs: look, cancel, run again.</summary>
public sealed class RunDesk(IStore store, ArtifactUse artifacts)
{
    private const int MostTries = 20;
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
        run, state => state.HasEnded ? Refusal.Conflict("hasEnded", $"{run} has ended: {state.Reason}.", $"`slipway run show {run}` tells how.") : null, _ => [], new RunCancelled(by, why), key, cancel);

    /// <param name="failedOnly">Only jobs that did not end well, and what needs them.</param>
    public Task<Outcome<RunState>> RerunAsync(string run, bool failedOnly, Actor by, RequestKey? key, CancellationToken cancel) => ActAsync(
        run,
        state => !state.HasEnded ? Refusal.Conflict("goesOn", $"{run} has not ended: {state.Reason}.", $"Cancel it first: slipway run cancel {run}")
            : failedOnly && !state.Jobs.Any(j => j.Phase is JobPhase.Failed or JobPhase.Cancelled) ? Refusal.Conflict("nothingFailed", $"No job of {run} failed.", $"All of it again: slipway run rerun {run}")
            : null,
        // Jobs that ended well are not run again, and what they left must be there for those that are.
        state => failedOnly ? [.. state.Jobs.Where(j => j.Phase == JobPhase.Succeeded).Select(j => j.Outputs).OfType<string>().Distinct(StringComparer.Ordinal)] : [],
        new RerunAsked(by, failedOnly), key, cancel);

    /// <param name="needs">Digests of stored bytes that must be there.</param>
    private async Task<Outcome<RunState>> ActAsync(
        string run, Func<RunState, Refusal?> whyNot, Func<RunState, IReadOnlyList<string>> needs, RunEvent action, RequestKey? key, CancellationToken cancel)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await FindAsync(run, cancel) is not { } state)
            {
                return Missing.Run(run);
            }

            if (whyNot(state) is { } refusal)
            {
                return refusal;
            }

            List<DocumentWrite> claims = [];
            foreach (var digest in needs(state))
            {
                if (await artifacts.ClaimAsync(digest, cancel) is not { } claim)
                {
                    return Refusal.Conflict("outputsGone", $"What jobs of {run} left that ended well is not kept any more, and those that failed need it.", $"Run all of it again: slipway run rerun {run}");
                }

                claims.Add(claim);
            }

            switch (await store.SendAsync(RunFlow.ProcessOf(run), Flow.WriteEvent(action), claims, key, cancel))
            {
                case OnceResult.KeyReused:
                    return OnceResult.KeyReused.Refusal;
                case OnceResult.Written or OnceResult.Repeated:
                    return await FindAsync(run, cancel) is { } after ? after : Missing.Run(run);
            }
        }

        return Refusal.Conflict("changedMeanwhile", $"Too much is asked of {run} at the same time.", "Try again.");
    }
}
