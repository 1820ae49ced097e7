using Slipway.Core.Expressions;

namespace Slipway.Core.Releases;

/// <summary>One GET on the new instances' preview address, and what must hold of the answer. All that is given must hold.</summary>
public sealed record HttpVerification
{
    public required string Path { get; init; }
    public int Status { get; init; } = 200;

    /// <summary>Text in the first mebibyte of the body; null: any.</summary>
    public string? Contains { get; init; }

    /// <summary>Headers that the answer must have.</summary>
    public IReadOnlyList<HeaderExpectation> Headers { get; init => field = value ?? []; } = [];

    /// <summary>A condition over the answer, whose body must then be JSON of at most a mebibyte where it speaks of it; null: none.</summary>
    public Condition<AnswerFields>? Json { get; init; }

    /// <summary>How long the whole answer may take; null: as long as the verification may.</summary>
    public TimeSpan? Latency { get; init; }
}

/// <summary>A header by its name, whatever its case. At most one of <see cref="Is"/> and <see cref="Prefix"/> is set; neither: any value.</summary>
/// <param name="Is">The whole value; several headers of one name are one value, joined by commas.</param>
/// <param name="Prefix">How the value begins.</param>
public sealed record HeaderExpectation(string Name, string? Is = null, string? Prefix = null)
{
    public bool Holds(string value) => Is is not null ? value == Is : Prefix is null || value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>In words: <c>'text/html…'</c>.</summary>
    public override string ToString() => Is is not null ? $"'{Is}'" : Prefix is not null ? $"'{Prefix}…'" : "any value";
}
