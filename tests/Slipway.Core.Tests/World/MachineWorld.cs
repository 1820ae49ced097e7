using Slipway.Core.Access;
using Slipway.Core.Environments;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;

namespace Slipway.Core.Tests.World;

/// <summary>
/// The machines alone, in virtual time: messages are delivered at once and in order, effects are answered by a small model of agents, router, gates and judge.
/// What the store and the loop do in a server is here a dictionary and a queue.
/// </summary>
internal sealed class MachineWorld
{
    public static readonly LaneId Lane = new("storefront", "prod");
    private readonly Dictionary<string, IMachine> _machines = new()
    {
        [LaneId.LaneProcess] = new LaneFlow(1),
        [PromotionFlow.ProcessKind] = new PromotionFlow(),
        [RolloutFlow.ProcessKind] = new RolloutFlow(),
        [CommandFlow.ProcessKind] = new CommandFlow(),
    };
    private readonly Dictionary<ProcessId, string> _states = [];
    private readonly Dictionary<ProcessId, DateTimeOffset> _due = [];
    private readonly Queue<(ProcessId To, string Event)> _inbox = new();
    private readonly Dictionary<(string Set, string? Ring), (int Count, int Attempt)> _wanted = [];
    private readonly HashSet<string> _broken = [];
    private long _generation;
    private int _number;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public List<string> Transcript { get; } = [];

    public List<Fact> Facts { get; } = [];

    /// <summary>Version → percent, as the router has it.</summary>
    public Dictionary<string, int> Traffic { get; private set; } = [];

    /// <summary>Likewise in each ring, where that differs.</summary>
    public Dictionary<string, Dictionary<string, int>> TrafficOf { get; private set; } = [];

    /// <summary>Of one ring, or of all where it is the same everywhere.</summary>
    public int Share(string ring, string version) => (TrafficOf.Count > 0 ? TrafficOf[ring] : Traffic).GetValueOrDefault(version);

    /// <summary>Versions that are broken in one ring alone.</summary>
    public HashSet<(string Version, string Ring)> BrokenIn { get; } = [];

    /// <summary>All that the router was told last.</summary>
    public TrafficWanted? Routing { get; private set; }

    /// <summary>What answers at the preview address of one ring, or of all targets where it is the same everywhere.</summary>
    public IReadOnlyList<string> Previews(string? ring) => ring is not null && _previewsOf.TryGetValue(ring, out var its) ? its : Routing?.Previews ?? [];

    private Dictionary<string, IReadOnlyList<string>> _previewsOf = [];

    /// <summary>How many instances of a version set become healthy at most; those that are not there: all.</summary>
    public Dictionary<string, int> MostHealthy { get; } = [];

    /// <summary>How often an instance of a version set has ceased to be healthy; it is again at once, unless <see cref="MostHealthy"/> says otherwise.</summary>
    public Dictionary<string, int> Lapses { get; } = [];

    /// <summary>Since the last promotion: the most instances that were wanted at once, and the fewest that were healthy.</summary>
    public int MostWanted { get; private set; }

    public int LeastHealthy { get; private set; }

    /// <summary>Says what is observed to the rollout, as agents do when it changes.</summary>
    public void Report(string id) => Send(RolloutFlow.ProcessOf(id), new TargetsObserved(Seen()));

    /// <summary>Which verifications were asked for, and what the version's share was then.</summary>
    public List<string> Verified { get; } = [];

    public HashSet<string> FailingVerifications { get; } = [];

    /// <summary>What endpoints of hooks were asked, and what they say; null: nothing.</summary>
    public List<AskHook> Asked { get; } = [];

    /// <summary>What the judge was asked.</summary>
    public List<AskJudge> Judged { get; } = [];

    public Func<AskHook, (HookDecision Decision, string Reason)?> Hook { get; set; } = _ => (HookDecision.Go, "it said go");

    /// <summary>Jobs of commands, which end when the test says so, and those of them that are not wanted any more.</summary>
    public List<QueueJob> Queued { get; } = [];

    public List<string> Withdrawn { get; } = [];

    /// <summary>An agent has taken a command, and it has ended so.</summary>
    public void EndCommand(string command, JobOutcome outcome, int? exit = null, string? output = null)
    {
        Send(CommandFlow.ProcessOf(command), new CommandAssigned("host-1"));
        var step = new StepState("command", StepPhase.Running, Now, Now, exit, 1, null);
        Send(CommandFlow.ProcessOf(command), new CommandReported(new JobReport("verification", CommandFlow.Attempt, "host-1", outcome, outcome == JobOutcome.Succeeded ? null : $"it ended: {outcome}", Now, [step], null, new Dictionary<string, string>()), output));
    }

    /// <summary>What every verification asks for beside its name.</summary>
    public VerificationSpec Verification { get; set; } = new() { Name = "", Http = new HttpVerification { Path = "/" } };

    /// <summary>Nobody answers verifications but the test.</summary>
    public List<RunVerification>? Unanswered { get; set; }

    /// <summary>Gates that are not open.</summary>
    public List<GateAnswer> ShutGates { get; } = [];

    /// <summary>What the judge says.</summary>
    public JudgeVerdict Verdict { get; set; } = JudgeVerdict.Passed;

    /// <summary>What the judge says of it; null: something that nobody looks at.</summary>
    public string? Reason { get; set; }

    /// <summary>What it says of each check.</summary>
    public IReadOnlyList<CheckAnswer> Checks { get; set; } = [];

    public bool RouterAnswers { get; set; } = true;

    /// <summary>Routers have told nothing since then; null: they tell at once.</summary>
    public DateTimeOffset? SilentSince { get; set; }

    /// <summary>Why no agent takes instances of what is not placed yet; null: some does.</summary>
    public string? Nowhere { get; set; }

    public void Break(string version) => _broken.Add(version);

    /// <summary>Version sets that do not come up, whatever else of their version does.</summary>
    public HashSet<string> BrokenSets { get; } = [];

    public LaneState LaneNow => ((Machine<LaneState, LaneEvent>)_machines["lane"]).ReadState(_states[Lane.Process], 2);

    public PromotionState Promotion(string id) => ((Machine<PromotionState, PromotionEvent>)_machines["promotion"]).ReadState(_states[PromotionFlow.ProcessOf(id)], 2);

    public CommandState Command(string key) => ((Machine<CommandState, CommandEvent>)_machines[CommandFlow.ProcessKind]).ReadState(_states[CommandFlow.ProcessOf(key)], 1);

    public RolloutState Rollout(string id) => ((Machine<RolloutState, RolloutEvent>)_machines["rollout"]).ReadState(_states[RolloutFlow.ProcessOf(id)], 2);

    public int WantedOf(string versionSet) => _wanted.Where(w => w.Key.Set == versionSet).Sum(w => w.Value.Count);

    public int WantedIn(string ring, string version) => _wanted.GetValueOrDefault((SetOf(version), ring)).Count;

    /// <summary>How often the weights changed.</summary>
    public int Shifts { get; private set; }

    private readonly Dictionary<string, int> _most = [];

    /// <summary>The greatest share that a version ever had.</summary>
    public int MostOf(string version) => _most.GetValueOrDefault(version);

    /// <summary>The labels of the agents that a version set was last asked of.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> Targets { get; } = [];

    /// <summary>The attempt under which a version set was asked for last.</summary>
    public int AttemptOf(string versionSet) => _wanted.Where(w => w.Key.Set == versionSet).Max(w => w.Value.Attempt);

    /// <summary>The name of a version's set.</summary>
    public static string SetOf(string version) => VersionSetSpec.IdOf(Lane, Revision(version));

    public int Wanted(string version) => _wanted.Where(w => w.Key.Set.Contains(Revision(version)[..12], StringComparison.Ordinal)).Sum(w => w.Value.Count);

    public static RolloutSpec Canary { get; } = new()
    {
        Strategy = RolloutStrategy.Canary,
        Steps = [new() { Weight = 5 }, new() { Analyze = TimeSpan.FromSeconds(30) }, new() { Weight = 50 }, new() { Analyze = TimeSpan.FromSeconds(30) }],
        Checks = [new() { Kind = CheckKind.Errors }],
        Watch = TimeSpan.FromMinutes(1),
        KeepWarm = TimeSpan.FromMinutes(5),
    };

    public string Promote(string version, RolloutSpec? rollout = null, PromotionKind kind = PromotionKind.Promotion, bool preempt = false, LaneConcurrency concurrency = LaneConcurrency.NewestWins, int instances = 2, string? why = null, IReadOnlyList<string>? verify = null, TrafficExpectation traffic = TrafficExpectation.Expected, bool worker = false, IReadOnlyList<RunSpec>? beside = null, IReadOnlyDictionary<string, string>? target = null)
    {
        var id = $"storefront-prod-{++_number}";
        (MostWanted, LeastHealthy) = (0, int.MaxValue);
        var run = new RunSpec { Command = ["./storefront"], Instances = instances, IsWorker = worker, Workers = beside };
        Send(PromotionFlow.ProcessOf(id), new PromotionRequested
        {
            Lane = Lane,
            Kind = kind,
            Inputs = new PinnedInputs
            {
                Revision = new VersionSetSpec
                {
                    Id = VersionSetSpec.IdOf(Lane, Revision(version)),
                    Lane = Lane,
                    Version = version,
                    Revision = Revision(version),
                    ArtifactDigest = "sha256:" + Revision(version),
                    ArtifactBytes = 1,
                    Run = run,
                },
                Definition = new EffectiveDefinition
                {
                    Run = run, Rollout = rollout ?? Canary, Verify = [.. (verify ?? []).Select(name => Verification with { Name = name })],
                },
                ConfigurationVersion = 0,
                Target = target ?? new Dictionary<string, string>(),
                Traffic = traffic,
            },
            InputsHash = "inputs-" + version,
            RequestedBy = new Actor("ada", "ada"),
            Why = why,
            ExcludedPersons = ["ada"],
            Preempt = preempt,
            Concurrency = concurrency,
        });
        return id;
    }

    public void Act(string id, RolloutAsk action, string? why = null, string by = "ada") => Send(RolloutFlow.ProcessOf(id), new ActionAsked(action, new Actor(by, by), why));

    public void Send(ProcessId to, object @event)
    {
        _inbox.Enqueue((to, _machines[to.Kind].WriteEvent(@event)));
        Settle();
    }

    /// <summary>Lets time pass, second by second, with all that falls due.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Now + time;
        while (Now < end)
        {
            Now += TimeSpan.FromSeconds(1);
            foreach (var (process, _) in _due.Where(d => d.Value <= Now).OrderBy(d => d.Key.ToString(), StringComparer.Ordinal).ToList())
            {
                _due.Remove(process);
                _inbox.Enqueue((process, _machines[process.Kind].TimeCame));
                Settle();
            }
        }
    }

    public void PassUntil(Func<bool> done, TimeSpan atMost)
    {
        var end = Now + atMost;
        while (!done())
        {
            Now.ShouldBeLessThan(end, "it did not come about; the transcript so far:\n" + string.Join('\n', Transcript));
            Pass(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Promotes a version, to the end that it succeeds.</summary>
    public string Run(string version, RolloutSpec? rollout = null, int instances = 2, bool worker = false, IReadOnlyList<RunSpec>? beside = null)
    {
        var id = Promote(version, rollout, instances: instances, worker: worker, beside: beside);
        PassUntil(() => Promotion(id).HasEnded, TimeSpan.FromMinutes(10));
        Promotion(id).Phase.ShouldBe(PromotionPhase.Succeeded, string.Join('\n', Transcript));
        return id;
    }

    private static string Revision(string version) => string.Concat(Enumerable.Repeat(version.Replace('.', 'a'), 64))[..64];

    private void Settle()
    {
        for (var turns = 0; _inbox.TryDequeue(out var next); turns++)
        {
            turns.ShouldBeLessThan(10_000, "the machines talk for ever");
            var machine = _machines[next.To.Kind];
            var decided = machine.Decide(next.To, _states.GetValueOrDefault(next.To), machine.Version, next.Event, Now);
            _states[next.To] = decided.State;
            _due.Remove(next.To);
            if (decided.DueAt is { } due)
            {
                _due[next.To] = due;
            }

            foreach (var fact in decided.Facts)
            {
                fact.Body.ToJsonString().ShouldNotMatch(@"\w \{ \w+ = ", $"a record's own text, which is for programmers, is in the fact {fact.Type}");
                Facts.Add(fact);
                Transcript.Add($"{Now:HH:mm:ss} {fact.Type,-24} {fact.Subject.Version ?? "-",-4} {fact.Actor,-8} {fact.Body.ToJsonString()}");
            }

            foreach (var message in decided.Messages)
            {
                _inbox.Enqueue((message.To, _machines[message.To.Kind].WriteEvent(message.Event)));
            }

            foreach (var effect in decided.Effects)
            {
                if (Answer(next.To, effect) is { } answer)
                {
                    _inbox.Enqueue((next.To, _machines[next.To.Kind].WriteEvent(answer)));
                }
            }
        }
    }

    private object? Answer(ProcessId asker, Effect effect)
    {
        switch (effect)
        {
            case EnsureVersionSet { Count: > 0 } nowhere when Nowhere is not null && _wanted.Keys.All(w => w.Set != nowhere.Spec.Id):
                return new TargetsObserved(Seen() with { VersionSets = [.. Seen().VersionSets, new VersionSetSeen(nowhere.Spec.Id, 0, 0, 0, null, NoPlace: Nowhere)] });
            case EnsureVersionSet ensure:
                Targets[ensure.Spec.Id] = ensure.Target;
                foreach (var old in _wanted.Keys.Where(w => w.Set == ensure.Spec.Id && w.Ring is not null == ensure.Rings.Count is 0).ToList())
                {
                    _wanted[old] = (0, ensure.Attempt);
                }

                foreach (var (ring, count) in ensure.Rings.Count == 0 ? [((string?)null, ensure.Count)] : ensure.Rings.Select(r => ((string?)r.Name, r.Count)))
                {
                    _wanted[(ensure.Spec.Id, ring)] = (count, ensure.Attempt);
                }

                MostWanted = Math.Max(MostWanted, _wanted.Values.Sum(w => w.Count));
                LeastHealthy = Math.Min(LeastHealthy, Seen().VersionSets.Sum(v => v.Healthy));
                return asker.Kind == RolloutFlow.ProcessKind ? new TargetsObserved(Seen()) : null;
            case ShiftTraffic shift:
                Shifts += Routing is null || !Routing.Weights.SequenceEqual(shift.Wanted.Weights) ? 1 : 0;
                Routing = shift.Wanted;
                Traffic = shift.Wanted.Weights.GroupBy(w => w.Version).ToDictionary(w => w.Key, w => w.Sum(one => one.Weight));
                TrafficOf = shift.Rings.ToDictionary(r => r.Name, r => r.Wanted.Weights.GroupBy(w => w.Version).ToDictionary(w => w.Key, w => w.Sum(one => one.Weight)));
                _previewsOf = shift.Rings.ToDictionary(r => r.Name, r => r.Wanted.Previews);
                shift.Rings.ShouldAllBe(r => r.Wanted.Generation == shift.Wanted.Generation);
                foreach (var (version, weight) in TrafficOf.Values.Append(Traffic).SelectMany(t => t))
                {
                    _most[version] = Math.Max(MostOf(version), weight);
                }

                _generation = RouterAnswers ? shift.Wanted.Generation : _generation;
                return asker.Kind == RolloutFlow.ProcessKind ? new TargetsObserved(Seen()) : null;
            case AskGates ask:
                return new GatesAnswered(ask.Round, ShutGates.Count > 0 && ask.Kind == PromotionKind.Promotion ? [.. ShutGates] : [new GateAnswer("approval", GateState.Open, "none is asked for")]);
            case AskJudge judge:
                Judged.Add(judge);
                return judge.HasFailed ? null : new JudgeAnswered(new JudgeAnswer { Verdict = Verdict, Reason = Reason ?? $"errors: {Verdict}", Guaranteed = true, Checks = Checks, At = Now, CountedUntil = SilentSince ?? Now }, judge.Since);
            case RunVerification verification:
                Verified.Add($"{verification.Verification.Name} at {Traffic.GetValueOrDefault(verification.Version)} %");
                if (Unanswered is { } open)
                {
                    open.Add(verification);
                    return null;
                }

                return new VerificationFinished(verification.AttemptId, verification.Verification.Name, !FailingVerifications.Contains(verification.Verification.Name), "looked at");
            case AskHook ask:
                Asked.Add(ask);
                return Hook(ask) is { } said ? new HookAnswered(ask.AttemptId, said.Decision, said.Reason) : null;
            case QueueJob queued:
                Queued.Add(queued);
                return null;
            case WithdrawJob withdrawn:
                Withdrawn.Add(withdrawn.Run);
                return null;
            case LookForAgent or PromoteOnwards:
                return null;
            default:
                throw new InvalidOperationException($"The world has no answer to {effect.GetType().Name}.");
        }
    }

    private TargetsSeen Seen() => new()
    {
        VersionSets = [.. _wanted.Select(w => new VersionSetSeen(
            w.Key.Set,
            w.Value.Count,
            IsBroken(w.Key) ? 0 : Math.Min(w.Value.Count, MostHealthy.GetValueOrDefault(w.Key.Set, int.MaxValue)),
            w.Value.Count,
            IsBroken(w.Key) && w.Value.Count > 0 ? new TargetFailure("exited", "it exited with code 1.", "Look at its output.") : null,
            w.Value.Attempt,
            Ring: w.Key.Ring)
        {
            Lapses = Lapses.TryGetValue(w.Key.Set, out var lapses) && w.Value.Count > 0 ? new InstanceLapses(lapses, new TargetFailure("exited", "The program ended with exit status 3.", "See its output.")) : null,
        })],
        TrafficGeneration = _generation,
    };

    private bool IsBroken((string Set, string? Ring) key) =>
        BrokenSets.Contains(key.Set) || _broken.Any(b => key.Set.Contains(Revision(b)[..12], StringComparison.Ordinal)) || BrokenIn.Any(b => key.Set.Contains(Revision(b.Version)[..12], StringComparison.Ordinal) && b.Ring == key.Ring);
}
