using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Slipway.Client.Artifacts;

/// <summary>What looking through an artifact came to.</summary>
public abstract record InspectOutcome
{
    private InspectOutcome() { }

    /// <param name="Files">At least one.</param>
    /// <param name="Bytes">Bytes of the files, unpacked.</param>
    /// <param name="Definition">The text of <c>slipway.yaml</c> at its root; null: there is none.</param>
    public sealed record Sound(int Files, long Bytes, string? Definition) : InspectOutcome;

    /// <param name="Entry">The entry's name as the archive has it; empty: the archive as a whole.</param>
    /// <param name="Reason">What is wrong with it, as the end of a sentence.</param>
    public sealed record Refused(string Entry, string Reason) : InspectOutcome
    {
        public override string ToString() => Entry.Length == 0 ? Reason : $"entry '{Entry}': {Reason}";
    }
}

/// <summary>Looks through a tar or gzipped tar that nobody trusts, without unpacking it: what the extractor would refuse by its name, kind or size is refused here already.</summary>
public static class ArtifactInspector
{
    private const string DefinitionName = "slipway.yaml";
    private const int MostDefinitionBytes = 1 << 20;

    /// <param name="packed">Seekable; read to its end; left open.</param>
    /// <exception cref="IOException">Reading fails; says nothing about the artifact.</exception>
    public static InspectOutcome Inspect(Stream packed, ArtifactLimits? limits = null, CancellationToken cancellation = default)
    {
        limits ??= ArtifactLimits.Default;
        Span<byte> magic = stackalloc byte[2];
        var zipped = packed.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        packed.Position = 0;
        var counting = new CountingStream(packed);
        try
        {
            using var plain = zipped ? new GZipStream(counting, CompressionMode.Decompress, leaveOpen: true) : (Stream)counting;
            var bounded = new BoundedStream(plain, counting, limits);
            using var tar = new TarReader(bounded, leaveOpen: true);
            return Look(tar, bounded, limits, cancellation);
        }
        catch (ArtifactTooLargeException tooLarge)
        {
            return new InspectOutcome.Refused("", tooLarge.Message);
        }
        catch (Exception notTar) when (notTar is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or InvalidOperationException)
        {
            return new InspectOutcome.Refused("", "it is not a whole tar or tar.gz archive");
        }
    }

    private static InspectOutcome Look(TarReader tar, BoundedStream bounded, ArtifactLimits limits, CancellationToken cancellation)
    {
        var (entries, files, bytes) = (0, 0, 0L);
        string? definition = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            bounded.BeginHeader();
            var entry = tar.GetNextEntry();
            bounded.EndHeader();
            if (entry is null)
            {
                return files > 0 ? new InspectOutcome.Sound(files, bytes, definition) : new InspectOutcome.Refused("", "the artifact is empty: there is no file in it");
            }

            if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            {
                continue;
            }

            if (++entries > limits.MaxEntries)
            {
                return new InspectOutcome.Refused("", $"it has more than {limits.MaxEntries} entries");
            }

            if (Check(entry, out var segments) is { } reason)
            {
                return new InspectOutcome.Refused(Printable(entry.Name), reason);
            }

            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
            {
                continue;
            }

            files++;
            bytes += entry.Length;
            if (bytes > limits.MaxBytes)
            {
                return new InspectOutcome.Refused(Printable(entry.Name), $"with it the files have more than {limits.MaxBytes} bytes");
            }

            var content = entry.DataStream ?? Stream.Null;
            if (segments is [DefinitionName])
            {
                if (entry.Length > MostDefinitionBytes)
                {
                    return new InspectOutcome.Refused(DefinitionName, $"it is larger than {MostDefinitionBytes} bytes");
                }

                using var reader = new StreamReader(content, Encoding.UTF8, leaveOpen: true);
                definition = reader.ReadToEnd();
            }

            // Read to its end here: what the tar reader skips by itself would count as the next entry's headers.
            content.CopyTo(Stream.Null);
        }
    }

    private static string? Check(TarEntry entry, out string[] segments)
    {
        if (ArtifactNames.Parse(entry.Name, out segments) is { } badName)
        {
            return badName;
        }

        return entry.EntryType switch
        {
            TarEntryType.Directory or TarEntryType.DirectoryList => null,
            _ when segments.Length == 0 => "it has an empty name",
            TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => null,
            TarEntryType.SymbolicLink => ArtifactNames.CheckLink(entry.LinkName, segments.Length - 1),
            TarEntryType.HardLink => ArtifactNames.Parse(entry.LinkName, out _) is { } badTarget ? $"it is a hard link, but {badTarget}" : null,
            _ => $"it is a {entry.EntryType}; only files, directories and links can be in an artifact",
        };
    }

    private static string Printable(string name)
    {
        var shown = new string([.. name.Take(200).Select(c => char.IsControl(c) ? '?' : c)]);
        return name.Length > 200 ? shown + "…" : shown;
    }
}
