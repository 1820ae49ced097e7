using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Promotions;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>
/// Those who give commands. A command that nobody answered (the node died, the store was away) is sent again under the same key until somebody does, and now and then once more after that, as
/// clients do; what was answered with yes is told to the invariants.
/// </summary>
internal sealed class People(World world)
{
    private readonly List<Pending> pending = [];
    private int number;

    public TimeSpan? NextAt => pending.Count == 0 ? null : pending.Min(p => p.At);

    public bool Idle => pending.Count == 0;

    public async Task RoundAsync()
    {
        foreach (var command in pending.Where(p => p.At <= world.Time.Elapsed).ToList())
        {
            pending.Remove(command);
            var answer = world.Current is { Faults.Dead: false, IsFrozen: false } node ? await node.TryAsync(() => command.Send(node, command.Key)).ConfigureAwait(false) : null;
            world.Tell($"{command.What}: {answer ?? "no answer"}");
            if (answer is null)
            {
                pending.Add(command with { At = world.Time.Elapsed + TimeSpan.FromSeconds(2) });
            }
            else if (command.Repeats)
            {
                pending.Add(command with { At = world.Time.Elapsed + TimeSpan.FromSeconds(3), Repeats = false });
            }
        }
    }

    public void Release(SimVersion version, bool repeats)
    {
        world.Add(version);
        var asked = new NewRelease
        {
            Service = Versions.Service, Version = version.Name, ArtifactDigest = $"sha256:{version.Name}", ArtifactBytes = 1, Definition = version.Name, DefinitionFile = "slipway.yaml",
        };
        Give($"ada releases {version.Name} ({version.Quality})", repeats, async (node, key) =>
        {
            await node.Services.AddAsync(World.Ada, Versions.Service, null, null, CancellationToken.None).ConfigureAwait(false);
            var outcome = await node.Releases.CreateAsync(World.Ada, asked, key, CancellationToken.None).ConfigureAwait(false);
            return Answer(outcome, created =>
            {
                world.Invariants.Answered($"release {created.Release.Version}", () => world.Store.Has("release", $"{Versions.Service}/{created.Release.Version}"));
                foreach (var promotion in world.Store.Latest(Versions.Service) != created.Release.Version ? [] : world.Platform.Current.Environments.Where(e => e is { After.Count: 0, Promote: Core.Environments.PromoteMode.Auto }))
                {
                    world.Invariants.Answered($"the automatic promotion of {created.Release.Version}", () => world.Invariants.IsAskedFor(promotion.Name, created.Release.Version));
                }

                return created.Created ? "made" : "there already";
            });
        });
    }

    public void Promote(string environment, string? version, bool repeats) => Give($"ada promotes {version ?? "the newest"} to {environment}", repeats, async (node, key) =>
        Promoted(await node.Starter.StartAsync(new PromotionAsk(Versions.Service, environment, version, World.Ada, null), key, CancellationToken.None).ConfigureAwait(false)));

    public void RollBack(string environment, bool repeats) => Give($"ada rolls {environment} back", repeats, async (node, key) =>
        Promoted(await node.Starter.RollBackAsync(new RollbackAsk(Versions.Service, environment, null, false, World.Ada, null), key, CancellationToken.None).ConfigureAwait(false)));

    public void Decide(string promotion, Actor by, bool approve, bool repeats) => Give($"{by.Identity} {(approve ? "approves" : "rejects")} {promotion}", repeats, async (node, key) =>
        Answer(await node.Promotions.DecideAsync(promotion, by, approve, "seen", null, key, CancellationToken.None).ConfigureAwait(false), _ => "sent"));

    public void Cancel(string promotion, bool repeats) => Give($"ada cancels {promotion}", repeats, async (node, key) =>
        Answer(await node.Promotions.CancelAsync(promotion, World.Ada, null, key, CancellationToken.None).ConfigureAwait(false), _ => "sent"));

    public void Act(string rollout, RolloutAsk action, bool repeats, Actor? by = null) => Give($"{(by ?? World.Ada).Identity}: {action} {rollout}", repeats, async (node, key) =>
        Answer(await node.Rollouts.ActAsync(rollout, action, by ?? World.Ada, null, null, key, CancellationToken.None).ConfigureAwait(false), _ => "sent"));

    public void Hold(string environment, string? version, bool repeats) => Give($"ada holds {version ?? "all"} in {environment}", repeats, async (node, key) =>
        Answer(await node.Holds.PlaceAsync(World.Ada, new LaneId(Versions.Service, environment), version, "not now", key, CancellationToken.None).ConfigureAwait(false), _ => "sent"));

    public void LiftHolds() => Give("ada lifts every hold", false, async (node, _) =>
    {
        foreach (var (_, hold) in await node.Holds.ListAsync(null, null, CancellationToken.None).ConfigureAwait(false))
        {
            await node.Holds.LiftAsync(World.Ada, hold.Id, null, CancellationToken.None).ConfigureAwait(false);
        }

        return "done";
    });

    public void Freeze(string environment, TimeSpan length, bool repeats) => Give($"ada freezes {environment} for {length.TotalSeconds:0} s", repeats, async (node, key) =>
        Answer(await node.Freezes.AddAsync(World.Ada, environment, world.Store.Now, world.Store.Now + length, "the sale", key, CancellationToken.None).ConfigureAwait(false), freeze =>
        {
            world.Invariants.Answered($"the freeze {freeze.Id}", () => world.LiftedFreezes || world.Store.Has("freeze", freeze.Id));
            return "added";
        }));

    public void LiftFreezes() => Give("ada lifts every freeze", false, async (node, _) =>
    {
        world.LiftedFreezes = true;
        foreach (var freeze in await node.Freezes.ListAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await node.Freezes.LiftAsync(World.Ada, freeze.Id, null, null, CancellationToken.None).ConfigureAwait(false);
        }

        return "done";
    });

    public void Veto(string version, bool repeats) => Give($"ben vetoes {version}", repeats, async (node, key) =>
        Answer(await node.Releases.VetoAsync(World.Ben, Versions.Service, version, "it leaks", key, CancellationToken.None).ConfigureAwait(false), _ =>
        {
            world.Invariants.Answered($"the veto of {version}", () => world.Store.Has("veto", $"{Versions.Service}/{version}"));
            return "vetoed";
        }));

    /// <summary>Ends every wait that only a person ends.</summary>
    public void Resolve(int round)
    {
        LiftFreezes();
        LiftHolds();
        foreach (var (id, rollout) in world.Invariants.Live.Where(r => r.Value.Phase == RolloutPhase.Paused))
        {
            if (round <= 1 && rollout.Current?.Kind == PlanStepKind.Approve)
            {
                Act(id, RolloutAsk.Approve, repeats: false, World.Ben);
            }
            else
            {
                Act(id, rollout.Paused!.Failed || round > 1 ? RolloutAsk.Abort : RolloutAsk.Resume, repeats: false);
            }
        }

        foreach (var (id, promotion) in world.Invariants.Promotions.Where(p => p.Value.Phase == PromotionPhase.Waiting))
        {
            if (round > 2)
            {
                Cancel(id, repeats: false);
            }
            else
            {
                Decide(id, World.Ben, approve: true, repeats: false);
            }
        }
    }

    private string Promoted(Outcome<string> outcome) => Answer(outcome, id =>
    {
        world.Invariants.Answered($"the promotion {id}", () => world.Store.Find(PromotionFlow.ProcessOf(id)) is not null);
        return id;
    });

    private void Give(string what, bool repeats, Func<Node, RequestKey, Task<string?>> send) =>
        pending.Add(new Pending(what, new RequestKey($"person\n{++number}", what), send, world.Time.Elapsed, repeats));

    private static string Answer<T>(Outcome<T> outcome, Func<T, string> done) => outcome switch
    {
        Outcome<T>.Done { Value: var value } => done(value),
        Outcome<T>.Refused { Refusal: var refusal } => $"refused ({refusal.Code})",
        _ => throw new InvalidOperationException("An outcome is neither done nor refused."),
    };

    private sealed record Pending(string What, RequestKey Key, Func<Node, RequestKey, Task<string?>> Send, TimeSpan At, bool Repeats);
}
