namespace Slipway.Core.Kernel;

/// <summary>Something to be done outside, as data. Its class says what a second run after a crash means.</summary>
public abstract record Effect;

/// <summary>Brings about a state or asks for one; harmless to repeat, so after doubt it is simply carried out again.</summary>
public abstract record ReconcileEffect : Effect;

/// <summary>
/// Does something once. Its id is recorded before it starts; when a crash leaves its outcome in doubt it is observed, and what cannot be observed comes back as
/// <c>OutcomeUnknown</c>. Only a <see cref="RetrySafe"/> one is run again.
/// </summary>
public abstract record AttemptEffect : Effect
{
    public required string AttemptId { get; init; }
    public bool RetrySafe { get; init; }
}

/// <summary>Tells somebody; carried out at least once, with a key by which the receiver drops repeats.</summary>
public abstract record PublishEffect : Effect
{
    public required string DeduplicationKey { get; init; }
}
