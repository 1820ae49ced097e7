using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Slipway.Agent.Jobs;

/// <summary>
/// An attempt's log: lines <c>&lt;unix ms&gt; &lt;step&gt; &lt;text&gt;</c>, in UTF-8, each ended by a newline. <c>step</c> is the index of the step that wrote the text, from 0. What the
/// agent itself says begins with <c>## </c>, under the index of the step that it is about, or under <c>-1</c> where it is about none (checkout, inputs, outputs, the attempt as a
/// whole). It is for people: a step can write such lines too. Times never go back. ANSI sequences are kept; bytes that are no UTF-8 are replaced. A line longer than
/// <see cref="AgentLimits.LogLineBytes"/> comes as several. What must not be shown (<see cref="JobMasks"/>) is <c>***</c>. Behind the log's bound only the agent writes, within what is
/// kept for it, and of each step that goes on the last lines. Thread-safe.
/// </summary>
internal sealed partial class JobLog : IDisposable
{
    /// <summary>The index of what is about no step.</summary>
    public const int NoStep = -1;
    private const string OwnMark = "## ";
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly long _bound;
    private readonly JobMasks? _masks;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly WakeUp _changed = new();
    private readonly byte[] _stamp = new byte[36];
    private int _stamped;
    private int _stampedStep;
    private long _last;
    private long _length;
    private bool _cut;
    private volatile bool _closed;
    private volatile IOException? _fault;

    /// <param name="path">Made when it is not there; else it goes on, behind what an agent wrote before that was killed.</param>
    /// <param name="masks">Null: nothing is masked.</param>
    /// <param name="bound">Bytes of the whole; <see cref="AgentLimits.LogOwnBytes"/> of it are kept for the agent, and <see cref="AgentLimits.LogEndBytes"/> for the ends of steps.</param>
    public JobLog(string path, TimeProvider time, JobMasks? masks = null, long bound = AgentLimits.LogBytes)
    {
        (_time, _masks, _bound, PathOfFile) = (time, masks, bound, path);
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
                Add(step, MaskedOutput.Of(Masks, Encoding.UTF8.GetBytes(OwnMark + line)), kept: 0);
            }
            Flush();
        }
    }

    /// <summary>A sentence as it may be told to others.</summary>
    public string Masked(string text) => Masks.IsEmpty ? text : Encoding.UTF8.GetString(MaskedOutput.Of(Masks, Encoding.UTF8.GetBytes(text)));

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

    /// <summary>What must not be shown, as it is known by now.</summary>
    public MaskSet Masks => _masks?.Set ?? MaskSet.None;

    /// <param name="kept">Bytes before the bound that this line must leave free for more important ones.</param>
    /// <returns>Whether there was room for it.</returns>
    private bool Add(int step, ReadOnlySpan<byte> text, int kept)
    {
        if (text.EndsWith("\r"u8))
        {
            text = text[..^1];
        }
        // Most lines are sound; the others are written anew with replacement characters.
        var sound = Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        var longest = sound.Length + 40;
        if (_length + _lines.WrittenCount + longest > _bound - kept)
        {
            return false;
        }
        var line = _lines.GetSpan(longest);
        var written = Stamp(step, line);
        sound.CopyTo(line[written..]);
        written += sound.Length;
        line[written++] = (byte)'\n';
        _lines.Advance(written);
        return true;
    }

    /// <summary>What is written at once has one time: to ask for it, and to write it in digits, for each line would cost more than all else.</summary>
    private int Stamp(int step, Span<byte> line)
    {
        if (_stamped == 0 || _stampedStep != step)
        {
            _last = Math.Max(_last, _time.GetUtcNow().ToUnixTimeMilliseconds());
            _last.TryFormat(_stamp, out _stamped, default, CultureInfo.InvariantCulture);
            _stamp[_stamped++] = (byte)' ';
            step.TryFormat(_stamp.AsSpan(_stamped), out var digits, default, CultureInfo.InvariantCulture);
            _stamped += digits;
            _stamp[_stamped++] = (byte)' ';
            _stampedStep = step;
        }
        _stamp.AsSpan(0, _stamped).CopyTo(line);
        return _stamped;
    }

    /// <summary>A line that a step wrote. From the first for which there is no room on, none is taken.</summary>
    private bool Take(int step, ReadOnlySpan<byte> text)
    {
        if (_cut || Add(step, text, AgentLimits.LogOwnBytes + AgentLimits.LogEndsBytes))
        {
            return !_cut;
        }
        _cut = true;
        Add(step, Encoding.UTF8.GetBytes($"{OwnMark}the log has reached {(_bound >> 20).ToString(CultureInfo.InvariantCulture)} MiB: of what is written from here on, the last lines of each step are kept"), kept: 0);
        return false;
    }

    private void Flush()
    {
        _stamped = 0;
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
}
