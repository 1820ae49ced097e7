using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Artifact;

/// <summary>An artifact as several commands print it.</summary>
internal static class ArtifactFacts
{
    public static void Print(Invocation run, ArtifactView artifact) => new Facts(run.Ink)
        .Add("artifact", artifact.Digest, Tone.Strong)
        .Add("size", Words.Bytes(artifact.Bytes))
        .Add("releases", string.Join('\n', artifact.Releases.Select(release => $"{release.Service}@{release.Version}")))
        .Add("made by", string.Join(", ", artifact.Runs))
        .Add("runs in", artifact.RunsIn.Count == 0 ? "no environment" : string.Join(", ", artifact.RunsIn))
        .Add(artifact.Available ? "kept because" : "gone", artifact.Available ? artifact.KeptBecause.Count == 0 ? Kept(run, artifact) : (Cell)string.Join('\n', artifact.KeptBecause) : Kept(run, artifact))
        .WriteTo(run.Out);

    /// <summary>The first reason, or what else there is to say in few words.</summary>
    public static Cell Kept(Invocation run, ArtifactView artifact) => artifact switch
    {
        { Available: false, CollectedAt: { } at } => new Cell($"removed {Words.When(at, run.Now)}: nothing needed it", Tone.Quiet),
        { Available: false } => new Cell("it is not in the store", Tone.Bad),
        { KeptBecause: [] } => new Cell("nothing keeps it: it goes soon", Tone.Warn),
        { KeptBecause: [var only] } => only,
        { KeptBecause: [var first, ..] } => $"{first}, and {artifact.KeptBecause.Count - 1} more",
    };

    /// <summary>The first few of a list.</summary>
    public static string Some(IEnumerable<string> names)
    {
        const int Shown = 2;
        var all = names.ToList();
        return string.Join(", ", all.Take(Shown)) + (all.Count > Shown ? $" and {all.Count - Shown} more" : "");
    }
}
