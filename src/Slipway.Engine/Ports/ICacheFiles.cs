namespace Slipway.Engine.Ports;

/// <summary>The bytes of kept states, by digest; apart from artifacts, for these may go at any time.</summary>
public interface ICacheFiles
{
    /// <summary>Takes bytes in; they count when <see cref="IStagedArtifact.KeepAsync"/> returns.</summary>
    /// <exception cref="ArtifactTooLargeException">More than <paramref name="mostBytes"/> came.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full or fails.</exception>
    Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel);

    /// <summary>Null when they are not there.</summary>
    Stream? Open(string digest);

    /// <summary>Nothing happens when they are not there. Whoever reads them reads on.</summary>
    void Remove(string digest);

    /// <summary>All that are there, with their size.</summary>
    IReadOnlyDictionary<string, long> List();

    /// <summary>Free bytes where they lie.</summary>
    long FreeBytes { get; }
}
