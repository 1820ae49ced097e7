using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Release;

/// <summary>A release as <c>show</c> and <c>create</c> print it.</summary>
internal static class ReleaseFacts
{
    /// <param name="isOnItsWay">To its first environments: that it runs in none is no news then.</param>
    public static void Print(Invocation run, ReleaseView release, bool isOnItsWay = false)
    {
        new Facts(run.Ink)
            .Add("release", $"{release.Service}@{release.Version}", Tone.Strong)
            .Add("commit", release.Commit)
            .Add("artifact", $"{release.ArtifactDigest} ({Words.Bytes(release.ArtifactBytes)})")
            .Add("created", $"{Words.When(release.CreatedAt, run.Now)} by {release.CreatedBy} ({Words.Exact(release.CreatedAt)})")
            .Add("runs in", release.RunsIn.Count == 0 ? (isOnItsWay ? null : "no environment") : string.Join(", ", release.RunsIn))
            .Add("veto", release.Veto is { } veto ? $"by {veto.By}, {Words.When(veto.At, run.Now)}: {veto.Why}" : null, Tone.Bad)
            .Add("notes", release.Notes)
            .WriteTo(run.Out);
    }
}
