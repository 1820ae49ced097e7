namespace Slipway.Client.Artifacts;

/// <summary>What an artifact may hold; the same bounds when it is packed and when it is unpacked, so that whatever is accepted can be run.</summary>
public sealed record ArtifactLimits
{
    public static ArtifactLimits Default { get; } = new();

    /// <summary>Files, directories and links together.</summary>
    public int MaxEntries { get; init; } = 200_000;

    /// <summary>Bytes of all files, unpacked.</summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>Bytes of the packed file.</summary>
    public long MaxPackedBytes { get; init; } = 4L << 30;

    /// <summary>How many bytes one packed byte may unpack to, beyond <see cref="RatioAllowance"/>. Deflate itself reaches 1,032; real programs stay below 20.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>Unpacked bytes that the ratio does not judge, so that a small artifact of zeros is fine.</summary>
    public long RatioAllowance { get; init; } = 64L << 20;

    /// <summary>Bytes of one entry's headers (long names and extended attributes).</summary>
    public long MaxHeaderBytes { get; init; } = 1L << 20;
}
