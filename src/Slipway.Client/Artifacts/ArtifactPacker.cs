using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Slipway.Client.Artifacts;

/// <summary>What packing a directory came to.</summary>
public abstract record PackOutcome
{
    private PackOutcome() { }

    /// <param name="Digest"><c>sha256:…</c> of the packed bytes.</param>
    /// <param name="PackedBytes">Length of the packed file.</param>
    /// <param name="Bytes">Bytes of the files in it.</param>
    /// <param name="Entries">Files, directories and links.</param>
    public sealed record Packed(string Digest, long PackedBytes, long Bytes, int Entries) : PackOutcome;

    /// <param name="Path">Relative to the directory; empty: the directory itself.</param>
    /// <param name="Reason">What is wrong with it, as the end of a sentence that begins with the path.</param>
    public sealed record Refused(string Path, string Reason) : PackOutcome
    {
        public override string ToString() => Path.Length == 0 ? Reason : $"'{Path}': {Reason}";
    }
}

/// <summary>
/// Packs a directory as a gzipped tar whose bytes depend on nothing but names, contents, links and the executable bit: entries are sorted by the bytes of their
/// names, times and owners are zero, modes are 755 or 644. The same tree packed by the same build of Slipway has the same digest. (Another version of the
/// runtime may compress differently; then the digest differs, never the tree.)
/// </summary>
public static class ArtifactPacker
{
    private const string NotAFile = "it is a device, socket or pipe; only files, directories and links can be in an artifact";
    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101, Plain = (UnixFileMode)0b110_100_100;

    /// <summary>Writes the packed bytes of a directory as it reads it; memory does not grow with the files.</summary>
    /// <param name="directory">What to pack; followed if it is itself a link.</param>
    /// <param name="destination">Left open. What was written before a refusal is of no use.</param>
    /// <exception cref="IOException">A file could not be read, changed its length meanwhile, or the destination could not be written.</exception>
    public static PackOutcome Pack(string directory, Stream destination, ArtifactLimits? limits = null, CancellationToken cancellation = default)
    {
        limits ??= ArtifactLimits.Default;
        var root = new DirectoryInfo(directory);
        if (!root.Exists)
        {
            return new PackOutcome.Refused("", File.Exists(directory) ? $"{directory} is a file, not a directory" : $"the directory {directory} does not exist");
        }
        var sources = new List<Source>();
        if (Collect(root, "", 0, sources, limits) is { } refused)
        {
            return refused;
        }
        return Write(sources, destination, limits, CompressionLevel.Optimal, cancellation);
    }

    /// <summary>Likewise with some paths of a directory, under their names relative to it: what is unpacked over another such directory lies where it lay.</summary>
    /// <param name="directory">Followed if it is itself a link.</param>
    /// <param name="paths">Files and directories below it, not links and not below one; one that lies in another is packed once.</param>
    /// <param name="destination">Left open. What was written before a refusal is of no use.</param>
    /// <exception cref="IOException">A file could not be read, changed its length meanwhile, or the destination could not be written.</exception>
    public static PackOutcome Pack(string directory, IReadOnlyList<string> paths, Stream destination, ArtifactLimits? limits = null, CancellationToken cancellation = default) =>
        Pack(directory, paths, destination, limits ?? ArtifactLimits.Default, CompressionLevel.Optimal, cancellation);

    /// <summary>Likewise, as tightly as is worth it.</summary>
    public static PackOutcome Pack(string directory, IReadOnlyList<string> paths, Stream destination, ArtifactLimits limits, CompressionLevel compression, CancellationToken cancellation)
    {
        var sources = new List<Source>();
        foreach (var path in paths)
        {
            if (Collect(new DirectoryInfo(directory), path, sources, limits) is { } refused)
            {
                return refused;
            }
        }
        return Write([.. sources.DistinctBy(source => source.Name)], destination, limits, compression, cancellation);
    }

    private static PackOutcome Write(List<Source> sources, Stream destination, ArtifactLimits limits, CompressionLevel compression, CancellationToken cancellation)
    {
        if (!sources.Exists(source => source.Entry is FileInfo && source.Link is null))
        {
            return new PackOutcome.Refused("", "the artifact is empty: there is no file in it");
        }
        var total = sources.Sum(source => source.Length);
        if (total > limits.MaxBytes)
        {
            return new PackOutcome.Refused("", $"the files have {total} bytes together; at most {limits.MaxBytes} are allowed");
        }
        sources.Sort((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var hashing = new HashingStream(destination, hash, limits.MaxPackedBytes);
        try
        {
            using var zip = new GZipStream(hashing, compression, leaveOpen: true);
            using var tar = new TarWriter(zip, TarEntryFormat.Gnu, leaveOpen: true);
            foreach (var source in sources)
            {
                cancellation.ThrowIfCancellationRequested();
                Write(tar, source);
            }
        }
        catch (ArtifactTooLargeException)
        {
            return new PackOutcome.Refused("", $"the packed artifact is larger than {limits.MaxPackedBytes} bytes");
        }
        return new PackOutcome.Packed("sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()), hashing.Written, total, sources.Count);
    }

    private static PackOutcome.Refused? Collect(DirectoryInfo root, string path, List<Source> into, ArtifactLimits limits)
    {
        if (ArtifactNames.Parse(path, out var segments) is { } badName)
        {
            return new(path, badName);
        }
        if (segments.Length == 0)
        {
            return new(path, "it is the whole directory; name what in it is meant");
        }
        var name = string.Join('/', segments);
        for (var depth = 1; depth <= segments.Length; depth++)
        {
            var part = string.Join('/', segments.Take(depth));
            var full = Path.Combine(root.FullName, part);
            if (new FileInfo(full).LinkTarget is not null)
            {
                return new(path, depth == segments.Length ? "it is a link; name what it leads to" : $"it lies below '{part}', which is a link");
            }
            if (!Path.Exists(full))
            {
                return new(path, "there is nothing of that name");
            }
        }
        var directory = new DirectoryInfo(Path.Combine(root.FullName, name));
        if (directory.Exists)
        {
            into.Add(new(name + "/", directory, null, 0));
            return Collect(directory, name + "/", segments.Length, into, limits);
        }
        var file = new FileInfo(directory.FullName);
        if (!FileKind.IsRegular(file.FullName))
        {
            return new(name, NotAFile);
        }
        into.Add(new(name, file, null, file.Length));
        return null;
    }

    private static PackOutcome.Refused? Collect(DirectoryInfo directory, string prefix, int depth, List<Source> into, ArtifactLimits limits)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            var name = prefix + entry.Name;
            if (into.Count >= limits.MaxEntries)
            {
                return new("", $"there are more than {limits.MaxEntries} files and directories");
            }
            if (ArtifactNames.Parse(name, out _) is { } badName)
            {
                return new(name, badName);
            }
            if (entry.LinkTarget is { } target)
            {
                if (ArtifactNames.CheckLink(target, depth) is { } badLink)
                {
                    return new(name, badLink + "; links must be relative and stay inside");
                }
                into.Add(new(name, entry, target, 0));
                continue;
            }
            if (entry is DirectoryInfo child)
            {
                into.Add(new(name + "/", entry, null, 0));
                if (Collect(child, name + "/", depth + 1, into, limits) is { } refused)
                {
                    return refused;
                }
                continue;
            }
            if (!FileKind.IsRegular(entry.FullName))
            {
                return new(name, NotAFile);
            }
            into.Add(new(name, entry, null, ((FileInfo)entry).Length));
        }
        return null;
    }

    private static void Write(TarWriter tar, Source source)
    {
        var type = source.Link is not null ? TarEntryType.SymbolicLink : source.Entry is DirectoryInfo ? TarEntryType.Directory : TarEntryType.RegularFile;
        var entry = new GnuTarEntry(type, source.Name)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Uid = 0,
            Gid = 0,
            Mode = type == TarEntryType.RegularFile && !source.Entry.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? Plain : Executable,
        };
        if (source.Link is not null)
        {
            entry.LinkName = source.Link;
            tar.WriteEntry(entry);
            return;
        }
        if (type == TarEntryType.Directory)
        {
            tar.WriteEntry(entry);
            return;
        }
        using var file = new FileStream(source.Entry.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        entry.DataStream = new ExactLengthStream(file, source.Length, source.Name);
        tar.WriteEntry(entry);
    }

    private sealed record Source(string Name, FileSystemInfo Entry, string? Link, long Length)
    {
        public byte[] Key { get; } = System.Text.Encoding.UTF8.GetBytes(Name);
    }
}
