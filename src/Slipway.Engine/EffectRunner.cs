using Microsoft.Extensions.Logging;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Engine.Analysis;
using Slipway.Engine.Gates;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Promotions;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Targets;

namespace Slipway.Engine;

/// <summary>Carries effects out: one switch from effect to whoever does it, and to the event that tells how it went. The only place that catches faults of I/O.</summary>
public sealed class EffectRunner(
    IStore store, TargetPlacement placement, TargetObservations observations, GateKeeper gates, JudgeDesk judge, Verifier verifier, HookCaller hooks, AutoPromotion promotions, RunPipelineEffect pipelines,
    ILogger<EffectRunner> log)
{
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(1);

    public async Task<EffectOutcome> RunAsync(OutboxEffect effect, CancellationToken cancel)
    {
        try
        {
            return await RunAsync(effect, EffectCodec.Read(effect), cancel);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or TimeoutException || fault is StoreUnavailableException { Retryable: true })
        {
            LoopLog.EffectFailed(log, effect.Id, fault);
            return new EffectOutcome.Again(SoonAgain, fault.Message);
        }
    }

    private async Task<EffectOutcome> RunAsync(OutboxEffect outbox, Effect effect, CancellationToken cancel) => effect switch
    {
        EnsureVersionSet e => await PlacedAsync(outbox, e, cancel),
        ShiftTraffic e => Seen(outbox, e.Wanted.Lane, await placement.ShiftAsync(outbox, e, cancel)),
        AskGates e => new EffectOutcome.Done(new GatesAnswered(e.Round, await gates.AskAsync(e, cancel))),
        AskJudge { HasFailed: true } e => await CountedAsync(e, cancel),
        AskJudge e => new EffectOutcome.Done(new JudgeAnswered(await judge.AskAsync(e, cancel), e.Since)),
        RunVerification e when !verifier.KnowsWhere(e) && outbox.Tries * SoonAgain < Limits.ShiftDeadline => new EffectOutcome.Again(SoonAgain, $"no agent has told where {e.Version} of {e.Lane} is previewed"),
        RunVerification e => new EffectOutcome.Done(await verifier.RunAsync(e, cancel)),
        AskHook e => new EffectOutcome.Done(await hooks.AskAsync(e, inDoubt: outbox.Started, cancel)),
        PromoteOnwards e => await OnwardsAsync(e, cancel),
        _ => await pipelines(outbox, effect, cancel),
    };

    /// <summary>A rollout that has no place hears why, while it is tried again. Once it has ended, the lane says what is wanted: what the rollout asked for before and was not done is not done any more.</summary>
    private async Task<EffectOutcome> PlacedAsync(OutboxEffect outbox, EnsureVersionSet ensure, CancellationToken cancel)
    {
        var isRollout = outbox.Process.Kind == RolloutFlow.ProcessKind;
        if (isRollout && ensure.Count > 0 && await store.ReadProcessAsync(outbox.Process, cancel) is { Ended: true })
        {
            foreach (var ring in ensure.Rings.Select(r => r.Name).Append(null))
            {
                observations.NotePlace(ensure.Spec.Lane, ensure.Spec.Id, ring, null);
            }

            return new EffectOutcome.Done(null);
        }

        var places = await placement.EnsureAsync(outbox, ensure, cancel);
        var nowhere = places.Select(place => place.Why).FirstOrDefault(why => why is not null);
        if (isRollout)
        {
            foreach (var (ring, why) in places)
            {
                observations.NotePlace(ensure.Spec.Lane, ensure.Spec.Id, ring, why);
            }

            if (nowhere is not null)
            {
                await observations.TellAsync(ensure.Spec.Lane, outbox.Process, cancel);
            }
        }

        return Seen(outbox, ensure.Spec.Lane, nowhere);
    }

    /// <summary>A rollout hears at once what is observed; a lane needs no answer. What has no target yet is tried again.</summary>
    private EffectOutcome Seen(OutboxEffect outbox, LaneId lane, string? impossible) => impossible is not null
        ? new EffectOutcome.Again(SoonAgain, impossible)
        : new EffectOutcome.Done(outbox.Process.Kind == RolloutFlow.ProcessKind ? new TargetsObserved(observations.Seen(lane)) : null);

    private async Task<EffectOutcome> CountedAsync(AskJudge e, CancellationToken cancel)
    {
        await judge.CountOnAsync(e, cancel);
        return new EffectOutcome.Done(null);
    }

    private async Task<EffectOutcome> OnwardsAsync(PromoteOnwards e, CancellationToken cancel)
    {
        await promotions.OnwardsAsync(e.Lane, e.Version, cancel);
        return new EffectOutcome.Done(null);
    }
}
