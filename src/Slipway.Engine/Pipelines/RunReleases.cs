using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Pipelines;

/// <summary>Makes the release of a run: the declared part of its outputs, with the definition that stands in the same commit.</summary>
public sealed class RunReleases(IStore store, ISourceProvider sources, IArtifactPacker packer, ReleaseCatalog releases)
{
    private readonly SourceFlow flow = new();

    public async Task<RunEvent> MakeAsync(MakeRelease asked, CancellationToken cancel)
    {
        var inputs = asked.Inputs;
        if (await store.ReadProcessAsync(SourceFlow.ProcessOf(inputs.Service), cancel) is not { } process)
        {
            return new ReleaseRefused($"'{inputs.Service}' has no repository any more");
        }

        // The mirror has the commit: a run pins it. No host is asked.
        var spec = flow.ReadState(process.State, process.StateVersion).Spec with { Path = inputs.Path };
        var commit = await sources.ReadAsync(inputs.Service, spec, inputs.Commit, null, cancel);
        switch (await packer.PackAsync(asked.Outputs, inputs.Artifact!.Path, cancel))
        {
            case PackedFrom.Packed packed:
                return Event(await releases.CreateAsync(asked.By, ReleaseOf(inputs, commit.Definition, packed), null, cancel));
            case PackedFrom.Impossible impossible:
                return new ReleaseRefused(impossible.Why);
            case var other:
                throw new InvalidOperationException($"Packing cannot end as {other.GetType().Name}.");
        }
    }

    private static NewRelease ReleaseOf(RunInputs inputs, string? definition, PackedFrom.Packed packed) => new()
    {
        Service = inputs.Service, Version = inputs.Version, Commit = inputs.Commit, ArtifactDigest = packed.Digest, ArtifactBytes = packed.Bytes,
        Definition = definition, DefinitionFile = inputs.Path is null ? "slipway.yaml" : $"{inputs.Path}/slipway.yaml", DefinitionInside = packed.DefinitionInside,
    };

    private static RunEvent Event(Outcome<CreatedRelease> made) => made switch
    {
        Outcome<CreatedRelease>.Done { Value: var created } => new ReleaseMade(created.Release.Version),
        Outcome<CreatedRelease>.Refused { Refusal: var refusal } => new ReleaseRefused($"{refusal.Detail} {refusal.NextStep}"),
        _ => throw new InvalidOperationException("An outcome is done or refused."),
    };
}
