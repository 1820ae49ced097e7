namespace Slipway.Client.Api;

public sealed record TokenView
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Identity { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }
}

public sealed record CreateToken
{
    public required string Name { get; init; }

    /// <summary>Null: the asking identity. Another one needs the <c>admin</c> role.</summary>
    public string? Identity { get; init; }

    /// <summary><c>viewer deployer approver admin agent</c>; null: the asking identity's own.</summary>
    public string? Role { get; init; }

    /// <summary>A duration such as <c>30d</c>; null: 30 days; never longer than the asking token's own life.</summary>
    public string? Expires { get; init; }
}

public sealed record CreatedToken
{
    public required TokenView Token { get; init; }

    /// <summary><c>slp_…</c>; shown this once.</summary>
    public required string Secret { get; init; }
}

public sealed record SignInLink
{
    /// <summary>Path and query on this server; works once, for one minute.</summary>
    public required string Path { get; init; }
}

public sealed record CreateSignInLink
{
    /// <summary>Where the browser lands; a path of the web app. Null: the board.</summary>
    public string? Page { get; init; }
}

public sealed record AgentView
{
    public required string Name { get; init; }
    public required bool Connected { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public string? Program { get; init; }
    public int? ProtocolVersion { get; init; }
    public int? RouterPort { get; init; }
    public required int Instances { get; init; }
    public required bool Draining { get; init; }
    public long? DiskFreeBytes { get; init; }

    /// <summary>How many jobs of pipelines it runs at a time; 0: none.</summary>
    public required int JobCapacity { get; init; }

    /// <summary>Why it runs no jobs; null: it does, or it has not said.</summary>
    public string? NoJobsBecause { get; init; }

    /// <summary>What a job on it has at most of its machine, in a sentence; null: nothing is limited, or it has not said.</summary>
    public string? JobLimits { get; init; }

    /// <summary>What of its machine is not limited for jobs, and why; null: all is, or it has not said.</summary>
    public string? JobLimitsMissing { get; init; }

    /// <summary>In the answer to a change: what it means for others, such as environments that no agent takes instances of any more. Null: nothing.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

public sealed record EnrolAgent
{
    public required string Name { get; init; }

    /// <summary>A duration such as <c>30d</c>; null: 366 days.</summary>
    public string? Expires { get; init; }
}

/// <summary>What the installation has and lacks: one line each.</summary>
public sealed record DoctorView
{
    public required IReadOnlyList<DoctorLine> Lines { get; init; }
}

/// <param name="State"><c>ok</c>, <c>warning</c> or <c>missing</c>.</param>
public sealed record DoctorLine(string Name, string State, string Detail, string? NextStep = null);

/// <summary>A backup that was written.</summary>
public sealed record BackupView
{
    /// <summary>On the server's machine.</summary>
    public required string File { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Where the releases' artifacts lie, which are in no backup.</summary>
    public required string ArtifactsDirectory { get; init; }
    public required long ArtifactBytes { get; init; }

    /// <summary>The key that opens the credentials in it, which is in no backup either; null: there are none.</summary>
    public string? SecretKeyFile { get; init; }
}

public sealed record BackupRequest
{
    /// <summary>Absolute path on the server's machine; must not exist.</summary>
    public required string File { get; init; }
}
