namespace Slipway.Engine.Ports;

/// <summary>Makes the artifact of a release out of what a job left.</summary>
public interface IArtifactPacker
{
    /// <summary>Packs what is at <paramref name="path"/> of packed outputs, and keeps it. The same content gives the same digest.</summary>
    /// <param name="outputs">The digest of the packed outputs.</param>
    /// <param name="path">A folder, whose content is packed, or a file.</param>
    Task<PackedFrom> PackAsync(string outputs, string path, CancellationToken cancel);
}

/// <summary>How packing ended.</summary>
public abstract record PackedFrom
{
    private PackedFrom()
    {
    }

    /// <param name="Digest">Of the artifact, which is in the store.</param>
    /// <param name="DefinitionInside">The text of the <c>slipway.yaml</c> in it; null: it holds none.</param>
    public sealed record Packed(string Digest, long Bytes, string? DefinitionInside) : PackedFrom;

    /// <param name="Why">In words, with the way out.</param>
    public sealed record Impossible(string Why) : PackedFrom;
}
