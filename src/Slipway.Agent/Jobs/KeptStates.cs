using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Slipway.Agent.Jobs;

/// <summary>
/// Packed states of caches on this agent, by digest, so that what was fetched or saved once is not fetched again. Which of them a job may have the server says each time; here is
/// nothing but bytes. What was not used for the longest time goes when there is too much of it.
/// </summary>
internal sealed class KeptStates(AgentPaths paths, TimeProvider time, ILogger logger, long mostBytes = AgentLimits.CacheBytes)
{
    private const string New = ".new-";
    private readonly Lock _lock = new();
    private long _number;

    /// <summary>Removes what an agent before this one has left half written.</summary>
    public void RemoveLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(paths.Caches, New + "*"))
        {
            File.Delete(file);
        }
    }

    /// <summary>A name for bytes that come; given up by <see cref="Keep"/>, or deleted by the caller.</summary>
    public string NewFile() => Path.Combine(paths.Caches, New + Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture));

    /// <summary>The bytes of a digest, if they are here and still those. Whoever has them open keeps them, whatever becomes of the file.</summary>
    public async Task<FileStream?> OpenAsync(string digest, CancellationToken cancellation)
    {
        if (Open(FileOf(digest)) is not { } bytes)
        {
            return null;
        }
        try
        {
            if ("sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, cancellation)) == digest)
            {
                bytes.Position = 0;
                File.SetLastWriteTimeUtc(bytes.SafeFileHandle, time.GetUtcNow().UtcDateTime);
                return bytes;
            }
        }
        catch
        {
            await bytes.DisposeAsync();
            throw;
        }
        AgentLog.KeptStateSpoilt(logger, bytes.Name);
        await bytes.DisposeAsync();
        Remove(digest);
        return null;
    }

    /// <summary>Likewise of a file that has just come.</summary>
    public static FileStream? Open(string file)
    {
        try
        {
            return new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024, useAsync: true);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Bytes that have that digest get their name.</summary>
    public void Keep(string newFile, string digest)
    {
        var file = FileOf(digest);
        lock (_lock)
        {
            File.Move(newFile, file, overwrite: true);
            File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
            Trim(file);
        }
    }

    public void Remove(string digest) => File.Delete(FileOf(digest));

    /// <summary>Whoever reads what goes reads on.</summary>
    private void Trim(string newest)
    {
        var free = new DriveInfo(paths.Caches).AvailableFreeSpace;
        var files = new DirectoryInfo(paths.Caches).EnumerateFiles().Where(file => !file.Name.StartsWith(New, StringComparison.Ordinal)).OrderBy(file => file.LastWriteTimeUtc).ToList();
        var total = files.Sum(file => file.Length);
        foreach (var file in files.Where(file => file.FullName != newest))
        {
            if (total <= mostBytes && free >= AgentLimits.CacheSpareBytes)
            {
                return;
            }
            (total, free) = (total - file.Length, free + file.Length);
            file.Delete();
        }
    }

    private string FileOf(string digest) => Path.Combine(paths.Caches, digest["sha256:".Length..]);
}
