using Slipway.Client.Agents;

namespace Slipway.Server.Pipelines;

/// <summary>The logs of jobs' attempts as files, appended by agents: a piece that comes twice is written once. Who reads one that grows is woken.</summary>
internal sealed class JobLogs(ServerOptions options)
{
    /// <summary>More is not kept; the agent cuts before that and says so.</summary>
    public const long MostBytes = 80L * 1024 * 1024;

    // Those that somebody writes to or waits for just now.
    private readonly Dictionary<string, Use> uses = new(StringComparer.Ordinal);

    /// <summary>Appends at an offset. <c>Taken</c> is false when the log does not end there; nothing is written then.</summary>
    public async Task<(bool Taken, LogEnd End)> AppendAsync(string run, string job, int attempt, long offset, Stream bytes, CancellationToken cancel)
    {
        var path = FileOf(run, job, attempt);
        var use = Enter(path);
        try
        {
            await use.Turn.WaitAsync(cancel);
            try
            {
                return await AppendAsync(path, offset, bytes, cancel);
            }
            finally
            {
                use.Turn.Release();
                use.Tell();
            }
        }
        finally
        {
            Leave(path, use);
        }
    }

    /// <summary>For reading while it may grow; null: nothing has come yet.</summary>
    public FileStream? Open(string run, string job, int attempt)
    {
        var path = FileOf(run, job, attempt);
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
    }

    /// <summary>Returns when there is more than so many bytes, or after a while.</summary>
    public async Task WaitAsync(string run, string job, int attempt, long beyond, TimeSpan longest, TimeProvider time, CancellationToken cancel)
    {
        var path = FileOf(run, job, attempt);
        var use = Enter(path);
        try
        {
            // Taken before the look: what comes after it is told.
            var news = use.News;
            if (new FileInfo(path) is { Exists: true, Length: var length } && length > beyond)
            {
                return;
            }

            await Task.WhenAny(news, Task.Delay(longest, time, cancel));
            cancel.ThrowIfCancellationRequested();
        }
        finally
        {
            Leave(path, use);
        }
    }

    private static async Task<(bool Taken, LogEnd End)> AppendAsync(string path, long offset, Stream bytes, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.Read, Options = FileOptions.Asynchronous, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        var length = file.Length;
        if (length != offset)
        {
            return (false, new LogEnd(length, length >= MostBytes));
        }

        file.Position = offset;
        var buffer = new byte[64 * 1024];
        while (length < MostBytes && await bytes.ReadAsync(buffer, cancel) is var count and > 0)
        {
            count = (int)Math.Min(count, MostBytes - length);
            await file.WriteAsync(buffer.AsMemory(0, count), cancel);
            length += count;
        }

        return (true, new LogEnd(length, length >= MostBytes));
    }

    private Use Enter(string path)
    {
        lock (uses)
        {
            if (!uses.TryGetValue(path, out var use))
            {
                uses.Add(path, use = new Use());
            }

            use.Count++;
            return use;
        }
    }

    private void Leave(string path, Use use)
    {
        lock (uses)
        {
            if (--use.Count == 0)
            {
                uses.Remove(path);
                use.Turn.Dispose();
            }
        }
    }

    // Names are escaped, so that none of them is a path.
    private string FileOf(string run, string job, int attempt) =>
        Path.Combine(options.DataDirectory, "logs", "runs", Uri.EscapeDataString(run), $"{Uri.EscapeDataString(job)}.{attempt}.log");

    private sealed class Use
    {
        private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; set; }
        public SemaphoreSlim Turn { get; } = new(1);
        public Task News => Volatile.Read(ref news).Task;

        public void Tell() => Interlocked.Exchange(ref news, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
