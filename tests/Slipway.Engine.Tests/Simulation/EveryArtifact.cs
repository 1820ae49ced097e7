using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>A store in which every artifact is there: what becomes of their bytes is not played here.</summary>
internal sealed class EveryArtifact : IArtifactStore
{
    public Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel) => throw new NotSupportedException("Nothing is uploaded here.");

    public Stream? Open(string digest) => throw new NotSupportedException("Nothing is downloaded here.");

    public StoredArtifact? Find(string digest) => new(digest, 1, DateTimeOffset.UnixEpoch);

    public IEnumerable<StoredArtifact> List() => [];

    public bool Remove(string digest, DateTimeOffset before) => false;
}
