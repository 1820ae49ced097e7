using System.Text.Json.Nodes;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Promotions;

/// <summary>
/// A release's passage into a lane: wait until every gate is open → stand ready at the lane's door → be let in → ask the gates once more → roll out → end.
/// Gates are always asked afresh; what was pinned when the promotion was asked for never changes.
/// </summary>
public sealed class PromotionFlow() : Machine<PromotionState, PromotionEvent>(
    ProcessKind, 2, PromotionJson.Default.PromotionState, PromotionJson.Default.PromotionEvent, new PromotionTimeCame())
{
    public const string ProcessKind = "promotion";

    public static ProcessId ProcessOf(string promotion) => new(ProcessKind, promotion);

    public override Decision<PromotionState> Decide(ProcessId process, PromotionState? state, PromotionEvent @event, DateTimeOffset at)
    {
        if (state is null)
        {
            return @event is PromotionRequested requested
                ? Request(process.Key, requested, at)
                : throw new InvalidOperationException($"{process} got {@event.GetType().Name} before it was requested.");
        }

        var turn = new Turn(process.Key, state, at);
        return state.HasEnded
            ? turn.Stay()
            : @event switch
            {
                PromotionRequested => turn.Wait(),
                GatesAnswered e => turn.Answered(e),
                ApprovalDecided e => turn.Decided(e.Approval),
                GatesTouched => turn.AskAgain(),
                PromotionTimeCame => turn.AskAgain(),
                PromotionCancelled e => turn.Cancel(e),
                PromotionSuperseded e => turn.Supersede(e),
                LaneAdmitted e => turn.Admit(e.Admission),
                PromotionRolloutEnded e => turn.EndWith(e),
                _ => throw new InvalidOperationException($"A promotion does not take {@event.GetType().Name}."),
            };
    }

    private static Decision<PromotionState> Request(string id, PromotionRequested e, DateTimeOffset at)
    {
        var state = new PromotionState
        {
            Lane = e.Lane,
            Kind = e.Kind,
            Inputs = e.Inputs,
            InputsHash = e.InputsHash,
            RequestedBy = e.RequestedBy,
            RequestedAt = at,
            Why = e.Why,
            Automatic = e.Automatic,
            ExcludedPersons = e.ExcludedPersons,
            Phase = PromotionPhase.Waiting,
            Reason = "the gates are being asked",
        };
        var turn = new Turn(id, state, at);
        turn.Record("promotion.requested", e.RequestedBy.Identity, new JsonObject
        {
            ["kind"] = JsonWords.Of(e.Kind),
            ["inputs"] = e.InputsHash,
            ["revision"] = e.Inputs.Revision.Revision,
            ["artifact"] = e.Inputs.Revision.ArtifactDigest,
            ["why"] = e.Why,
            ["automatic"] = e.Automatic,
        });
        turn.Tell(new PromotionQueued(new QueuedPromotion(id, state.Version, e.Kind, Ready: false, e.Concurrency, e.Preempt, e.RequestedBy.Identity, e.Why)));
        return turn.AskAgain();
    }

    /// <summary>One decision in the making.</summary>
    private sealed class Turn(string id, PromotionState state, DateTimeOffset at)
    {
        private readonly List<Effect> _effects = [];
        private readonly List<Fact> _facts = [];
        private readonly List<Message> _messages = [];
        private PromotionState _state = state;

        public void Record(string type, string actor, JsonObject body) =>
            _facts.Add(new Fact(type, new FactSubject { Service = _state.Lane.Service, Environment = _state.Lane.Environment, Version = _state.Version, Promotion = id }, actor, body));

        public void Tell(LaneEvent @event) => _messages.Add(new Message(_state.Lane.Process, @event));

        /// <summary>Nothing changes, nothing is due: it has ended, or what was heard is of no concern.</summary>
        public Decision<PromotionState> Stay() => Done(null);

        /// <summary>Nothing new: wait for what it was waiting for.</summary>
        public Decision<PromotionState> Wait() => Done(NextAsking());

        public Decision<PromotionState> AskAgain()
        {
            if (_state.Phase == PromotionPhase.RollingOut)
            {
                return Stay();
            }

            _state = _state with { Round = _state.Round + 1 };
            _effects.Add(new AskGates
            {
                Promotion = id,
                Round = _state.Round,
                Lane = _state.Lane,
                Version = _state.Version,
                Kind = _state.Kind,
                InputsHash = _state.InputsHash,
                Approvals = _state.Approvals,
                ExcludedPersons = _state.ExcludedPersons,
            });
            return Done(at + Limits.GateRecheck);
        }

        public Decision<PromotionState> Answered(GatesAnswered e)
        {
            if (e.Round != _state.Round || _state.Phase == PromotionPhase.RollingOut)
            {
                return Wait();
            }

            RecordChangedGates(e.Answers);
            _state = _state with { Gates = e.Answers };
            if (e.Answers.FirstOrDefault(g => g.State == GateState.Closed) is { } closed)
            {
                return End(PromotionPhase.Failed, $"{closed.Gate}: {closed.Why}", Fact.Slipway, withdraw: true);
            }

            var shut = e.Answers.FirstOrDefault(g => g.State != GateState.Open);
            return shut is null ? AllOpen() : NotYet(shut);
        }

        public Decision<PromotionState> Decided(Approval approval)
        {
            // The same person's later word replaces the earlier one; an approval of other inputs is worth nothing and the use case refuses it.
            if (approval.InputsHash != _state.InputsHash || _state.Phase == PromotionPhase.RollingOut)
            {
                return Wait();
            }

            _state = _state with { Approvals = [.. _state.Approvals.Where(a => a.By.Person != approval.By.Person), approval] };
            Record(approval.Approved ? "promotion.approved" : "promotion.rejected", approval.By.Identity, new JsonObject
            {
                ["person"] = approval.By.Person,
                ["inputs"] = approval.InputsHash,
                ["why"] = approval.Why,
            });
            if (!approval.Approved)
            {
                return End(PromotionPhase.Rejected, $"rejected by {approval.By.Identity}: {approval.Why}", approval.By.Identity, withdraw: true);
            }

            // What a shut gate said was said without this approval: nobody should read it as the answer to it.
            _state = _state with { Gates = [.. _state.Gates.Where(g => g.State == GateState.Open)], Reason = $"approved by {approval.By.Identity}: the gates are asked again" };
            return AskAgain();
        }

        public Decision<PromotionState> Cancel(PromotionCancelled e) => _state.Phase == PromotionPhase.RollingOut
            ? Stay()
            : End(PromotionPhase.Cancelled, $"cancelled by {e.By.Identity}{(e.Why is null ? "" : $": {e.Why}")}", e.By.Identity, withdraw: true);

        public Decision<PromotionState> Supersede(PromotionSuperseded e)
        {
            if (_state.Phase == PromotionPhase.RollingOut)
            {
                return Stay();
            }

            _state = _state with { SupersededBy = e.By };
            return End(PromotionPhase.Superseded, $"{e.Version} was promoted after it and takes its place", Fact.Slipway, withdraw: false);
        }

        /// <summary>The lane is ours; gates may have shut while we stood at the door, so they are asked once more before anything moves.</summary>
        public Decision<PromotionState> Admit(Admission admission)
        {
            _state = _state with { Phase = PromotionPhase.Admitted, Admission = admission, FromVersion = admission.Stable?.Spec.Version, Reason = "the lane is free: gates are asked a last time" };
            return AskAgain();
        }

        public Decision<PromotionState> EndWith(PromotionRolloutEnded e)
        {
            var phase = e.Outcome switch
            {
                RolloutOutcome.Succeeded => PromotionPhase.Succeeded,
                RolloutOutcome.RolledBack => PromotionPhase.RolledBack,
                RolloutOutcome.Aborted => PromotionPhase.Aborted,
                _ => PromotionPhase.Failed,
            };
            return End(phase, e.Reason, Fact.Slipway, withdraw: false);
        }

        private Decision<PromotionState> AllOpen()
        {
            switch (_state.Phase)
            {
                case PromotionPhase.Waiting:
                    _state = _state with { Phase = PromotionPhase.Ready, Reason = "all gates are open: it waits for the lane" };
                    Tell(new PromotionReadiness(id, Ready: true));
                    return Wait();
                case PromotionPhase.Admitted:
                    _state = _state with { Phase = PromotionPhase.RollingOut, Reason = "rolling out" };
                    Tell(new RolloutBegan(id));
                    _messages.Add(new Message(RolloutFlow.ProcessOf(id), new RolloutStarted
                    {
                        Lane = _state.Lane,
                        Kind = _state.Kind,
                        Inputs = _state.Inputs,
                        Admission = _state.Admission ?? throw new InvalidOperationException($"Promotion {id} was admitted without an admission."),
                        RequestedBy = _state.RequestedBy,
                        ExcludedPersons = _state.ExcludedPersons,
                    }));
                    return Stay();
                default:
                    return Wait();
            }
        }

        private Decision<PromotionState> NotYet(GateAnswer shut)
        {
            switch (_state.Phase)
            {
                case PromotionPhase.Admitted:
                    Tell(new PromotionSteppedBack(id));
                    break;
                case PromotionPhase.Ready:
                    Tell(new PromotionReadiness(id, Ready: false));
                    break;
            }

            _state = _state with { Phase = PromotionPhase.Waiting, Admission = null, Reason = $"{shut.Gate}: {shut.Why}" };
            return Wait();
        }

        private Decision<PromotionState> End(PromotionPhase phase, string reason, string actor, bool withdraw)
        {
            if (withdraw)
            {
                Tell(new PromotionWithdrawn(id));
            }

            _state = _state with { Phase = phase, Reason = reason, EndedAt = at };
            Record("promotion.ended", actor, new JsonObject { ["state"] = JsonWords.Of(phase), ["kind"] = JsonWords.Of(_state.Kind), ["reason"] = reason });
            return Done(null);
        }

        private void RecordChangedGates(IReadOnlyList<GateAnswer> answers)
        {
            foreach (var answer in answers)
            {
                var before = _state.Gates.FirstOrDefault(g => g.Gate == answer.Gate);
                if (before?.State != answer.State)
                {
                    Record("promotion.gateAnswered", Fact.Slipway, new JsonObject { ["gate"] = answer.Gate, ["state"] = JsonWords.Of(answer.State), ["why"] = answer.Why });
                }
            }
        }

        /// <summary>The soonest of what the shut gates say and the usual recheck.</summary>
        private DateTimeOffset? NextAsking()
        {
            if (_state.Phase is not (PromotionPhase.Waiting or PromotionPhase.Ready or PromotionPhase.Admitted))
            {
                return null;
            }

            var soonest = at + Limits.GateRecheck;
            foreach (var gate in _state.Gates)
            {
                if (gate is { State: GateState.Waiting, Until: { } until } && until > at && until < soonest)
                {
                    soonest = until;
                }
            }

            return soonest;
        }

        private Decision<PromotionState> Done(DateTimeOffset? due) => new()
        {
            State = _state,
            Effects = _effects,
            Facts = _facts,
            Messages = _messages,
            DueAt = due,
            Ended = _state.HasEnded,
        };
    }
}
