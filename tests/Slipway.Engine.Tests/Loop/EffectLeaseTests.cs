using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Loop;

public sealed class EffectLeaseTests
{
    private static readonly LoopOptions Options = new();
    private readonly VirtualTime time = new() { TimersFire = true };
    private readonly MemoryStore store;
    private readonly TaskCompletionSource<EffectOutcome> work = new();
    private int begun;

    public EffectLeaseTests() => store = new MemoryStore(time, Mutation.None);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_leases_of_a_node_that_died_leave_the_way_back_its_time() =>
        (Options.Lease + Options.EffectLease + Options.MostWait).ShouldBeLessThan(Limits.RollbackDeadline - Limits.CapacityPatience - Limits.ShiftDeadline);

    [Fact]
    public void A_lease_outlasts_some_renewals_and_no_question_outlasts_an_effect()
    {
        (2 * Options.EffectRenewal).ShouldBeLessThan(Options.EffectLease);
        Limits.VerificationTry.ShouldBeLessThan(Options.LongestEffect);
        Limits.HookTry.ShouldBeLessThan(Options.LongestEffect);
    }

    [Fact]
    public async Task An_effect_that_outlasts_its_lease_stays_with_whoever_carries_it_out()
    {
        var step = await BeginAsync();
        for (var passed = TimeSpan.Zero; passed < 4 * Options.EffectLease; passed += TimeSpan.FromSeconds(1))
        {
            time.Pass(TimeSpan.FromSeconds(1));
            (await store.ClaimEffectsAsync("another", 10, Options.EffectLease, Cancel)).ShouldBeEmpty($"after {passed}");
        }

        work.SetResult(new EffectOutcome.Done(null));
        step.IsCompletedSuccessfully.ShouldBeTrue();
        store.Outbox.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_effect_that_never_ends_is_not_kept_from_others_for_ever()
    {
        var step = await BeginAsync();
        time.Pass(Options.LongestEffect + Options.EffectLease + TimeSpan.FromSeconds(1));
        var another = (await store.ClaimEffectsAsync("another", 10, Options.EffectLease, Cancel)).ShouldHaveSingleItem();

        // What it says when it ends after all is no outcome any more.
        work.SetResult(new EffectOutcome.Done(null));
        step.IsCompletedSuccessfully.ShouldBeTrue();
        store.Outbox.ShouldHaveSingleItem().LeaseId.ShouldBe(another.LeaseId);
    }

    /// <summary>A loop that has claimed one effect, and carries it out until <see cref="work"/> is over.</summary>
    private async Task<Task> BeginAsync()
    {
        var process = SourceFlow.ProcessOf("shop");
        await store.AppendAsync(new Append { Events = [new NewMessage(process, "begin", "{}")] }, Cancel);
        var claim = (await store.ClaimAsync("test", 1, Options.Lease, Cancel)).ShouldHaveSingleItem();
        await store.CommitTurnAsync(
            new ProcessTurn
            {
                Claim = claim, State = "{}", StateVersion = 1, Folded = 1, Consumed = [.. claim.Inbox.Select(e => e.Number)], Facts = [], Messages = [], DueAt = null, Ended = false,
                Effects = [EffectCodec.Write("e1", new LookForAgent("shop-1", "build", 1, "host-1"))],
            },
            Cancel);
        var runner = new EffectRunner(store, null!, null!, null!, null!, null!, null!, null!, (_, _, _) => CarryOutAsync(), NullLogger<EffectRunner>.Instance);
        var step = new DeliveryLoop(store, new Dictionary<string, IMachine>(), runner, Options, time, NullLogger<DeliveryLoop>.Instance).StepAsync(Cancel);
        begun.ShouldBe(1);
        return step;
    }

    private Task<EffectOutcome> CarryOutAsync()
    {
        begun++;
        return work.Task;
    }
}
