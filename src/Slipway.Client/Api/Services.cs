namespace Slipway.Client.Api;

public sealed record ServiceView
{
    public required string Name { get; init; }
    public string? Owner { get; init; }
    public int? Tier { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public string? LatestVersion { get; init; }
    public required int Releases { get; init; }

    /// <summary>What its pipeline builds; null: it has none, and releases come from elsewhere.</summary>
    public string? Repository { get; init; }
}

public sealed record AddService
{
    public required string Name { get; init; }
    public string? Owner { get; init; }

    /// <summary>Where its commits come from; null: releases are made by uploads. One that cannot be read is refused, and no service is added.</summary>
    public SetSource? Source { get; init; }
}

public sealed record ReleaseView
{
    public required string Service { get; init; }
    public required string Version { get; init; }
    public string? Commit { get; init; }

    /// <summary><c>sha256:…</c> of the packed artifact.</summary>
    public required string ArtifactDigest { get; init; }
    public required long ArtifactBytes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public string? Notes { get; init; }
    public VetoView? Veto { get; init; }

    /// <summary>Environments where it is stable now.</summary>
    public required IReadOnlyList<string> RunsIn { get; init; }

    /// <summary>The definition as it was given (YAML text).</summary>
    public string? Definition { get; init; }
}

public sealed record VetoView(string By, DateTimeOffset At, string Why);

/// <summary>
/// Answer to an upload: <c>POST /services/{s}/releases</c> takes <c>multipart/form-data</c> with the fields <c>version</c>, <c>commit</c>?, <c>definition</c>? (YAML text),
/// <c>definitionFile</c>? (its name for messages), <c>notes</c>? and the file <c>artifact</c> (tar or tar.gz).
/// </summary>
public sealed record CreateReleaseAnswer
{
    public required ReleaseView Release { get; init; }

    /// <summary>False when the same release (same commit or version, same digest) was there already.</summary>
    public required bool Created { get; init; }

    /// <summary>Promotions that started by themselves (<c>promote: auto</c>).</summary>
    public required IReadOnlyList<string> Promotions { get; init; }
}

public sealed record WhyRequest
{
    public required string Why { get; init; }
}
