using Slipway.Core.Kernel;

namespace Slipway.Engine;

/// <summary>How a use case ended: done with its result, or refused with the reason. Faults of the store are exceptions, never outcomes.</summary>
/// <typeparam name="T">The result.</typeparam>
public abstract record Outcome<T>
{
    private Outcome()
    {
    }

    public sealed record Done(T Value) : Outcome<T>;

    public sealed record Refused(Refusal Refusal) : Outcome<T>;

    public static implicit operator Outcome<T>(T value) => new Done(value);

    public static implicit operator Outcome<T>(Refusal refusal) => new Refused(refusal);
}

public enum RefusalKind
{
    /// <summary>The input is wrong in itself.</summary>
    Invalid,
    NotFound,

    /// <summary>It contradicts what is there.</summary>
    Conflict,
    NotAllowed,

    /// <summary>An idempotency key came with another request than the first time.</summary>
    KeyReused,

    /// <summary>Who should answer did not in time.</summary>
    NoAnswer,

    /// <summary>It is taken in, and will be done; asked again with the same key it is answered.</summary>
    NotYet,
}

/// <summary>Why something was not done: a word for programs, a sentence on what is wrong, a sentence on what to do.</summary>
/// <param name="Kind">The class of refusal.</param>
/// <param name="Code">Stable, camelCase.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="NextStep">What to do about it.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Detail, string NextStep)
{
    /// <summary>For files: every mistake with its place.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    public static Refusal NotFound(string detail, string nextStep) => new(RefusalKind.NotFound, "notFound", detail, nextStep);

    public static Refusal Invalid(string code, string detail, string nextStep) => new(RefusalKind.Invalid, code, detail, nextStep);

    public static Refusal Conflict(string code, string detail, string nextStep) => new(RefusalKind.Conflict, code, detail, nextStep);

    public static Refusal NotAllowed(string code, string detail, string nextStep) => new(RefusalKind.NotAllowed, code, detail, nextStep);
}
