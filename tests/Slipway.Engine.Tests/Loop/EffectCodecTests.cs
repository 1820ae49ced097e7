using System.Text.Json;
using Slipway.Core.Kernel;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Loop;

public sealed class EffectCodecTests
{
    [Fact]
    public void Every_effect_of_the_core_can_be_kept_in_the_outbox()
    {
        var effects = typeof(Effect).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Effect)) && !t.IsAbstract).ToList();
        effects.Count.ShouldBeGreaterThan(4);
        foreach (var type in effects)
        {
            var effect = (Effect)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            Should.NotThrow(() => EffectCodec.Write("id", effect), type.Name);
        }
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        var effect = new PromoteOnwards(new LaneId("storefront", "prod"), "1.0");
        var kept = EffectCodec.Write("p:1:0", effect);
        kept.Class.ShouldBe(EffectCodec.Reconcile);
        EffectCodec.Read(new OutboxEffect(kept.Id, RolloutFlow.ProcessOf("x"), kept.Type, kept.Class, kept.Payload, 0, false, 1)).ShouldBe(effect);
    }

    [Fact]
    public void An_effect_that_this_program_does_not_know_is_refused() =>
        Should.Throw<JsonException>(() => EffectCodec.Read(new OutboxEffect("x", RolloutFlow.ProcessOf("x"), "teleport", "reconcile", "{}", 0, false, 1))).Message.ShouldContain("teleport");
}
