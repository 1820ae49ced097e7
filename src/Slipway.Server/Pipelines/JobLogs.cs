using System.Collections.Concurrent;
using Slipway.Client.Agents;

namespace Slipway.Server.Pipelines;

/// <summary>The logs of jobs' attempts as files, appended by agents: a piece that comes twice is written once.</summary>
internal sealed class JobLogs(ServerOptions options)
{
    /// <summary>More is not kept; the agent cuts before that and says so.</summary>
    public const long MostBytes = 80L * 1024 * 1024;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.Ordinal);

    /// <summary>Appends at an offset. <c>Taken</c> is false when the log does not end there; nothing is written then.</summary>
    public async Task<(bool Taken, LogEnd End)> AppendAsync(string run, string job, int attempt, long offset, Stream bytes, CancellationToken cancel)
    {
        var path = FileOf(run, job, attempt);
        var turn = turns.GetOrAdd(path, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.Read, Options = FileOptions.Asynchronous, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            if (file.Length != offset)
            {
                return (false, new LogEnd(file.Length, file.Length >= MostBytes));
            }

            file.Position = offset;
            var buffer = new byte[64 * 1024];
            while (file.Length < MostBytes && await bytes.ReadAsync(buffer, cancel) is var count and > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, (int)Math.Min(count, MostBytes - file.Length)), cancel);
            }

            await file.FlushAsync(cancel);
            return (true, new LogEnd(file.Length, file.Length >= MostBytes));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>For reading while it may grow; null: nothing has come yet.</summary>
    public FileStream? Open(string run, string job, int attempt)
    {
        var path = FileOf(run, job, attempt);
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
    }

    // Names are escaped, so that none of them is a path.
    private string FileOf(string run, string job, int attempt) =>
        Path.Combine(options.DataDirectory, "logs", "runs", Uri.EscapeDataString(run), $"{Uri.EscapeDataString(job)}.{attempt}.log");
}
