using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>
/// What must hold after every step, whatever went wrong before it:
/// <list type="bullet">
/// <item>I1: what was acknowledged stays. A turn that the store took is there with its sequence; a command that was answered has its process or its record; every event is folded once.</item>
/// <item>I2: one owner. Only the rollout that the lane let in is under way there; no turn is committed twice; under one token, and from token to token, what is wanted never goes back.</item>
/// <item>I3: traffic ends on one version that is known to be good. At rest every route gives everything to the lane's stable version (or nothing, where there is none), and no weight is ever on what is not wanted to run.</item>
/// <item>I4: unknown is not success. No step counts as done without what it asks for: instances that were healthy, verifications that passed, a judge that passed, gates that opened.</item>
/// <item>I5: the ledger holds. It only grows, and folding it gives what the processes say of themselves.</item>
/// <item>I6: nothing runs that nobody wants. At rest only stable, and the warm version before it, are wanted; in the end hosts run exactly what is wanted.</item>
/// </list>
/// </summary>
internal sealed partial class Invariants(World world)
{
    private static readonly PromotionFlow PromotionMachine = new();
    private static readonly RolloutFlow RolloutMachine = new();
    private static readonly LaneFlow LaneMachine = new(1);
    private readonly Dictionary<ProcessId, long> acknowledged = [];
    private readonly HashSet<(ProcessId, long)> turns = [];
    private readonly HashSet<long> folded = [];
    private readonly List<ProcessId> unchecked_ = [];

    public Dictionary<LaneId, LaneState> Lanes { get; } = [];
    public SortedDictionary<string, PromotionState> Promotions { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, RolloutState> Rollouts { get; } = new(StringComparer.Ordinal);

    /// <summary>Lanes that let somebody in.</summary>
    public HashSet<LaneId> Moving { get; } = [];

    public IEnumerable<KeyValuePair<string, RolloutState>> Live => Rollouts.Where(r => !r.Value.HasEnded);

    public int Turns => turns.Count;

    /// <summary>Some promotion or rollout has not ended.</summary>
    public bool AnythingOpen => Live.Any() || Promotions.Values.Any(p => !p.HasEnded);

    public string TellOpen() => string.Join("; ", Live.Select(r => $"{r.Key} {r.Value.Phase} ({r.Value.Reason})").Concat(Promotions.Where(p => !p.Value.HasEnded).Select(p => $"{p.Key} {p.Value.Phase} ({p.Value.Reason})")));

    /// <summary>Somebody asked for this version in this environment, and the process is there.</summary>
    public bool IsAskedFor(string environment, string version) => world.Store.Processes.Any(p =>
        p.Id.Kind == PromotionFlow.ProcessKind && (Promotions.TryGetValue(p.Id.Key, out var known)
            ? known.Lane.Environment == environment && known.Version == version
            : p.Inbox.Exists(i => i.Event.Contains($"\"version\":\"{version}\"", StringComparison.Ordinal))));

    /// <summary>The store took a turn: from here on it must be there, and be the only one of its kind.</summary>
    public void Acknowledge(ProcessTurn turn)
    {
        Require(turns.Add((turn.Claim.Id, turn.Claim.Sequence)), "I2", $"{turn.Claim.Id} was folded twice from sequence {turn.Claim.Sequence}");
        foreach (var number in turn.Consumed)
        {
            Require(folded.Add(number), "I1", $"an event of {turn.Claim.Id} was folded twice");
        }

        acknowledged[turn.Claim.Id] = turn.Claim.Sequence + turn.Folded;
        unchecked_.Add(turn.Claim.Id);
    }

    /// <summary>Looks at all that has changed since it looked last.</summary>
    public void Check()
    {
        foreach (var process in unchecked_)
        {
            Require(world.Store.Find(process)?.Sequence >= acknowledged[process], "I1", $"{process} lost a turn that was acknowledged");
        }

        unchecked_.Clear();
        CheckLedgerGrowth();
        CheckWanted();
        if (world.Store.Changed.Count == 0)
        {
            return;
        }

        var changed = world.Store.Changed.ToList();
        world.Store.Changed.Clear();
        foreach (var row in changed)
        {
            Require(row.Quarantined is null, "Liveness", $"{row.Id} was set aside: {row.Quarantined}");
            Take(row);
        }

        CheckOwners();
        CheckRest();
    }

    private void Take(StoredRow row)
    {
        switch (row.Id.Kind)
        {
            case LaneId.LaneProcess:
                var lane = LaneMachine.ReadState(row.State!, row.StateVersion);
                Lanes[lane.Lane] = lane;
                _ = lane.Active is null ? Moving.Remove(lane.Lane) : Moving.Add(lane.Lane);
                CheckLedgerOf(lane);
                break;
            case PromotionFlow.ProcessKind:
                var promotion = PromotionMachine.ReadState(row.State!, row.StateVersion);
                CheckGates(row.Id.Key, Promotions.GetValueOrDefault(row.Id.Key), promotion);
                Promotions[row.Id.Key] = promotion;
                CheckLedgerOf(row.Id.Key, promotion);
                break;
            case RolloutFlow.ProcessKind:
                var rollout = RolloutMachine.ReadState(row.State!, row.StateVersion);
                CheckSteps(Rollouts.GetValueOrDefault(row.Id.Key), rollout);
                Rollouts[row.Id.Key] = rollout;
                CheckLedgerOf(row.Id.Key, rollout);
                break;
        }
    }

    private void CheckOwners()
    {
        foreach (var (id, rollout) in Live)
        {
            var owner = Lanes.GetValueOrDefault(rollout.Lane)?.Active?.Id;
            Require(owner == id, "I2", $"{id} is under way in {rollout.Lane}, which {owner ?? "nobody"} owns");
        }
    }

    internal static void Require(bool holds, string invariant, string what)
    {
        if (!holds)
        {
            throw new InvariantBrokenException(invariant, what);
        }
    }
}
