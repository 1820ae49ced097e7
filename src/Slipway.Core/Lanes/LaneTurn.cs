using System.Text.Json.Nodes;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Lanes;

/// <summary>One decision in the making.</summary>
internal sealed partial class LaneTurn(LaneState state, long generation, DateTimeOffset at)
{
    private readonly List<Effect> _effects = [];
    private readonly List<Fact> _facts = [];
    private readonly List<Message> _messages = [];
    private LaneState _state = state;

    private FencingToken Token => new(generation, _state.Counter);

    public void Enqueue(QueuedPromotion promotion)
    {
        if (_state.Active?.Id == promotion.Id || _state.Queue.Any(q => q.Id == promotion.Id))
        {
            return;
        }

        if (promotion.Kind == PromotionKind.Rollback || promotion.Concurrency == LaneConcurrency.NewestWins)
        {
            foreach (var older in _state.Queue.Where(q => Supersedes(promotion, q)))
            {
                TellPromotion(older.Id, new PromotionSuperseded(promotion.Id, promotion.Version));
            }

            _state = _state with { Queue = [.. _state.Queue.Where(q => !Supersedes(promotion, q))] };
        }

        if (_state.Queue.Count >= Limits.LaneQueue)
        {
            TellPromotion(promotion.Id, new PromotionSuperseded(_state.Queue[0].Id, "an earlier promotion (the lane's queue is full)"));
            return;
        }

        _state = _state with { Queue = [.. _state.Queue, promotion] };
        if (_state.Active is { Kind: PromotionKind.Promotion } && promotion is { Kind: PromotionKind.Promotion, Preempt: true })
        {
            Reclaim($"{promotion.Version} was promoted and takes precedence");
        }
    }

    public void SetReady(string id, bool ready)
    {
        _state = _state with { Queue = [.. _state.Queue.Select(q => q.Id == id ? q with { Ready = ready } : q)] };

        // A rollback does not wait for the rollout whose version somebody wants to be rid of.
        if (ready && _state.Queue.FirstOrDefault(q => q.Id == id) is { Kind: PromotionKind.Rollback } rollback && _state.Active is { Stage: not ActiveStage.Watching })
        {
            Reclaim($"a rollback to {rollback.Version} was asked for");
        }
    }

    public void Withdraw(string id)
    {
        _state = _state with { Queue = [.. _state.Queue.Where(q => q.Id != id)] };
        if (_state.Active is { Stage: ActiveStage.Admitted } active && active.Id == id)
        {
            Release();
        }
    }

    public void StepBack(string id)
    {
        if (_state.Active is not { Stage: ActiveStage.Admitted } active || active.Id != id)
        {
            return;
        }

        // What came while it stood in the door could not take its place then, and does now.
        if (_state.Queue.LastOrDefault(q => q.Kind == PromotionKind.Rollback || q.Concurrency == LaneConcurrency.NewestWins) is { } newer && active.Kind == PromotionKind.Promotion)
        {
            TellPromotion(id, new PromotionSuperseded(newer.Id, newer.Version));
            Release();
            return;
        }

        // The environment's rule is not needed again: what it could supersede is gone already.
        _state = _state with { Queue = [new QueuedPromotion(id, active.Version, active.Kind, Ready: false, LaneConcurrency.Queue, Preempt: false, active.By, active.Why), .. _state.Queue] };
        Release();
    }

    public void Began(string id)
    {
        if (_state.Active is { Stage: ActiveStage.Admitted } active && active.Id == id)
        {
            _state = _state with { Active = active with { Stage = ActiveStage.RollingOut }, NeedsAttention = null };
            if (_state.Queue.FirstOrDefault(q => q is { Kind: PromotionKind.Rollback, Ready: true }) is { } rollback)
            {
                // It was asked for while this one stood in the door, where nothing could be taken back from it.
                Reclaim($"a rollback to {rollback.Version} was asked for");
            }
        }
    }

    public void BecomeStable(RolloutReachedFull e)
    {
        if (_state.Active?.Id != e.Id)
        {
            return;
        }

        var before = _state.Stable;
        if (_state.Warm is { } older && older.Spec.Id != e.Stable.Spec.Id && older.Spec.Id != before?.Spec.Id)
        {
            Ensure(older, 0);
        }

        if (before is not null && before.Spec.Id != e.Stable.Spec.Id && _state.Active.Kind == PromotionKind.Rollback)
        {
            PlaceForRollback(e.Id, before.Spec.Version, e.Stable.Spec.Version, _state.Active.By, _state.Active.Why);
        }

        _state = _state with
        {
            Stable = e.Stable,
            Warm = before is not null && before.Spec.Id != e.Stable.Spec.Id ? before : null,
            Left = [.. _state.Left.Where(l => l.Spec.Id != e.Stable.Spec.Id)],
            History =
            [
                e.Stable,
                .. _state.History.Where(h => h.Spec.Revision != e.Stable.Spec.Revision).Take(Limits.LaneHistory - 1).Select(h => h.Spec.Revision == before?.Spec.Revision ? h with { ReplacedAt = at } : h),
            ],
            Active = _state.Active with { Stage = ActiveStage.Watching },
            TrafficGeneration = e.TrafficGeneration,
        };
        Record("lane.stableChanged", e.Stable.Spec.Version, e.Id, new JsonObject
        {
            ["from"] = before?.Spec.Version,
            ["revision"] = e.Stable.Spec.Revision,
        });
    }

    public void TakeBack(LaneRolloutEnded e)
    {
        // Only who owns the intent can give it back.
        if (_state.Active is not { } active || active.Id != e.Id)
        {
            return;
        }

        _state = _state with { Active = null, TrafficGeneration = Math.Max(_state.TrafficGeneration, e.TrafficGeneration) + (e.Outcome == RolloutOutcome.Succeeded ? 0 : 1) };
        if (e.Left is { } left)
        {
            _state = _state with { Left = [.. _state.Left.Where(l => l.Spec.Id != left.Spec.Id), left] };
        }

        switch (e.Outcome)
        {
            case RolloutOutcome.Succeeded:
                Well(e);
                if (active.Kind == PromotionKind.Promotion)
                {
                    // From here on it is known to be well: what waited for that is asked after it is written.
                    _effects.Add(new PromoteOnwards(_state.Lane, e.Tried.Version));
                }

                break;
            case RolloutOutcome.RolledBack or RolloutOutcome.Aborted:
                Restore(e);
                break;
            default:
                Restore(e);
                _state = _state with { NeedsAttention = e.Reason };
                Record("lane.needsAttention", e.Tried.Version, e.Id, new JsonObject { ["reason"] = e.Reason });
                break;
        }

        if (e.Outcome == RolloutOutcome.Aborted && _state.Queue.FirstOrDefault(q => q is { Kind: PromotionKind.Rollback, Ready: true }) is { } rollback && rollback.Version != e.Tried.Version)
        {
            // Whoever rolls back while it comes wants it gone, as if it had been stable already.
            PlaceForRollback(e.Id, e.Tried.Version, rollback.Version, rollback.By, rollback.Why);
        }

        if ((e is { Automatic: true, Outcome: not RolloutOutcome.Succeeded } ? e.Reason : e.Failure) is { } failure)
        {
            // One that waited for a person when it had failed is no better for that person's abort.
            Place(new Hold(Hold.IdOf(e.Id), e.Tried.Version, $"{e.Tried.Version} failed here: {failure}", Fact.Slipway, at));
        }

        Own();

        // The rollout may have left it running, where nobody confirmed that it has no more traffic; and what it had asked for may still be under way, which the lane's own token is newer than.
        if (_state.Stable is null)
        {
            ShiftToNothing(e.Tried);
        }

        LetGo(e.Tried);
        if (e.Baseline is { } baseline)
        {
            LetGo(baseline);
        }
    }

    /// <summary>The hold is theirs who rolled back, with the reason that they gave. One that says the same already is enough.</summary>
    private void PlaceForRollback(string id, string version, string to, string? by, string? why)
    {
        var hold = new Hold(Hold.IdOf(id), version, $"rolled back to {to}{(string.IsNullOrEmpty(why) ? "" : $": {why}")}", by ?? Fact.Slipway, at);
        if (!_state.Holds.Any(h => h.Version == version && h.Why == hold.Why))
        {
            Place(hold);
        }
    }

    public void Place(Hold hold)
    {
        if (_state.Holds.Any(h => h.Id == hold.Id || (h.Version == hold.Version && h.By == Fact.Slipway && hold.By == Fact.Slipway)))
        {
            return;
        }

        _state = _state with { Holds = [.. _state.Holds, hold] };
        Record("hold.placed", hold.Version, null, new JsonObject { ["id"] = hold.Id, ["why"] = hold.Why }, hold.By);
        TouchGates();
    }

    public void Lift(HoldLifted e)
    {
        if (_state.Holds.FirstOrDefault(h => h.Id == e.Id) is not { } hold)
        {
            return;
        }

        _state = _state with { Holds = [.. _state.Holds.Where(h => h.Id != e.Id)] };
        Record("hold.lifted", hold.Version, null, new JsonObject { ["id"] = hold.Id }, e.By);
        TouchGates();
    }

    public void AdmitNext()
    {
        if (_state.Active is { Stage: not ActiveStage.Watching } || NextInLine() is not { } next)
        {
            return;
        }

        if (_state.Active is { Stage: ActiveStage.Watching } watched)
        {
            // The watcher ends first: it may just have found the version to be bad, and then what is stable here is another one.
            _messages.Add(new Message(RolloutFlow.ProcessOf(watched.Id), new LaneReclaimed($"{next.Version} comes next")));
            return;
        }

        var counter = _state.Counter + 1;
        _state = _state with
        {
            Queue = [.. _state.Queue.Where(q => q.Id != next.Id)],
            Active = new ActivePromotion(next.Id, next.Version, next.Kind, ActiveStage.Admitted, next.By, next.Why),
            Counter = counter,
            TrafficGeneration = Math.Max(_state.TrafficGeneration, counter * LaneFlow.GenerationsPerOwner),
        };
        var wentBackTo = next.Kind == PromotionKind.Rollback ? _state.History.FirstOrDefault(h => h.Spec.Version == next.Version) : null;
        TellPromotion(next.Id, new LaneAdmitted(new Admission
        {
            Token = Token,
            Stable = _state.Stable,
            TrafficGeneration = _state.TrafficGeneration,
            IsWarm = wentBackTo is not null && _state.Warm?.Spec.Id == wentBackTo.Spec.Id,
            StableUntil = wentBackTo?.ReplacedAt,
        }));
    }

    public Decision<LaneState> Done() => new()
    {
        State = _state,
        Effects = _effects,
        Facts = _facts,
        Messages = _messages,
        DueAt = _state.Active is null ? _state.Left.Append(_state.Warm).Min(kept => kept?.WarmUntil) : null,
    };

    /// <summary>Rollbacks first. Then the newest that is ready, or under <c>queue</c> the oldest of all, which others wait behind.</summary>
    private QueuedPromotion? NextInLine()
    {
        if (_state.Queue.FirstOrDefault(q => q is { Kind: PromotionKind.Rollback, Ready: true }) is { } rollback)
        {
            return rollback;
        }

        return _state.Queue.Count == 0 ? null
            : _state.Queue[^1].Concurrency == LaneConcurrency.NewestWins ? _state.Queue.LastOrDefault(q => q.Ready)
            : _state.Queue[0].Ready ? _state.Queue[0]
            : null;
    }

    private static bool Supersedes(QueuedPromotion newer, QueuedPromotion older) =>
        newer.Kind == PromotionKind.Rollback || older.Kind == PromotionKind.Promotion;

    private void Well(LaneRolloutEnded e)
    {
        LaneRevision Proven(LaneRevision revision) => revision.Spec.Revision == e.Tried.Revision && !e.Unwatched ? revision with { WellAt = at } : revision;
        _state = _state with
        {
            Stable = _state.Stable is { } stable ? Proven(stable) : null,
            History = [.. _state.History.Select(Proven)],
            Warm = _state.Warm is { } warm ? warm with { WarmUntil = (e.FullAt ?? at) + e.KeepWarm } : null,
            NeedsAttention = null,
        };
    }

    /// <summary>The tried version is out; if it had been stable already (it failed while watched), the one before is stable again.</summary>
    private void Restore(LaneRolloutEnded e)
    {
        // Without a version before it, what was tried is what was stable all along: the same revision, promoted once more.
        if (_state.Stable?.Spec.Revision != e.Tried.Revision || e.FullAt is null || _state.Warm is not { } before)
        {
            return;
        }

        _state = _state with
        {
            Stable = before with { WarmUntil = null },
            Warm = null,
            History = [.. _state.History.Where(h => h.Spec.Revision != e.Tried.Revision)],
        };
        Record("lane.stableChanged", before.Spec.Version, e.Id, new JsonObject { ["from"] = e.Tried.Version, ["revision"] = before.Spec.Revision });
    }

    private void Reclaim(string why)
    {
        if (_state.Active is { Stage: ActiveStage.RollingOut } active)
        {
            _messages.Add(new Message(RolloutFlow.ProcessOf(active.Id), new LaneReclaimed(why)));
        }
    }

    private void TouchGates()
    {
        foreach (var waiting in _state.Queue)
        {
            TellPromotion(waiting.Id, new GatesTouched());
        }
    }

    private void TellPromotion(string id, PromotionEvent @event) => _messages.Add(new Message(PromotionFlow.ProcessOf(id), @event));

    private void Record(string type, string? version, string? promotion, JsonObject body, string actor = Fact.Slipway) =>
        _facts.Add(new Fact(type, new FactSubject { Service = _state.Lane.Service, Environment = _state.Lane.Environment, Version = version, Promotion = promotion }, actor, body));
}
