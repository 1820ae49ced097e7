using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

internal sealed partial class Invariants
{
    private readonly Dictionary<string, DateTimeOffset> judgePassed = new(StringComparer.Ordinal);
    private readonly HashSet<(string Promotion, int Round)> allOpen = [];
    private readonly HashSet<string> verified = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> promotionEnds = new(StringComparer.Ordinal), rolloutEnds = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Promotion, string? Ring), int> weights = [];
    private readonly Dictionary<LaneId, string?> stables = [];
    private readonly Dictionary<LaneId, List<string>> holds = [];
    private readonly HashSet<string> began = new(StringComparer.Ordinal);
    private readonly List<string> ledger = [];
    private readonly List<(string What, Func<bool> Kept)> commands = [];

    /// <summary>A command was answered with yes: from here on it must be found in the store.</summary>
    public void Answered(string what, Func<bool> kept) => commands.Add((what, kept));

    public void CheckCommands()
    {
        foreach (var (what, kept) in commands)
        {
            Require(kept(), "I1", $"{what} was acknowledged, and nothing of it is left");
        }
    }

    /// <summary>What gates and judge said in truth, before anybody carried it on.</summary>
    public void Outcome(OutboxEffect effect, string? outcome)
    {
        if (outcome is null)
        {
            return;
        }

        if (effect.Type == "askGates" && !outcome.Contains("\"Waiting\"", StringComparison.Ordinal) && !outcome.Contains("\"Closed\"", StringComparison.Ordinal))
        {
            var asked = (AskGates)EffectCodec.Read(effect);
            allOpen.Add((asked.Promotion, asked.Round));
        }
        else if (effect.Type == "askJudge" && outcome.StartsWith("{\"type\":\"judgeAnswered\",\"answer\":{\"verdict\":\"Passed\"", StringComparison.Ordinal))
        {
            judgePassed[effect.Process.Key] = world.Store.Now;
        }
    }

    public void Verified(string versionSet, bool passed) => _ = passed ? verified.Add(versionSet) : verified.Remove(versionSet);

    private void CheckGates(string id, PromotionState? before, PromotionState now)
    {
        if (now.Phase != PromotionPhase.RollingOut || before?.Phase == PromotionPhase.RollingOut)
        {
            return;
        }

        Require(allOpen.Contains((id, now.Round)), "I4", $"{id} rolls out, and its gates were not all open when they were asked last");
        if (now.Kind == PromotionKind.Promotion && world.Platform.Current.Find(now.Lane.Environment)!.Concurrency == LaneConcurrency.NewestWins)
        {
            var newer = Promotions.FirstOrDefault(p => p.Key != id && p.Value.Lane == now.Lane && p.Value.Kind == PromotionKind.Promotion && p.Value.RequestedAt > now.RequestedAt && began.Contains(p.Key));
            Require(newer.Key is null, "Order", $"{id} begins after {newer.Key}, which was asked for later");
        }

        began.Add(id);
        Require(now.Gates.All(g => g.State == GateState.Open), "I4", $"{id} rolls out past {string.Join(", ", now.Gates.Where(g => g.State != GateState.Open).Select(g => g.Gate))}");
        var approvals = world.Platform.Current.Find(now.Lane.Environment)!.Approvals;
        if (now.Kind == PromotionKind.Promotion && approvals > 0)
        {
            Require(
                now.Approvals.Where(a => a.Approved && a.InputsHash == now.InputsHash && !now.ExcludedPersons.Contains(a.By.Person)).Select(a => a.By.Person).Distinct().Count() >= approvals,
                "I4", $"{id} rolls out without the approvals that it needs");
        }
    }

    private void CheckSteps(RolloutState? before, RolloutState now)
    {
        for (var i = before?.Step ?? 0; i < now.Step; i++)
        {
            var (step, record) = (now.Plan[i], now.Records[i]);
            if (record.Skipped || record.Failed)
            {
                continue;
            }

            RequireConsent(now, i);
            RequireCalm(now, step, record);
            switch (step.Kind)
            {
                case PlanStepKind.Start or PlanStepKind.Weight or PlanStepKind.Full or PlanStepKind.Batch or PlanStepKind.Instances or PlanStepKind.Route or PlanStepKind.Mirror:
                    Require(world.MostHealthy(now.Inputs.Revision.Id) > 0, "I4", $"{now.Id} did “{step.Title}”, and no instance of {now.Inputs.Revision.Version} was ever healthy");
                    // A worker beside has its share once the step has given the version one.
                    Require(
                        now.Ring is not null || step.Weight == 0 || now.Inputs.Revision.Workers.All(worker => world.MostHealthy(worker.Id) > 0), "I4",
                        $"{now.Id} did “{step.Title}”, and no worker beside {now.Inputs.Revision.Version} was ever healthy");
                    break;
                case PlanStepKind.Verify:
                    Require(now.Verifications.All(v => v.Passed == true) && verified.Contains(now.Inputs.Revision.Id), "I4", $"{now.Id} did “{step.Title}” without a proof");
                    break;
                case PlanStepKind.Analyze or PlanStepKind.Soak when now.Inputs is { Traffic: TrafficExpectation.Expected, Definition.Rollout: { Checks.Count: > 0 } spec } && !(spec.OnInconclusive == OnInconclusive.Proceed && record.Note?.StartsWith("inconclusive", StringComparison.Ordinal) == true):
                    Require(judgePassed.TryGetValue(now.Id, out var at) && at >= record.StartedAt + step.Duration!.Value, "I4", $"{now.Id} did “{step.Title}”, and the judge did not pass it at its end");
                    // The judge compares: against a stable version that is as bad, or that answered nothing a moment ago, a bad one is no worse.
                    Require(
                        world.QualityOf(now.Inputs.Revision.Version) != Quality.BadAnswers
                            || (now.Stable is { } stable && (world.QualityOf(stable.Spec.Version) != Quality.Good || world.WasUnservedSince(stable.Spec.Id, now.StartedAt - TimeSpan.FromMinutes(1)))), "I4",
                        $"{now.Id}: the judge passed {now.Inputs.Revision.Version}, half of whose answers are errors");
                    break;
            }
        }
    }

    /// <summary>A wait that was over by itself was not over while an instance had just ceased to be healthy, unless that took as long as a start may.</summary>
    private static void RequireCalm(RolloutState now, PlanStep step, StepRecord record)
    {
        if (step is { Kind: PlanStepKind.Pause or PlanStepKind.Analyze or PlanStepKind.Soak or PlanStepKind.Watch, Duration: { } time } && record is { EndedAt: { } end, Note: not "resumed" })
        {
            var revision = now.Inputs.Revision;
            Require(
                end >= record.StartedAt + time + revision.Run.Health.Deadline + Limits.StartMargin
                    || revision.Workers.Prepend(revision).All(set => now.Lapses?.GetValueOrDefault(set.Id) is not { } lapsing || lapsing.Last > end || lapsing.Last + Limits.CalmAfterLapse <= end), "I4",
                $"{now.Id} was through with “{step.Title}” when an instance of {revision.Version} had just ceased to be healthy");
        }
    }

    /// <summary>A step that was done had the go of all who are asked before it.</summary>
    private void RequireConsent(RolloutState now, int step)
    {
        if (now.Kind == PromotionKind.Rollback)
        {
            return;
        }

        var hooks = now.Inputs.Definition.Rollout.Hooks;
        if (step == 0)
        {
            Need(HookPoint.Before);
        }

        if (now.Plan[step].Kind is not (PlanStepKind.Start or PlanStepKind.Full or PlanStepKind.Watch))
        {
            Need(HookPoint.BeforeStep, now.Plan[step].Title);
        }

        if (now.Plan[step].Kind == PlanStepKind.Full)
        {
            Need(HookPoint.ConfirmPromotion);
        }

        void Need(HookPoint point, string? about = null) => Require(
            hooks.At(point).All(hook => world.Hooks.SaidGo(now.Id, point, about)), "I4", $"{now.Id} did “{now.Plan[step].Title}” without the consent of a hook ({point})");
    }

    private void CheckLedgerGrowth()
    {
        var entries = world.Store.Ledger;
        Require(entries.Count >= ledger.Count, "I5", "entries of the ledger are gone");
        for (var i = Math.Max(0, ledger.Count - 1); i < ledger.Count; i++)
        {
            Require(entries[i].Text == ledger[i], "I5", $"entry {i + 1} of the ledger is not what it was");
        }

        for (var i = ledger.Count; i < entries.Count; i++)
        {
            ledger.Add(entries[i].Text);
            Fold(entries[i].Fact);
            world.Tell($"  {entries[i].Fact.Type} {entries[i].Fact.Subject.Environment} {entries[i].Fact.Subject.Version} {entries[i].Fact.Subject.Promotion} {entries[i].Fact.Actor} {entries[i].Fact.Body.ToJsonString()}");
        }
    }

    /// <summary>The whole ledger, entry by entry.</summary>
    public void CheckWholeLedger() => Require(ledger.SequenceEqual(world.Store.Ledger.Select(e => e.Text)), "I5", "the ledger is not what it was");

    private void Fold(Fact fact)
    {
        var lane = fact.Subject is { Service: { } service, Environment: { } environment } ? new LaneId(service, environment) : default;
        var promotion = fact.Subject.Promotion ?? "";
        switch (fact.Type)
        {
            case "promotion.ended":
                Require(promotionEnds.TryAdd(promotion, fact.Body["state"]!.GetValue<string>()), "I5", $"{promotion} ended twice by the ledger");
                break;
            case "rollout.ended":
                Require(rolloutEnds.TryAdd(promotion, fact.Body["state"]!.GetValue<string>()), "I5", $"the rollout {promotion} ended twice by the ledger");
                break;
            case "rollout.weightChanged":
                var ring = fact.Body["ring"]?.GetValue<string>();
                Require(WeightOf(promotion, ring) == fact.Body["from"]!.GetValue<int>(), "I5", $"{promotion}: the ledger lacks a change of weights before {fact.Body.ToJsonString()}");
                weights[(promotion, ring)] = fact.Body["to"]!.GetValue<int>();
                break;
            case "lane.stableChanged":
                stables[lane] = fact.Subject.Version;
                break;
            case "hold.placed":
                HoldsOf(lane).Add(fact.Body["id"]!.GetValue<string>());
                break;
            case "hold.lifted":
                HoldsOf(lane).Remove(fact.Body["id"]!.GetValue<string>());
                break;
        }
    }

    /// <summary>By the ledger. What has gone through rings has all of the whole.</summary>
    private int WeightOf(string promotion, string? ring) =>
        weights.TryGetValue((promotion, ring), out var known) ? known : ring is null && weights.Keys.Any(w => w.Promotion == promotion) ? 100 : 0;

    private List<string> HoldsOf(LaneId lane) => holds.TryGetValue(lane, out var known) ? known : holds[lane] = [];

    private void CheckLedgerOf(LaneState lane)
    {
        Require(stables.GetValueOrDefault(lane.Lane) == lane.Stable?.Spec.Version, "I5", $"{lane.Lane} says {lane.Stable?.Spec.Version ?? "nothing"} is stable, its ledger {stables.GetValueOrDefault(lane.Lane) ?? "nothing"}");
        Require(HoldsOf(lane.Lane).SequenceEqual(lane.Holds.Select(h => h.Id)), "I5", $"the holds of {lane.Lane} are not those of its ledger");
    }

    private void CheckLedgerOf(string id, PromotionState promotion) => Require(
        promotionEnds.GetValueOrDefault(id) == (promotion.HasEnded ? JsonWords.Of(promotion.Phase) : null), "I5", $"{id} is {promotion.Phase}, by its ledger {promotionEnds.GetValueOrDefault(id) ?? "not over"}");

    private void CheckLedgerOf(string id, RolloutState rollout)
    {
        Require(rolloutEnds.GetValueOrDefault(id) == (rollout.HasEnded ? JsonWords.Of(rollout.Phase) : null), "I5", $"the rollout {id} is {rollout.Phase}, by its ledger {rolloutEnds.GetValueOrDefault(id) ?? "not over"}");
        var here = rollout.Ring is { } ring ? rollout.Inputs.Rings[ring].Name : null;
        Require(WeightOf(id, here) == rollout.Weight, "I5", $"{id} has {rollout.Weight} %, by its ledger {WeightOf(id, here)} %");
    }
}
