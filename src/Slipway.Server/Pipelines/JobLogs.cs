using System.Text;
using System.Text.RegularExpressions;
using Slipway.Client.Agents;

namespace Slipway.Server.Pipelines;

/// <summary>The logs of jobs' attempts as files, appended by agents: a piece that comes twice is written once. Who reads one that grows is woken.</summary>
internal sealed partial class JobLogs(ServerOptions options)
{
    /// <summary>More is not kept; the agent cuts before that and says so.</summary>
    public const long MostBytes = 80L * 1024 * 1024;

    // What is told of a log's end.
    private const int TailBytes = 16 * 1024, LastLines = 5, LastCharacters = 500;

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
                return await WriteAsync(path, offset, bytes, MostBytes, cancel);
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

    /// <summary>Writes a last line of the server's own, for an attempt whose agent writes none; the same one twice is written once.</summary>
    public async Task EndAsync(string run, string job, int attempt, string text, DateTimeOffset at, CancellationToken cancel)
    {
        var path = FileOf(run, job, attempt);
        var use = Enter(path);
        try
        {
            await use.Turn.WaitAsync(cancel);
            try
            {
                // An attempt's line behind no step, marked as one that no step wrote.
                var said = $" -1 ## {text.ReplaceLineEndings(" ")}\n";
                var length = new FileInfo(path) is { Exists: true, Length: var bytes } ? bytes : 0;
                var tail = length == 0 ? "" : await TailAsync(path, Encoding.UTF8.GetByteCount(said), cancel);
                if (tail != said)
                {
                    // A line that was cut short stays one by itself.
                    var line = $"{(tail.Length == 0 || tail.EndsWith('\n') ? "" : "\n")}{at.ToUnixTimeMilliseconds()}{said}";
                    await WriteAsync(path, length, new MemoryStream(Encoding.UTF8.GetBytes(line)), long.MaxValue, cancel);
                }
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

    /// <summary>The last lines that the steps of an attempt wrote, in one; null: they wrote nothing.</summary>
    public async Task<string?> LastLinesAsync(string run, string job, int attempt, CancellationToken cancel)
    {
        var path = FileOf(run, job, attempt);
        if (!File.Exists(path))
        {
            return null;
        }

        // A line has a time and its step's number before the text; what begins with ## the agent said of the step. The first line of the tail may be cut.
        var lines = (await TailAsync(path, TailBytes, cancel)).Split('\n').Select(line => line.Split(' ', 3))
            .Where(part => part is [_, "0", var text] && !text.StartsWith("## ", StringComparison.Ordinal)).Select(part => Plain(part[2]));
        var last = string.Join(" / ", lines.Where(line => line.Length > 0).TakeLast(LastLines));
        return last.Length == 0 ? null : last.Length <= LastCharacters ? last : "…" + last[^LastCharacters..];
    }

    /// <summary>Without what a terminal takes for an order.</summary>
    private static string Plain(string line) => new string([.. ControlSequence().Replace(line, "").Select(c => char.IsControl(c) ? ' ' : c)]).Trim();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[ -/]*[@-~]", RegexOptions.NonBacktracking)]
    private static partial Regex ControlSequence();

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

    /// <summary>The last bytes of a file, as far as they are text.</summary>
    private static async Task<string> TailAsync(string path, int count, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Max(0, file.Length - count);
        var bytes = new byte[count];
        return Encoding.UTF8.GetString(bytes, 0, await file.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancel));
    }

    private static async Task<(bool Taken, LogEnd End)> WriteAsync(string path, long offset, Stream bytes, long most, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.Read, Options = FileOptions.Asynchronous, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        var length = file.Length;
        if (length != offset)
        {
            return (false, new LogEnd(length, length >= most));
        }

        file.Position = offset;
        var buffer = new byte[64 * 1024];
        while (length < most && await bytes.ReadAsync(buffer, cancel) is var count and > 0)
        {
            count = (int)Math.Min(count, most - length);
            await file.WriteAsync(buffer.AsMemory(0, count), cancel);
            length += count;
        }

        return (true, new LogEnd(length, length >= most));
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
