using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Kernel;

namespace Slipway.Core.Pipelines;

/// <summary>Where a service's commits come from.</summary>
/// <param name="Repository">https, ssh, or an absolute path on the server's machine.</param>
/// <param name="Branch">Its commits make runs.</param>
/// <param name="Path">The service's folder in a repository of several; null: the whole.</param>
public sealed record SourceSpec(string Repository, string Branch, string? Path);

/// <summary>A service's source: which commits it has seen, and whose turn it is among its runs.</summary>
public sealed record SourceState
{
    public required SourceSpec Spec { get; init; }

    /// <summary>The service was removed, or its repository taken away: nothing is looked at any more.</summary>
    public bool Removed { get; init; }

    /// <summary>The branch's newest commit that was looked at; null: none yet.</summary>
    public string? Head { get; init; }

    /// <summary>A commit that is being read.</summary>
    public Reading? Reading { get; init; }

    /// <summary>What was asked for meanwhile; of several pushes the newest.</summary>
    public IReadOnlyList<Reading> ToRead { get; init; } = [];

    /// <summary>How many commits were asked to be read.</summary>
    public int Readings { get; init; }

    /// <summary>How many runs there have been.</summary>
    public int Runs { get; init; }
    public string? Active { get; init; }

    /// <summary>Runs that wait for their turn, in order.</summary>
    public IReadOnlyList<WaitingRun> Waiting { get; init; } = [];

    /// <summary>Why the newest commit made no run; null: it did, or nothing in it concerns the service.</summary>
    public string? Problem { get; init; }

    /// <summary>The commit that <see cref="Problem"/> speaks of.</summary>
    public string? ProblemCommit { get; init; }
}

/// <param name="GivesWay">To the run of a newer commit; one that a person asked for does not.</param>
public sealed record WaitingRun(string Run, bool GivesWay);

/// <summary>A commit to be read.</summary>
/// <param name="Number">Counts the readings; an answer to another one is dropped.</param>
/// <param name="Ref">A branch, a tag or a whole commit id.</param>
/// <param name="Since">The commit that was looked at before: nothing is run if nothing below the service's folder changed since. Null: run in any case.</param>
public sealed record Reading(int Number, string Ref, string? Since, RunTrigger Trigger, Actor By, string? Why);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SourceSet), "set")]
[JsonDerivedType(typeof(SourceRemoved), "removed")]
[JsonDerivedType(typeof(HeadSeen), "headSeen")]
[JsonDerivedType(typeof(RunAsked), "runAsked")]
[JsonDerivedType(typeof(CommitRead), "commitRead")]
[JsonDerivedType(typeof(CommitUnreadable), "commitUnreadable")]
[JsonDerivedType(typeof(NothingChanged), "nothingChanged")]
[JsonDerivedType(typeof(RunReady), "runReady")]
[JsonDerivedType(typeof(RunOver), "runOver")]
[JsonDerivedType(typeof(SourceTimeCame), "timeCame")]
public abstract record SourceEvent;

public sealed record SourceSet(SourceSpec Spec, Actor By) : SourceEvent;

/// <summary>The repository goes, perhaps with its service, and with it what runs or waits.</summary>
public sealed record SourceRemoved(Actor By) : SourceEvent;

/// <summary>The branch is at this commit now.</summary>
public sealed record HeadSeen(string Commit) : SourceEvent
{
    /// <summary>What was looked at; null: what is followed now.</summary>
    public SourceSpec? Of { get; init; }
}

/// <param name="Ref">Null: the branch.</param>
public sealed record RunAsked(string? Ref, Actor By, string? Why) : SourceEvent;

public sealed record CommitRead(int Number, RunInputs Inputs) : SourceEvent;

/// <param name="Commit">Null: not even that is known.</param>
public sealed record CommitUnreadable(int Number, string? Commit, string Why) : SourceEvent;

public sealed record NothingChanged(int Number, string Commit) : SourceEvent;

/// <summary>An ended run is to be run again, when its turn comes.</summary>
public sealed record RunReady(string Run) : SourceEvent;

public sealed record RunOver(string Run) : SourceEvent;

public sealed record SourceTimeCame : SourceEvent;

/// <summary>Reads a commit: its definition, its version, and whether it concerns the service. Answered by <see cref="CommitRead"/>, <see cref="CommitUnreadable"/> or <see cref="NothingChanged"/>.</summary>
public sealed record ReadCommit(string Service, SourceSpec Spec, Reading Reading) : ReconcileEffect;
