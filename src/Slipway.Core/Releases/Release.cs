using Slipway.Core.Access;

namespace Slipway.Core.Releases;

/// <summary>An immutable bundle that is promoted: an artifact by its digest, the definition as it was given, where it came from.</summary>
public sealed record Release
{
    public required string Service { get; init; }

    /// <summary>Unique within the service.</summary>
    public required string Version { get; init; }

    /// <summary>The commit it was made from; null when nobody said.</summary>
    public string? Commit { get; init; }

    /// <summary><c>sha256:…</c> of the packed artifact.</summary>
    public required string ArtifactDigest { get; init; }
    public required long ArtifactBytes { get; init; }

    /// <summary>YAML text.</summary>
    public required string Definition { get; init; }

    /// <summary>The definition's file name, for messages.</summary>
    public required string DefinitionFile { get; init; }

    /// <summary>Lower-case hex SHA-256 of <see cref="Definition"/>.</summary>
    public required string DefinitionHash { get; init; }
    public string? Notes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required Actor CreatedBy { get; init; }
}

/// <summary>Never this release again, in no environment.</summary>
public sealed record Veto(Actor By, DateTimeOffset At, string Why);
