using System.Formats.Tar;
using System.IO.Compression;

namespace Slipway.Client.Artifacts;

/// <summary>What unpacking an artifact came to.</summary>
public abstract record ExtractOutcome
{
    private ExtractOutcome() { }

    /// <param name="Entries">Files, directories and links.</param>
    /// <param name="Bytes">Bytes of the files.</param>
    public sealed record Extracted(int Entries, long Bytes) : ExtractOutcome;

    /// <param name="Entry">The entry's name as the archive has it; empty: the archive as a whole.</param>
    /// <param name="Reason">What is wrong with it, as the end of a sentence.</param>
    public sealed record Refused(string Entry, string Reason) : ExtractOutcome
    {
        public override string ToString() => Entry.Length == 0 ? Reason : $"entry '{Entry}': {Reason}";
    }
}

/// <summary>
/// Unpacks a tar or gzipped tar that nobody trusts. Nothing is written outside the given directory: names may not climb, every parent of an entry is a directory
/// that this extraction made itself (never a link), links stay inside, and of file modes only the executable bit is kept.
/// </summary>
public static class ArtifactExtractor
{
    private const UnixFileMode ReadOnly = (UnixFileMode)0b100_100_100, ReadExecute = (UnixFileMode)0b101_101_101;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Unpacks into an empty directory of the caller's own; after a refusal or an exception the caller removes what is in it (<see cref="Remove"/>).</summary>
    /// <param name="packed">Read to its end; left open.</param>
    /// <param name="directory">Must exist and be empty. Files in it end up read-only; its directories too when <see cref="Seal"/> is called.</param>
    /// <exception cref="IOException">The disk is full or fails; says nothing about the artifact.</exception>
    public static ExtractOutcome Extract(Stream packed, string directory, ArtifactLimits? limits = null, CancellationToken cancellation = default)
    {
        limits ??= ArtifactLimits.Default;
        var counting = new CountingStream(packed);
        var buffered = new BufferedStream(counting, 64 * 1024);
        try
        {
            using var plain = IsGzip(packed) ? new GZipStream(buffered, CompressionMode.Decompress, leaveOpen: true) : (Stream)buffered;
            var bounded = new BoundedStream(plain, counting, limits);
            using var tar = new TarReader(bounded, leaveOpen: true);
            return new Extraction(directory, limits, cancellation).Run(tar, bounded);
        }
        catch (ArtifactTooLargeException tooLarge)
        {
            return new ExtractOutcome.Refused("", tooLarge.Message);
        }
        catch (Exception notTar) when (notTar is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or InvalidOperationException)
        {
            return new ExtractOutcome.Refused("", "it is not a whole tar or tar.gz archive: " + notTar.Message);
        }
    }

    /// <summary>Takes the write permission from every directory, so that no instance changes what others share.</summary>
    public static void Seal(string directory)
    {
        foreach (var child in RealDirectories(directory))
        {
            File.SetUnixFileMode(child, ReadExecute);
        }
        File.SetUnixFileMode(directory, ReadExecute);
    }

    /// <summary>Removes an unpacked artifact, sealed or half made.</summary>
    public static void Remove(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }
        File.SetUnixFileMode(directory, OwnerOnly);
        foreach (var child in RealDirectories(directory))
        {
            File.SetUnixFileMode(child, OwnerOnly);
        }
        Directory.Delete(directory, recursive: true);
    }

    private static IEnumerable<string> RealDirectories(string directory) =>
        Directory.EnumerateDirectories(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private static bool IsGzip(Stream packed)
    {
        Span<byte> magic = stackalloc byte[2];
        var start = packed.Position;
        var read = packed.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        packed.Position = start;
        return read == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    }

    private enum Kind { Directory, File, Link }

    /// <summary>One run over an archive: what it has made so far is what the next entry is judged by.</summary>
    private sealed class Extraction(string directory, ArtifactLimits limits, CancellationToken cancellation)
    {
        private readonly Dictionary<string, Kind> _made = new(StringComparer.Ordinal);
        private int _entries;
        private long _bytes;

        public ExtractOutcome Run(TarReader tar, BoundedStream bounded)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                bounded.BeginHeader();
                var entry = tar.GetNextEntry();
                bounded.EndHeader();
                if (entry is null)
                {
                    break;
                }
                if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                {
                    continue;
                }
                if (++_entries > limits.MaxEntries)
                {
                    return new ExtractOutcome.Refused("", $"it has more than {limits.MaxEntries} entries");
                }
                if (Take(entry) is { } reason)
                {
                    return new ExtractOutcome.Refused(Printable(entry.Name), reason);
                }
            }
            return _made.ContainsValue(Kind.File) ? new ExtractOutcome.Extracted(_entries, _bytes) : new ExtractOutcome.Refused("", "the artifact is empty: there is no file in it");
        }

        /// <returns>Why the entry is refused; null when it was taken.</returns>
        private string? Take(TarEntry entry)
        {
            if (ArtifactNames.Parse(entry.Name, out var segments) is { } badName)
            {
                return badName;
            }
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.DirectoryList)
            {
                return MakeDirectories(segments);
            }
            if (segments.Length == 0)
            {
                return "it has an empty name";
            }
            if (MakeDirectories(segments.AsSpan(0, segments.Length - 1)) is { } badParent)
            {
                return badParent;
            }
            var name = string.Join('/', segments);
            if (_made.ContainsKey(name))
            {
                return "the name occurs twice";
            }
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    return TakeFile(name, entry.DataStream ?? Stream.Null, entry.Mode);
                case TarEntryType.SymbolicLink:
                    return TakeLink(name, entry.LinkName, segments.Length - 1);
                case TarEntryType.HardLink:
                    return TakeHardLink(name, entry);
                default:
                    return $"it is a {entry.EntryType}; only files, directories and links can be in an artifact";
            }
        }

        private string? MakeDirectories(ReadOnlySpan<string> segments)
        {
            var name = "";
            foreach (var segment in segments)
            {
                name = name.Length == 0 ? segment : name + "/" + segment;
                if (_made.TryGetValue(name, out var kind))
                {
                    if (kind != Kind.Directory)
                    {
                        return $"it lies below '{Printable(name)}', which is a {(kind == Kind.Link ? "link" : "file")}";
                    }
                    continue;
                }
                if (_made.Count >= limits.MaxEntries)
                {
                    return $"there are more than {limits.MaxEntries} files and directories";
                }
                Directory.CreateDirectory(PathOf(name), OwnerOnly);
                _made[name] = Kind.Directory;
            }
            return null;
        }

        private string? TakeFile(string name, Stream content, UnixFileMode mode)
        {
            using (var file = new FileStream(PathOf(name), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, BufferSize = 0 }))
            {
                Span<byte> buffer = stackalloc byte[32 * 1024];
                int read;
                while ((read = content.Read(buffer)) > 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    _bytes += read;
                    if (_bytes > limits.MaxBytes)
                    {
                        return $"with it the files have more than {limits.MaxBytes} bytes";
                    }
                    file.Write(buffer[..read]);
                }
                File.SetUnixFileMode(file.SafeFileHandle, mode.HasFlag(UnixFileMode.UserExecute) ? ReadExecute : ReadOnly);
            }
            _made[name] = Kind.File;
            return null;
        }

        private string? TakeLink(string name, string target, int depth)
        {
            if (ArtifactNames.CheckLink(target, depth) is { } badLink)
            {
                return badLink;
            }
            File.CreateSymbolicLink(PathOf(name), target);
            _made[name] = Kind.Link;
            return null;
        }

        // Copied rather than linked: a second name for the same file would be of no use in a read-only tree.
        private string? TakeHardLink(string name, TarEntry entry)
        {
            if (ArtifactNames.Parse(entry.LinkName, out var segments) is { } badTarget)
            {
                return $"it is a hard link to '{Printable(entry.LinkName)}', but {badTarget}";
            }
            var target = string.Join('/', segments);
            if (!_made.TryGetValue(target, out var kind) || kind != Kind.File)
            {
                return $"it is a hard link to '{Printable(target)}', which is no file that came before it";
            }
            using var content = File.OpenRead(PathOf(target));
            return TakeFile(name, content, File.GetUnixFileMode(content.SafeFileHandle));
        }

        private string PathOf(string name) => Path.Combine(directory, name);
    }

    private static string Printable(string name)
    {
        var shown = new string([.. name.Take(200).Select(c => char.IsControl(c) ? '?' : c)]);
        return name.Length > 200 ? shown + "…" : shown;
    }
}
