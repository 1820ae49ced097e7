using Microsoft.Extensions.Logging;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine;

/// <summary>
/// The one loop that drives every machine: claim what has news or is due → fold it → commit state, facts, effects and messages as one → carry out the effects →
/// put what came of them into the inbox. Nothing else owns a workflow that outlives a request; after a crash it goes on from what is committed.
/// </summary>
public sealed class DeliveryLoop(
    IStore store, IReadOnlyDictionary<string, IMachine> machines, EffectRunner runner, LoopOptions options, TimeProvider time, ILogger<DeliveryLoop> log)
{
    private readonly string _owner = $"loop-{store.Installation}";
    private IReadOnlyList<ClaimedProcess> _claimed = [];
    private long _turns;
    private long _effects;

    /// <summary>Events folded and effects carried out since the start.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    public long Effects => Interlocked.Read(ref _effects);

    /// <summary>Runs until cancelled. A store that is away for a while is waited for; one that is gone for good ends it.</summary>
    /// <exception cref="StoreUnavailableException">The store will not come back by itself.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var underWay = new List<Task>();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var busy = await RoundAsync(underWay, cancel).ConfigureAwait(false);
                underWay.RemoveAll(t => t.IsCompletedSuccessfully);
                await Task.WhenAll(underWay.Where(t => t.IsFaulted)).ConfigureAwait(false);
                if (!busy)
                {
                    await WaitAsync(cancel).ConfigureAwait(false);
                }
            }
            catch (StoreUnavailableException away) when (away.Retryable)
            {
                LoopLog.StoreAway(log, away);
                underWay.RemoveAll(t => t.IsFaulted);
                await Task.Delay(options.StoreBackOff, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                break;
            }
        }

        // What is under way is finished, and what was claimed ahead is given back; where that fails, whoever runs next takes it up when the lease is over.
        await Task.WhenAll([.. underWay, .. _claimed.Select(c => store.ReleaseAsync(c, CancellationToken.None))]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _claimed = [];
    }

    /// <summary>One round and the effects that it claims, without waiting for more work; for tests and virtual time. True when there was or is something to do.</summary>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        var underWay = new List<Task>();
        var busy = await RoundAsync(underWay, cancel).ConfigureAwait(false);
        await Task.WhenAll(underWay).ConfigureAwait(false);
        return busy;
    }

    /// <summary>
    /// Commits the turns of what was claimed last and, right behind them, the claims of the next round, which thereby see what these turns left: one wait for the disk a round.
    /// </summary>
    /// <returns>Whether anything was folded or claimed.</returns>
    private async Task<bool> RoundAsync(List<Task> underWay, CancellationToken cancel)
    {
        var folded = _claimed.Count;
        var turns = Task.WhenAll(_claimed.Select(c => TurnAsync(c, cancel)));
        var processes = store.ClaimAsync(_owner, options.Batch, options.Lease, cancel);
        var room = options.Batch - underWay.Count(t => !t.IsCompleted);
        var effects = room > 0 ? store.ClaimEffectsAsync(_owner, room, options.EffectLease, cancel) : Task.FromResult<IReadOnlyList<OutboxEffect>>([]);
        try
        {
            await Task.WhenAll(turns, processes, effects).ConfigureAwait(false);
        }
        finally
        {
            // A failed turn does not lose what was claimed beside it.
            _claimed = processes.IsCompletedSuccessfully ? await processes.ConfigureAwait(false) : [];
            underWay.AddRange(effects.IsCompletedSuccessfully ? (await effects.ConfigureAwait(false)).Select(e => CarryOutAsync(e, cancel)) : []);
        }

        return folded + _claimed.Count + (await effects.ConfigureAwait(false)).Count > 0;
    }

    private async Task TurnAsync(ClaimedProcess claim, CancellationToken cancel)
    {
        ProcessTurn turn;
        try
        {
            turn = Fold(claim);
        }
#pragma warning disable CA1031 // A machine that throws has a bug or a state it cannot read; one poisoned process must not stop the others.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            LoopLog.Quarantined(log, claim.Id.ToString(), bug);
            await store.QuarantineAsync(claim, $"{bug.GetType().Name}: {bug.Message}", cancel).ConfigureAwait(false);
            return;
        }

        if (await store.CommitTurnAsync(turn, cancel).ConfigureAwait(false))
        {
            Interlocked.Add(ref _turns, turn.Folded);
        }
    }

    /// <summary>Folds a process's inbox, in order, and its timer if that has come.</summary>
    private ProcessTurn Fold(ClaimedProcess claim)
    {
        var machine = machines.TryGetValue(claim.Id.Kind, out var known) ? known : throw new InvalidOperationException($"There is no machine for '{claim.Id.Kind}'.");
        var at = store.Now;
        var state = claim.State;
        var version = claim.StateVersion;
        var sequence = claim.Sequence;
        var effects = new List<NewEffect>();
        var facts = new List<Fact>();
        var messages = new List<NewMessage>();
        Decided? last = null;
        foreach (var @event in claim.Inbox.Select(e => e.Event).Concat(claim.Due ? [machine.TimeCame] : []))
        {
            last = machine.Decide(claim.Id, state, version, @event, at);
            sequence++;
            (state, version) = (last.State, machine.Version);
            facts.AddRange(last.Facts);
            effects.AddRange(last.Effects.Select((effect, n) => EffectCodec.Write($"{claim.Id}:{sequence}:{n}", effect)));
            messages.AddRange(last.Messages.Select((m, n) => new NewMessage(m.To, m.Key ?? $"{claim.Id}:{sequence}:{n}", machines[m.To.Kind].WriteEvent(m.Event))));
        }

        return new ProcessTurn
        {
            Claim = claim,
            State = state ?? throw new InvalidOperationException($"{claim.Id} was claimed without anything to fold."),
            StateVersion = version,
            Folded = (int)(sequence - claim.Sequence),
            Consumed = [.. claim.Inbox.Select(e => e.Number)],
            Facts = facts,
            Effects = effects,
            Messages = messages,
            DueAt = last?.DueAt,
            Ended = last?.Ended ?? false,
        };
    }

    private async Task CarryOutAsync(OutboxEffect effect, CancellationToken cancel)
    {
        // Recorded before it starts: whoever finds it started and without an outcome knows that it is in doubt. Whoever has lost the lease meanwhile does not begin it: another one has.
        if (effect.Class == EffectCodec.Attempt && !effect.Started && !await store.BeginAttemptAsync(effect, cancel).ConfigureAwait(false))
        {
            return;
        }

        switch (await HeldAsync(effect, cancel).ConfigureAwait(false))
        {
            case EffectOutcome.Done done:
                var outcome = done.Event is { } @event ? machines[effect.Process.Kind].WriteEvent(@event) : null;
                await store.CompleteEffectAsync(effect, outcome, cancel).ConfigureAwait(false);
                Interlocked.Increment(ref _effects);
                break;
            case EffectOutcome.Again again:
                LoopLog.EffectDeferred(log, effect.Id, again.Why);
                await store.DeferEffectAsync(effect, store.Now + again.After, again.Why, cancel).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Carries it out, and keeps its lease meanwhile.</summary>
    private async Task<EffectOutcome> HeldAsync(OutboxEffect effect, CancellationToken cancel)
    {
        var running = runner.RunAsync(effect, cancel);
        for (var held = options.EffectRenewal; held <= options.LongestEffect; held += options.EffectRenewal)
        {
            await ((Task)running).WaitAsync(options.EffectRenewal, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (running.IsCompleted || !await KeepsAsync(effect).ConfigureAwait(false))
            {
                break;
            }
        }

        return await running.ConfigureAwait(false);
    }

    /// <summary>False: another one has it by now. A store that is away for a moment has given it to nobody.</summary>
    private async Task<bool> KeepsAsync(OutboxEffect effect)
    {
        try
        {
            return await store.RenewEffectAsync(effect, options.EffectLease, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException away) when (away.Retryable)
        {
            LoopLog.StoreAway(log, away);
            return true;
        }
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        var wait = options.MostWait;
        if (await store.NextDueAsync(cancel).ConfigureAwait(false) is { } due && due - store.Now < wait)
        {
            wait = due - store.Now;
        }

        await store.WaitForWorkAsync(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(5), cancel).ConfigureAwait(false);
    }
}
