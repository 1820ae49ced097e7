using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Slipway.Agent.Jobs;

/// <summary>
/// An attempt's log: lines <c>&lt;unix ms&gt; &lt;step&gt; &lt;text&gt;</c>, in UTF-8, each ended by a newline. <c>step</c> is the index of the step that wrote the text, from 0. What the
/// agent itself says begins with <c>## </c>, under the index of the step that it is about, or under <c>-1</c> where it is about none (checkout, inputs, outputs, the attempt as a
/// whole). It is for people: a step can write such lines too. Times never go back. ANSI sequences are kept; bytes that are no UTF-8 are replaced. A line longer than
/// <see cref="AgentLimits.LogLineBytes"/> comes as several; behind the log's bound only the agent writes, within what is kept for it. Thread-safe.
/// </summary>
internal sealed class JobLog : IDisposable
{
    /// <summary>The index of what is about no step.</summary>
    public const int NoStep = -1;
    private const string OwnMark = "## ";
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly long _bound;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly WakeUp _changed = new();
    private long _last;
    private long _length;
    private bool _cut;
    private volatile bool _closed;
    private volatile IOException? _fault;

    /// <param name="path">Made when it is not there; else it goes on, behind what an agent wrote before that was killed.</param>
    /// <param name="bound">Bytes of the whole; <see cref="AgentLimits.LogOwnBytes"/> of it are kept for the agent.</param>
    public JobLog(string path, TimeProvider time, long bound = AgentLimits.LogBytes)
    {
        (_time, _bound, PathOfFile) = (time, bound, path);
        _file = new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, UnixCreateMode = AgentPaths.OwnerOnly });
        _length = _file.Seek(0, SeekOrigin.End);
        if (_length > 0 && !EndsWithNewline())
        {
            _file.Write("\n"u8);
            _length++;
        }
    }

    public string PathOfFile { get; }

    /// <summary>Whole lines only.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Nothing more will come.</summary>
    public bool IsClosed => _closed;

    /// <summary>Something could not be written; what came since is not in it.</summary>
    public IOException? Fault => _fault;

    /// <summary>Called once, when something could not be written.</summary>
    public Action? OnFault { get; set; }

    /// <summary>Something the agent has to say; each line by itself.</summary>
    public void Say(int step, string text)
    {
        lock (_lock)
        {
            foreach (var line in text.Split('\n'))
            {
                Add(step, Encoding.UTF8.GetBytes(OwnMark + line), own: true);
            }
            Flush();
        }
    }

    /// <summary>Takes what one try of a step writes.</summary>
    public StepOutput Of(int step) => new(this, step);

    public void Close()
    {
        _closed = true;
        _changed.Set();
    }

    /// <summary>Returns when there may be more, or after a while.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellation) => _changed.WaitAsync(longest, _time, cancellation);

    public void Dispose()
    {
        _file.Dispose();
        _changed.Dispose();
    }

    private bool EndsWithNewline()
    {
        _file.Seek(-1, SeekOrigin.End);
        return _file.ReadByte() == '\n';
    }

    private void Add(int step, ReadOnlySpan<byte> text, bool own = false)
    {
        if (_cut && !own)
        {
            return;
        }
        if (text.EndsWith("\r"u8))
        {
            text = text[..^1];
        }
        // Most lines are sound; the others are written anew with replacement characters.
        var sound = Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        var longest = sound.Length + 40;
        if (_length + _lines.WrittenCount + longest > _bound - (own ? 0 : AgentLimits.LogOwnBytes))
        {
            if (!own)
            {
                _cut = true;
                Add(step, Encoding.UTF8.GetBytes($"{OwnMark}the log has reached {(_bound >> 20).ToString(CultureInfo.InvariantCulture)} MiB: what is written from here on is left out"), own: true);
            }
            return;
        }
        _last = Math.Max(_last, _time.GetUtcNow().ToUnixTimeMilliseconds());
        var line = _lines.GetSpan(longest);
        _last.TryFormat(line, out var written, default, CultureInfo.InvariantCulture);
        line[written++] = (byte)' ';
        step.TryFormat(line[written..], out var more, default, CultureInfo.InvariantCulture);
        written += more;
        line[written++] = (byte)' ';
        sound.CopyTo(line[written..]);
        written += sound.Length;
        line[written++] = (byte)'\n';
        _lines.Advance(written);
    }

    private void Flush()
    {
        if (_lines.WrittenCount == 0)
        {
            return;
        }
        try
        {
            if (_fault is null)
            {
                _file.Write(_lines.WrittenSpan);
                Volatile.Write(ref _length, _length + _lines.WrittenCount);
            }
        }
        catch (IOException fault)
        {
            // Told by whoever runs the attempt: it must not end well without its log.
            _fault = fault;
            OnFault?.Invoke();
        }
        finally
        {
            _lines.ResetWrittenCount();
            _changed.Set();
        }
    }

    /// <summary>Cuts what a step writes into lines. Used by one writer at a time.</summary>
    internal sealed class StepOutput(JobLog log, int step)
    {
        private readonly byte[] _partial = new byte[AgentLimits.LogLineBytes];
        private int _count;
        private bool _continues;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            lock (log._lock)
            {
                if (log._cut)
                {
                    return;
                }
                while (!bytes.IsEmpty)
                {
                    var end = bytes.IndexOf((byte)'\n');
                    Take(end < 0 ? bytes : bytes[..end], ends: end >= 0);
                    bytes = end < 0 ? default : bytes[(end + 1)..];
                }
                log.Flush();
            }
        }

        /// <summary>What stands behind the last newline is a line too.</summary>
        public void End()
        {
            lock (log._lock)
            {
                if (_count > 0)
                {
                    Take([], ends: true);
                }
                log.Flush();
            }
        }

        private void Take(ReadOnlySpan<byte> piece, bool ends)
        {
            if (ends && _count == 0 && !_continues && piece.Length <= _partial.Length)
            {
                log.Add(step, piece);
                return;
            }
            while (!piece.IsEmpty)
            {
                var take = Math.Min(piece.Length, _partial.Length - _count);
                piece[..take].CopyTo(_partial.AsSpan(_count));
                _count += take;
                piece = piece[take..];
                if (_count == _partial.Length && (!piece.IsEmpty || !ends))
                {
                    Cut();
                }
            }
            if (ends)
            {
                // A line whose last part was just cut off has no empty one behind it.
                if (_count > 0 || !_continues)
                {
                    log.Add(step, _partial.AsSpan(0, _count));
                }
                (_count, _continues) = (0, false);
            }
        }

        // Between two characters, where the bytes are characters at all.
        private void Cut()
        {
            var at = _count;
            while (at > _count - 4 && (_partial[at - 1] & 0xC0) == 0x80)
            {
                at--;
            }
            at = at > _count - 4 && (_partial[at - 1] & 0xC0) == 0xC0 ? at - 1 : _count;
            log.Add(step, _partial.AsSpan(0, at));
            _partial.AsSpan(at, _count - at).CopyTo(_partial);
            (_count, _continues) = (_count - at, true);
        }
    }
}
