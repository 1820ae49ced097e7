using System.Text.Json.Nodes;

namespace Slipway.Core.Kernel;

/// <summary>What a machine answers to one event: its next state and everything that follows from it. Committed as one.</summary>
/// <typeparam name="TState">The machine's state.</typeparam>
public sealed record Decision<TState>
{
    public required TState State { get; init; }
    public IReadOnlyList<Effect> Effects { get; init; } = [];

    /// <summary>What happened, for the ledger.</summary>
    public IReadOnlyList<Fact> Facts { get; init; } = [];

    /// <summary>Events for other processes; the first one to a process that does not exist creates it.</summary>
    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>When the machine wants <c>TimeCame</c>; null: not by itself.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The process is over: nothing will be due, and late events change nothing.</summary>
    public bool Ended { get; init; }
}

/// <summary>An event on its way to another process. <see cref="Key"/> makes it arrive once: by default the loop derives it from the sender and its sequence.</summary>
public sealed record Message(ProcessId To, object Event, string? Key = null);

/// <summary>What a fact is about; any of these may be absent.</summary>
public sealed record FactSubject
{
    public string? Service { get; init; }
    public string? Environment { get; init; }
    public string? Version { get; init; }

    /// <summary>The promotion, and so the rollout, that it belongs to.</summary>
    public string? Promotion { get; init; }
}

/// <summary>Something that happened, in the past tense (<c>promotion.approved</c>), as it goes into the ledger.</summary>
/// <param name="Type"><c>noun.pastTense</c>.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Actor">Who did it: an identity's name, or <c>slipway</c>.</param>
/// <param name="Body">What folds need; small.</param>
public sealed record Fact(string Type, FactSubject Subject, string Actor, JsonObject Body)
{
    /// <summary>The actor of what Slipway decides by itself.</summary>
    public const string Slipway = "slipway";
}
