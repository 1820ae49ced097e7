using Slipway.Core.Kernel;
using Slipway.Core.Lanes;

namespace Slipway.Core.Artifacts;

/// <summary>
/// What is kept, and why. What it names no reason for may go. Of artifacts: whatever runs, is wanted, could be gone back to, is on its way or on hold stays, whatever the policy
/// says; the policy is about the rest.
/// </summary>
public sealed class Retention
{
    private static readonly IReadOnlyList<KeepReason> None = [];
    private readonly Dictionary<string, List<KeepReason>> _artifacts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<KeepReason>> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<KeepReason>> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<KeepReason>> _blobs = new(StringComparer.Ordinal);

    private Retention(KeptThings things) => Things = things;

    public KeptThings Things { get; }

    public static Retention Of(KeptThings things)
    {
        var retention = new Retention(things);
        retention.JudgeArtifacts();
        retention.JudgeRuns();
        return retention;
    }

    /// <summary>Why an artifact of a release is kept; empty: nothing keeps it.</summary>
    public IReadOnlyList<KeepReason> OfArtifact(string digest) => _artifacts.GetValueOrDefault(digest) ?? None;

    /// <summary>Why a run's logs are kept; empty: nothing keeps them.</summary>
    public IReadOnlyList<KeepReason> OfLogs(string run) => _logs.GetValueOrDefault(run) ?? None;

    /// <summary>Why a run's outputs are kept; empty: nothing keeps them.</summary>
    public IReadOnlyList<KeepReason> OfOutputs(string run) => _outputs.GetValueOrDefault(run) ?? None;

    /// <summary>Why stored bytes are kept, be they an artifact, outputs or both; empty: nothing keeps them.</summary>
    public IReadOnlyList<KeepReason> OfBytes(string digest) => [.. OfArtifact(digest), .. _blobs.GetValueOrDefault(digest) ?? []];

    private void JudgeArtifacts()
    {
        // What matters most comes first: lists show the first reason alone.
        foreach (var lane in Things.Lanes)
        {
            JudgeLane(lane);
        }

        foreach (var (reason, digest) in Things.UnderWay)
        {
            Keep(digest, reason);
        }

        foreach (var (agent, spec) in Things.Wanted)
        {
            Keep(spec.ArtifactDigest, KeepCause.Wanted, agent);
        }

        foreach (var (digest, at) in Things.AskedFor.Where(asked => Things.At - asked.Value < Limits.AskedForGrace))
        {
            Keep(digest, KeepCause.AskedFor, null);
        }

        foreach (var ofService in Things.Releases.GroupBy(release => release.Service, StringComparer.Ordinal))
        {
            var rank = 0;
            foreach (var release in ofService.OrderByDescending(release => release.CreatedAt).ThenByDescending(release => release.Version, StringComparer.Ordinal))
            {
                if (Things.Policy.Artifacts.Keeps(rank++, Things.At - release.CreatedAt) is { } cause)
                {
                    Keep(release.Digest, cause, null);
                }
            }
        }
    }

    private void JudgeLane(LaneState lane)
    {
        var name = lane.Lane.ToString();
        if (lane.Stable is { } stable)
        {
            Keep(stable.Spec.ArtifactDigest, KeepCause.Stable, name);
        }

        if (lane.Warm is { } warm)
        {
            Keep(warm.Spec.ArtifactDigest, KeepCause.Warm, name);
        }

        // Versions count, not revisions: the same version under three definitions is one way back.
        var good = lane.History.Where(revision => revision.WellAt is not null).GroupBy(revision => revision.Spec.Version, StringComparer.Ordinal).Take(Things.Policy.GoodVersions);
        foreach (var revision in good.SelectMany(version => version))
        {
            Keep(revision.Spec.ArtifactDigest, KeepCause.WayBack, name);
        }

        var named = lane.Holds.Select(hold => hold.Version).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var release in Things.Releases.Where(release => release.Service == lane.Lane.Service && named.Contains(release.Version)))
        {
            Keep(release.Digest, KeepCause.Held, name);
        }
    }

    private void JudgeRuns()
    {
        var keptReleases = Things.Releases.Where(release => _artifacts.ContainsKey(release.Digest)).Select(release => (release.Service, release.Version)).ToHashSet();
        foreach (var ofService in Things.Runs.GroupBy(run => run.Service, StringComparer.Ordinal))
        {
            var (ended, withOutputs) = (0, 0);
            foreach (var run in ofService.OrderByDescending(run => run.RequestedAt).ThenByDescending(run => run.Run, StringComparer.Ordinal))
            {
                if (run.EndedAt is not { } at)
                {
                    _logs[run.Run] = _outputs[run.Run] = [new KeepReason(KeepCause.RunUnderWay, run.Run)];
                }
                else
                {
                    var release = run.Release is { } version && keptReleases.Contains((run.Service, version)) ? $"{run.Service}@{version}" : null;
                    _logs[run.Run] = Reasons(Things.Policy.Logs.Keeps(ended++, Things.At - at), release);
                    // What the release was packed from is not needed again: the artifact itself is kept. Runs that left nothing do not count.
                    _outputs[run.Run] = run.Outputs.Count == 0 ? None : Reasons(Things.Policy.Outputs.Keeps(withOutputs++, Things.At - at), null);
                }

                KeepOutputs(run);
            }
        }
    }

    private void KeepOutputs(RunTrace run)
    {
        foreach (var reason in _outputs[run.Run])
        {
            foreach (var outputs in run.Outputs)
            {
                Add(_blobs, outputs.Digest, reason.About is null ? reason with { About = run.Run } : reason);
            }
        }
    }

    private static IReadOnlyList<KeepReason> Reasons(KeepCause? byRule, string? release) =>
        [.. release is null ? None : [new KeepReason(KeepCause.KeptRelease, release)], .. byRule is { } cause ? [new KeepReason(cause)] : None];

    private void Keep(string digest, KeepCause cause, string? about) => Keep(digest, new KeepReason(cause, about));

    private void Keep(string digest, KeepReason reason) => Add(_artifacts, digest, reason);

    private static void Add(Dictionary<string, List<KeepReason>> to, string digest, KeepReason reason)
    {
        if (!to.TryGetValue(digest, out var reasons))
        {
            to[digest] = reasons = [];
        }

        if (!reasons.Contains(reason))
        {
            reasons.Add(reason);
        }
    }
}
