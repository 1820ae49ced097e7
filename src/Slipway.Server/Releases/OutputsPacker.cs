using Slipway.Client.Artifacts;
using Slipway.Engine.Ports;

namespace Slipway.Server.Releases;

/// <summary>Makes an artifact of packed outputs: unpacks them aside, packs the declared part, looks it through as if it had been uploaded.</summary>
internal sealed class OutputsPacker(IArtifactStore artifacts, ServerOptions options) : IArtifactPacker
{
    public async Task<PackedFrom> PackAsync(string outputs, string path, CancellationToken cancel)
    {
        if (artifacts.Open(outputs) is not { } packed)
        {
            return new PackedFrom.Impossible($"the outputs {outputs} are not there any more; run the job again");
        }

        var folder = Directory.CreateTempSubdirectory("slipway-release-");
        try
        {
            ExtractOutcome extracted;
            await using (packed)
            {
                extracted = await Task.Run(() => ArtifactExtractor.Extract(packed, Path.Combine(folder.FullName, "outputs"), cancellation: cancel), cancel);
            }

            if (extracted is not ExtractOutcome.Extracted)
            {
                return new PackedFrom.Impossible($"the outputs cannot be unpacked: {extracted}");
            }

            return Selected(folder.FullName, path) is { } selected
                ? await PackFolderAsync(selected, path, Path.Combine(folder.FullName, "artifact"), cancel)
                : new PackedFrom.Impossible($"nothing is at '{path}' in the job's outputs; look at `artifact.path` and at what the job writes");
        }
        finally
        {
            ArtifactExtractor.Remove(folder.FullName);
        }
    }

    /// <summary>The folder to pack: the one that is named, or one that holds nothing but the file that is named. Null: there is nothing of that name, or it is a link.</summary>
    private static string? Selected(string folder, string path)
    {
        var root = Path.Combine(folder, "outputs");
        var place = path is "." ? root : Path.GetFullPath(Path.Combine(root, path));
        if (place != root && !place.StartsWith(root + "/", StringComparison.Ordinal))
        {
            return null;
        }

        if (Directory.Exists(place))
        {
            return new DirectoryInfo(place).LinkTarget is null ? place : null;
        }

        if (!File.Exists(place) || new FileInfo(place).LinkTarget is not null)
        {
            return null;
        }

        var alone = Directory.CreateDirectory(Path.Combine(folder, "file")).FullName;
        File.Copy(place, Path.Combine(alone, Path.GetFileName(place)));
        return alone;
    }

    private async Task<PackedFrom> PackFolderAsync(string selected, string path, string target, CancellationToken cancel)
    {
        await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.ReadWrite);
        var packing = await Task.Run(() => ArtifactPacker.Pack(selected, file, cancellation: cancel), cancel);
        if (packing is not PackOutcome.Packed)
        {
            return new PackedFrom.Impossible($"'{path}' cannot be packed: {packing}");
        }

        file.Position = 0;
        var inspected = await Task.Run(() => ArtifactInspector.Inspect(file, null, cancel), cancel);
        if (inspected is not InspectOutcome.Sound sound)
        {
            return new PackedFrom.Impossible($"'{path}' makes no artifact: {inspected}");
        }

        file.Position = 0;
        await using var staged = await artifacts.StageAsync(file, options.MaxArtifactBytes, cancel);
        await staged.KeepAsync(cancel);
        return new PackedFrom.Packed(staged.Digest, staged.Bytes, sound.Definition);
    }
}
