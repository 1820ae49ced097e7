namespace Slipway.Engine;

/// <summary>How carrying out an effect ended.</summary>
public abstract record EffectOutcome
{
    private EffectOutcome()
    {
    }

    /// <summary>It is done. <paramref name="Event"/>, if any, goes to the process that asked for it.</summary>
    public sealed record Done(object? Event) : EffectOutcome;

    /// <summary>It could not be done now; harmless to try again.</summary>
    public sealed record Again(TimeSpan After, string Why) : EffectOutcome;
}
