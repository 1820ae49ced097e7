namespace Slipway.Engine.Ports;

/// <summary>Artifacts' bytes by digest. What is stored never changes, and is there whole or not at all.</summary>
public interface IArtifactStore
{
    /// <summary>Takes bytes in, to be looked at before they count: they are stored when <see cref="IStagedArtifact.KeepAsync"/> returns, gone when it is disposed without that.</summary>
    /// <exception cref="ArtifactTooLargeException">More than <paramref name="mostBytes"/> came.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full or fails.</exception>
    Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel);

    /// <summary>The bytes of a digest (<c>sha256:…</c>), seekable; null when they are not there.</summary>
    Stream? Open(string digest);

    /// <summary>What is there of a digest; null: nothing.</summary>
    StoredArtifact? Find(string digest);

    /// <summary>All that is there, in no order. What comes or goes meanwhile may be in it or not.</summary>
    IEnumerable<StoredArtifact> List();

    /// <summary>Removes bytes, unless they came, or came again, at <paramref name="before"/> or later. False: they stay, or there were none.</summary>
    /// <exception cref="StoreUnavailableException">The disk fails.</exception>
    bool Remove(string digest, DateTimeOffset before);
}

/// <summary>Stored bytes.</summary>
/// <param name="CameAt">When they were stored last, by the store's clock: bytes that come again are new again.</param>
public sealed record StoredArtifact(string Digest, long Bytes, DateTimeOffset CameAt);

/// <summary>Bytes that came in and are not stored yet.</summary>
public interface IStagedArtifact : IAsyncDisposable
{
    /// <summary><c>sha256:</c> and 64 lower-case hex digits.</summary>
    string Digest { get; }

    long Bytes { get; }

    /// <summary>For looking at them; seekable.</summary>
    Stream Open();

    /// <summary>Stores them for good; they are on the disk when it returns.</summary>
    Task KeepAsync(CancellationToken cancel);
}

/// <summary>More bytes came than are taken.</summary>
public sealed class ArtifactTooLargeException(long mostBytes) : Exception($"The artifact has more than {mostBytes} bytes.")
{
    public long MostBytes { get; } = mostBytes;
}
