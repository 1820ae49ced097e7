using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Core.Kernel;

/// <summary>A machine as the loop sees it: states and events are JSON text, since they come from and go to the store.</summary>
public interface IMachine
{
    /// <summary>The first part of its process ids.</summary>
    string Kind { get; }

    /// <summary>Rises when the state's shape changes; version N reads what N − 1 wrote.</summary>
    int Version { get; }

    /// <summary>Serialises an event that this machine takes.</summary>
    string WriteEvent(object @event);

    /// <summary>The event that tells the machine that its <see cref="Decision{TState}.DueAt"/> has come.</summary>
    string TimeCame { get; }

    /// <summary>Folds one event into a state. <paramref name="state"/> is null for a process that does not exist yet.</summary>
    Decided Decide(ProcessId process, string? state, int stateVersion, string @event, DateTimeOffset at);
}

/// <summary>A <see cref="Decision{TState}"/> with its state as JSON text.</summary>
public sealed record Decided(
    string State,
    IReadOnlyList<Effect> Effects,
    IReadOnlyList<Fact> Facts,
    IReadOnlyList<Message> Messages,
    DateTimeOffset? DueAt,
    bool Ended);

/// <summary>Base of the machines: a pure <see cref="Decide(ProcessId, TState?, TEvent, DateTimeOffset)"/> over typed states and events.</summary>
/// <typeparam name="TState">A record; its JSON is what the store keeps.</typeparam>
/// <typeparam name="TEvent">The root of a closed hierarchy.</typeparam>
public abstract class Machine<TState, TEvent>(string kind, int version, JsonTypeInfo<TState> stateJson, JsonTypeInfo<TEvent> eventJson, TEvent timeCame) : IMachine
    where TState : class
    where TEvent : class
{
    public string Kind { get; } = kind;

    public int Version { get; } = version;

    public string TimeCame { get; } = JsonSerializer.Serialize(timeCame, eventJson);

    /// <summary>State, event and time in; decision out. No I/O, no clock, no randomness.</summary>
    public abstract Decision<TState> Decide(ProcessId process, TState? state, TEvent @event, DateTimeOffset at);

    /// <summary>Reads a state of this or the previous version.</summary>
    protected virtual TState Upgrade(string state, int version) =>
        JsonSerializer.Deserialize(state, stateJson) ?? throw new JsonException($"A {Kind} state is null.");

    public string WriteEvent(object @event) => @event is TEvent typed
        ? JsonSerializer.Serialize(typed, eventJson)
        : throw new ArgumentException($"A {Kind} does not take a {@event.GetType().Name}.", nameof(@event));

    /// <summary>Reads a stored state.</summary>
    /// <exception cref="NotSupportedException">A newer program wrote it: what this one does not know of it would be lost with the next write.</exception>
    public TState ReadState(string state, int version) => version <= Version
        ? Upgrade(state, version)
        : throw new NotSupportedException($"A state of version {version} of the {Kind} machine was written by a newer Slipway; this one reads up to version {Version}. Run the newer one again.");

    public Decided Decide(ProcessId process, string? state, int stateVersion, string @event, DateTimeOffset at)
    {
        var typed = JsonSerializer.Deserialize(@event, eventJson) ?? throw new JsonException($"A {Kind} event is null.");
        var decision = Decide(process, state is null ? null : ReadState(state, stateVersion), typed, at);
        return new Decided(
            JsonSerializer.Serialize(decision.State, stateJson), decision.Effects, decision.Facts, decision.Messages,
            decision.Ended ? null : decision.DueAt, decision.Ended);
    }
}
