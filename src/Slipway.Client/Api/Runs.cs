namespace Slipway.Client.Api;

/// <summary>Names a service's repository.</summary>
public sealed record SetSource
{
    /// <summary>https, ssh, or an absolute path on the server's machine.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch whose commits make runs; null: the one that a clone would be on.</summary>
    public string? Branch { get; init; }

    /// <summary>The service's folder in a repository of several; null: the whole.</summary>
    public string? Path { get; init; }

    /// <summary>What lets Slipway read it; null: what is known already, or nothing.</summary>
    public SetCredential? Credential { get; init; }
}

/// <summary>A service's repository.</summary>
public sealed record SourceView
{
    public required string Service { get; init; }
    public required string Repository { get; init; }
    public required string Branch { get; init; }
    public string? Path { get; init; }

    /// <summary>The branch's newest commit that was looked at; null: none yet.</summary>
    public string? Head { get; init; }

    /// <summary>The run whose turn it is.</summary>
    public string? Active { get; init; }
    public required IReadOnlyList<string> Waiting { get; init; }

    /// <summary>Why the newest commit made no run; null: it did.</summary>
    public string? Problem { get; init; }
    public string? ProblemCommit { get; init; }

    /// <summary>Why the repository could not be looked at the last time; null: it could.</summary>
    public string? Away { get; init; }

    /// <summary>What tells of pushes to it; null: nothing does, and it is looked at again and again.</summary>
    public HookView? Hook { get; init; }
}

/// <summary>What is known of a repository's webhook, without its secret.</summary>
public sealed record HookView
{
    public required DateTimeOffset MadeAt { get; init; }
    public required string MadeBy { get; init; }

    /// <summary>When it last told of a push, to a minute; null: not yet.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Who told it then, such as <c>GitHub</c>.</summary>
    public string? ToldBy { get; init; }
}

public sealed record MakeHook
{
    /// <summary>In the place of the one that is there; what is signed with the secret before is refused from then on.</summary>
    public bool Rotate { get; init; }
}

/// <summary>A webhook that was made. Each path is on this server, for one kind of sender.</summary>
public sealed record CreatedHook
{
    public required string Service { get; init; }

    /// <summary><c>whsec_…</c>; shown this once.</summary>
    public required string Secret { get; init; }
    public required string GitHubPath { get; init; }
    public required string GitLabPath { get; init; }
    public required string GenericPath { get; init; }

    // Without the members: the secret must not get into a log by way of a message.
    public override string ToString() => nameof(CreatedHook);
}

public sealed record StartRun
{
    /// <summary>A branch, a tag or a commit; null: the branch that the service follows.</summary>
    public string? Ref { get; init; }
    public string? Why { get; init; }
}

public sealed record RerunRun
{
    /// <summary>Only jobs that did not end well, and what needs them.</summary>
    public bool FailedOnly { get; init; }
}

public enum RunStateView { Queued, Running, Releasing, Succeeded, Failed, Cancelled }

public enum JobStateView { Waiting, Queued, Running, Succeeded, Failed, Skipped, Cancelled }

public enum JobOutcomeView { Succeeded, TestsFailed, BuildFailed, TimedOut, InfrastructureFailed, AgentLost, Unknown }

public enum RunStepStateView { Waiting, Running, Succeeded, Failed, Skipped, Cancelled }

/// <summary>A pipeline's passage over one commit.</summary>
public sealed record RunView
{
    public required string Id { get; init; }
    public required string Service { get; init; }
    public required RunStateView State { get; init; }

    /// <summary>In words: what it waits for, or how it ended.</summary>
    public required string Reason { get; init; }
    public required string Commit { get; init; }

    /// <summary>The branch that the commit was taken from; empty: a tag, or a commit by itself.</summary>
    public required string Branch { get; init; }
    public string? Tag { get; init; }

    /// <summary>The first line of the commit's message.</summary>
    public required string Subject { get; init; }

    /// <summary>Who wrote the commit, by the name that it gives; null: that is not known.</summary>
    public string? Author { get; init; }

    /// <summary>Of the release that it makes.</summary>
    public required string Version { get; init; }

    /// <summary>The version of the release that it made; null: none.</summary>
    public string? Release { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public string? Why { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public required IReadOnlyList<RunJobView> Jobs { get; init; }

    /// <summary>The templates that the pipeline came from; empty: it was written out in the commit.</summary>
    public IReadOnlyList<TemplateUseView> Templates { get; init; } = [];
}

public sealed record RunJobView
{
    /// <summary>Unique in the run.</summary>
    public required string Name { get; init; }
    public required JobStateView State { get; init; }
    public JobOutcomeView? Outcome { get; init; }

    /// <summary>Why it waits, or how it ended; null where the state says it all.</summary>
    public string? Reason { get; init; }
    public required int Attempt { get; init; }
    public string? Agent { get; init; }
    public required IReadOnlyList<string> Needs { get; init; }
    public DateTimeOffset? QueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public required IReadOnlyList<RunStepView> Steps { get; init; }

    /// <summary>What became of the folders that the job keeps from run to run.</summary>
    public required IReadOnlyList<RunCacheView> Caches { get; init; }
}

/// <summary>Folders of a job that are kept from run to run.</summary>
public sealed record RunCacheView
{
    /// <summary>The tool's name; else the folders.</summary>
    public required string Name { get; init; }

    /// <summary>A kept state was put in place; false: it was not, see <see cref="Why"/>.</summary>
    public required bool Hit { get; init; }

    /// <summary>The branch whose runs had saved it.</summary>
    public string? From { get; init; }

    /// <summary>As packed: of what was restored, else of what was saved.</summary>
    public long? Bytes { get; init; }

    /// <summary>How long the restoring took.</summary>
    public double? Seconds { get; init; }

    /// <summary>Why nothing was restored.</summary>
    public string? Why { get; init; }

    /// <summary>Null: the job has not come so far.</summary>
    public bool? Saved { get; init; }

    /// <summary>Why nothing was saved; null where it was, or where there was nothing to save.</summary>
    public string? WhyNotSaved { get; init; }
}

public sealed record RunStepView
{
    public required string Name { get; init; }
    public required RunStepStateView State { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public int? ExitCode { get; init; }
    public required int Tries { get; init; }
    public string? Note { get; init; }
}
