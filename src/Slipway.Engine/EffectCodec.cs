using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Gates;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Core.Targets;
using Slipway.Engine.Ports;

namespace Slipway.Engine;

/// <summary>How effects are kept in the outbox: one line for each.</summary>
public static class EffectCodec
{
    public const string Reconcile = "reconcile", Attempt = "attempt", Publish = "publish";

    private static readonly Dictionary<string, JsonTypeInfo> ByName = new()
    {
        ["askGates"] = EffectJson.Default.AskGates,
        ["promoteOnwards"] = EffectJson.Default.PromoteOnwards,
        ["ensureVersionSet"] = EffectJson.Default.EnsureVersionSet,
        ["shiftTraffic"] = EffectJson.Default.ShiftTraffic,
        ["askJudge"] = EffectJson.Default.AskJudge,
        ["runVerification"] = EffectJson.Default.RunVerification,
        ["askHook"] = EffectJson.Default.AskHook,
        ["queueJob"] = EffectJson.Default.QueueJob,
        ["withdrawJob"] = EffectJson.Default.WithdrawJob,
        ["lookForAgent"] = EffectJson.Default.LookForAgent,
        ["makeRelease"] = EffectJson.Default.MakeRelease,
        ["readCommit"] = EffectJson.Default.ReadCommit,
    };

    private static readonly Dictionary<Type, string> ByType = ByName.ToDictionary(p => p.Value.Type, p => p.Key);

    public static NewEffect Write(string id, Effect effect)
    {
        var name = ByType[effect.GetType()];
        var kind = effect switch
        {
            ReconcileEffect => Reconcile,
            AttemptEffect => Attempt,
            PublishEffect => Publish,
            _ => throw new ArgumentException($"{effect.GetType().Name} is of no class of effects.", nameof(effect)),
        };
        return new NewEffect(id, name, kind, JsonSerializer.Serialize(effect, ByName[name]));
    }

    /// <exception cref="JsonException">The outbox holds something that this program does not know.</exception>
    public static Effect Read(OutboxEffect effect) => ByName.TryGetValue(effect.Type, out var type) && JsonSerializer.Deserialize(effect.Payload, type) is Effect read
        ? read
        : throw new JsonException($"The effect {effect.Id} is a '{effect.Type}', which this program does not know.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AskGates))]
[JsonSerializable(typeof(PromoteOnwards))]
[JsonSerializable(typeof(EnsureVersionSet))]
[JsonSerializable(typeof(ShiftTraffic))]
[JsonSerializable(typeof(AskJudge))]
[JsonSerializable(typeof(RunVerification))]
[JsonSerializable(typeof(AskHook))]
[JsonSerializable(typeof(QueueJob))]
[JsonSerializable(typeof(WithdrawJob))]
[JsonSerializable(typeof(LookForAgent))]
[JsonSerializable(typeof(MakeRelease))]
[JsonSerializable(typeof(ReadCommit))]
internal sealed partial class EffectJson : JsonSerializerContext;
