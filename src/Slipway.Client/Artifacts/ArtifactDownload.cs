using System.Security.Cryptography;
using Slipway.Client.Http;

namespace Slipway.Client.Artifacts;

/// <summary>The bytes that came are not those of the digest that was asked for.</summary>
public sealed class ArtifactCorruptException(string digest, string came) : Exception($"What came has the digest {came}, not {digest}: it was damaged on its way, or in the store.");

/// <summary>Brings an artifact to the disk: checked by its digest while it is written, and under its final name only when it is whole and right.</summary>
public static class ArtifactDownload
{
    private const int Tries = 4, BufferBytes = 128 * 1024;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>Writes the packed bytes to a file that is not there yet, or takes the place of one.</summary>
    /// <param name="digest">Whole.</param>
    /// <param name="progress">Bytes that have come, and how many there are in all, if that is known.</param>
    /// <exception cref="ArtifactCorruptException">Nothing is left at <paramref name="file"/>, or what was there before.</exception>
    /// <exception cref="IOException">The disk fails, or the connection does, again and again.</exception>
    public static async Task ToFileAsync(SlipwayClient server, string digest, string file, TimeProvider time, Action<long, long?>? progress, CancellationToken cancel)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, $".{Path.GetFileName(file)}.{Path.GetRandomFileName()}");
        try
        {
            await WriteAsync(server, digest, temporary, time, progress, cancel).ConfigureAwait(false);
            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Unpacks into a folder that is not there yet, or empty. The files in it can be written by their owner.</summary>
    /// <returns>What unpacking came to; after a refusal there is nothing at <paramref name="folder"/>.</returns>
    /// <exception cref="ArtifactCorruptException">There is nothing at <paramref name="folder"/>.</exception>
    public static async Task<ExtractOutcome> ToFolderAsync(SlipwayClient server, string digest, string folder, TimeProvider time, Action<long, long?>? progress, CancellationToken cancel)
    {
        var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var beside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(whole)!, $".{Path.GetFileName(whole)}.{Path.GetRandomFileName()}")).FullName;
        try
        {
            var packed = Path.Combine(beside, "packed");
            await WriteAsync(server, digest, packed, time, progress, cancel).ConfigureAwait(false);
            var unpacked = Directory.CreateDirectory(Path.Combine(beside, "unpacked")).FullName;
            ExtractOutcome outcome;
            await using (var bytes = File.OpenRead(packed))
            {
                outcome = await Task.Run(() => ArtifactExtractor.Extract(bytes, unpacked, cancellation: cancel), cancel).ConfigureAwait(false);
            }

            if (outcome is ExtractOutcome.Extracted)
            {
                MakeWritable(new DirectoryInfo(unpacked));
                if (Directory.Exists(whole))
                {
                    Directory.Delete(whole);
                }

                Directory.Move(unpacked, whole);
            }

            return outcome;
        }
        finally
        {
            ArtifactExtractor.Remove(beside);
        }
    }

    private static async Task WriteAsync(SlipwayClient server, string digest, string path, TimeProvider time, Action<long, long?>? progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous }))
        {
            for (var tries = 1; !await ReadOnAsync(server, digest, file, hash, time, progress, mayFail: tries < Tries, cancel).ConfigureAwait(false); tries++)
            {
            }

            file.Flush(flushToDisk: true);
        }

        var came = "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
        if (came != digest)
        {
            throw new ArtifactCorruptException(digest, came);
        }
    }

    /// <summary>Goes on where the file ends. False: the connection broke, or fell silent.</summary>
    private static async Task<bool> ReadOnAsync(
        SlipwayClient server, string digest, FileStream file, IncrementalHash hash, TimeProvider time, Action<long, long?>? progress, bool mayFail, CancellationToken cancel)
    {
        var buffer = new byte[BufferBytes];
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        long? total;
        try
        {
            (var bytes, total) = await server.OpenArtifact(digest, file.Position, either.Token).ConfigureAwait(false);
            await using (bytes)
            {
                while (await ReadAsync(bytes, buffer, either.Token).ConfigureAwait(false) is var read and not 0)
                {
                    if (read < 0)
                    {
                        return mayFail ? false : throw new IOException($"The download of {digest} broke at {file.Position} bytes, again and again; try later.");
                    }

                    silence.CancelAfter(LongestSilence);
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                    progress?.Invoke(file.Position, total);
                }
            }
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            return mayFail ? false : throw new ServerUnreachableException(server.Server, $"nothing came for {LongestSilence.TotalSeconds:0} s", late);
        }

        return total is null || file.Position >= total || (mayFail ? false : throw new IOException($"The download of {digest} ended at {file.Position} of {total} bytes."));
    }

    /// <summary>−1: the connection broke. Faults of the file that is written are another matter, and not tried again.</summary>
    private static async Task<int> ReadAsync(Stream bytes, byte[] buffer, CancellationToken cancel)
    {
        try
        {
            return await bytes.ReadAsync(buffer, cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return -1;
        }
    }

    private static void MakeWritable(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null))
        {
            entry.UnixFileMode |= UnixFileMode.UserWrite;
            if (entry is DirectoryInfo below)
            {
                MakeWritable(below);
            }
        }
    }
}
