namespace Slipway.Core.Definitions;

/// <summary>A file of the platform folder.</summary>
/// <param name="Path">As it is named in messages.</param>
public sealed record PlatformFile(string Path, string Text);

/// <summary>A check with arguments, which services use by its name. What comes of a use is a check like any other: what a release is judged by is fixed when its promotion is asked for.</summary>
public sealed record CheckTemplate
{
    /// <summary>As its file says: lower-case letters, digits, single hyphens inside.</summary>
    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<CheckArgument> Arguments { get; init; }

    /// <summary>A check without its name, or the use of another template.</summary>
    internal MapNode Body { get; init; } = new(1, 1, []);
}

public enum CheckArgumentType { Text, Number, Duration, YesNo, Choice }

/// <summary>What a use may say.</summary>
public sealed record CheckArgument
{
    public required string Name { get; init; }
    public required CheckArgumentType Type { get; init; }
    public string? Description { get; init; }

    /// <summary>Of a choice.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Of a number.</summary>
    public decimal? Least { get; init; }
    public decimal? Most { get; init; }

    /// <summary>Null: it must be given.</summary>
    internal Scalar? Default { get; init; }

    /// <summary>By its making a number or a duration, which can be nothing else wherever it is put.</summary>
    internal bool IsPlain => Type is CheckArgumentType.Number or CheckArgumentType.Duration;
}
