using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Artifacts;

/// <summary>Artifacts as files, <c>sha256/ab/ab…</c>: written under a temporary name, fsynced, renamed, and the directory fsynced.</summary>
public sealed partial class ArtifactFiles : IArtifactStore
{
    private const string Prefix = "sha256:";
    private const int NoSpace = 28, QuotaExceeded = 122;
    private readonly string root;
    private readonly string temporary;
    private readonly Func<DateTimeOffset> now;

    /// <summary>Between what comes and what goes: bytes that come again while they are being removed must be there afterwards.</summary>
    private readonly Lock exchange = new();
    private long counter;

    /// <param name="root">Made if it is not there; what a crash left half written in it is removed.</param>
    /// <param name="now">The store's clock: files carry the time at which they came. Null: the system's.</param>
    public ArtifactFiles(string root, Func<DateTimeOffset>? now = null)
    {
        this.root = Path.GetFullPath(root);
        this.now = now ?? TimeProvider.System.GetUtcNow;
        temporary = Path.Combine(this.root, "incoming");
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
    }

    public async Task<IStagedArtifact> StageAsync(Stream bytes, long mostBytes, CancellationToken cancel)
    {
        var path = Path.Combine(temporary, $"{Interlocked.Increment(ref counter)}");
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long count = 0;
            await using (var file = Guard(() => new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous, UnixCreateMode = OwnFiles.OwnerOnly })))
            {
                int read;
                while ((read = await bytes.ReadAsync(buffer, cancel)) > 0)
                {
                    count += read;
                    if (count > mostBytes)
                    {
                        throw new ArtifactTooLargeException(mostBytes);
                    }

                    hash.AppendData(buffer, 0, read);
                    await GuardAsync(() => file.WriteAsync(buffer.AsMemory(0, read), cancel));
                }
            }

            return new Staged(this, path, Prefix + Convert.ToHexStringLower(hash.GetHashAndReset()), count);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public Stream? Open(string digest)
    {
        if (PathOf(digest) is not { } path)
        {
            return null;
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public StoredArtifact? Find(string digest) => PathOf(digest) is { } path && new FileInfo(path) is { Exists: true } file ? Stored(digest, file) : null;

    public IEnumerable<StoredArtifact> List()
    {
        var all = new DirectoryInfo(Path.Combine(root, "sha256"));
        if (!all.Exists)
        {
            yield break;
        }

        foreach (var file in all.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (PathOf(Prefix + file.Name) == file.FullName && Seen(file) is { } stored)
            {
                yield return stored;
            }
        }
    }

    public bool Remove(string digest, DateTimeOffset before)
    {
        lock (exchange)
        {
            if (PathOf(digest) is not { } path || Find(digest) is not { } stored || stored.CameAt >= before)
            {
                return false;
            }

            Guard(() =>
            {
                File.Delete(path);
                SyncDirectory(Path.GetDirectoryName(path)!);
                return path;
            });
            return true;
        }
    }

    /// <summary>Null: it went while the list was made.</summary>
    private static StoredArtifact? Seen(FileInfo file)
    {
        try
        {
            return Stored(Prefix + file.Name, file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static StoredArtifact Stored(string digest, FileInfo file) => new(digest, file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));

    /// <summary>Where a digest's bytes are; null for what is no digest, so that no name leads elsewhere.</summary>
    private string? PathOf(string digest)
    {
        var hex = digest.StartsWith(Prefix, StringComparison.Ordinal) ? digest[Prefix.Length..] : "";
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigitLower) ? Path.Combine(root, "sha256", hex[..2], hex) : null;
    }

    private static T Guard<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (IOException fault)
        {
            throw Unavailable(fault);
        }
    }

    private static async Task GuardAsync(Func<ValueTask> act)
    {
        try
        {
            await act();
        }
        catch (IOException fault)
        {
            throw Unavailable(fault);
        }
    }

    private static StoreUnavailableException Unavailable(IOException fault)
    {
        var full = (fault.HResult & 0xFFFF) is NoSpace or QuotaExceeded || fault.HResult is NoSpace or QuotaExceeded;
        return new StoreUnavailableException(full ? "There is no space left for artifacts." : "The artifacts' directory cannot be written: " + fault.Message, retryable: true, fault) { Full = full };
    }

    private sealed class Staged(ArtifactFiles owner, string path, string digest, long bytes) : IStagedArtifact
    {
        public string Digest => digest;

        public long Bytes => bytes;

        public Stream Open() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);

        public Task KeepAsync(CancellationToken cancel) => Task.Run(
            () => Guard(() =>
            {
                var target = owner.PathOf(digest)!;
                var folder = Path.GetDirectoryName(target)!;
                Directory.CreateDirectory(folder);
                using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
                {
                    RandomAccess.FlushToDisk(file);
                }

                lock (owner.exchange)
                {
                    File.SetLastWriteTimeUtc(path, owner.now().UtcDateTime);
                    File.Move(path, target, overwrite: true);
                }

                SyncDirectory(folder);
                SyncDirectory(Path.GetDirectoryName(folder)!);
                return target;
            }),
            cancel);

        public ValueTask DisposeAsync()
        {
            File.Delete(path);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Makes a rename durable. The runtime does not open directories, so the system is called.</summary>
    private static void SyncDirectory(string path)
    {
        var descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open the directory '{path}': {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"cannot flush the directory '{path}': {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
