namespace Slipway.Agent.Jobs;

/// <summary>
/// Passes a text on, however it comes in pieces, with <c>***</c> in the place of every stretch that values of a <see cref="MaskSet"/> cover; values that overlap or follow each
/// other are one stretch. Held back is only what may be the beginning of a value, which is nothing behind a newline. One text, one writer at a time.
/// </summary>
internal sealed class MaskedOutput(Action<ReadOnlySpan<byte>> to)
{
    // Of the bytes that are looked at, in order, none touching another: those that are covered.
    private readonly List<(int From, int To)> _covered = [];
    private MaskSet _set = MaskSet.None;
    private byte[] _work = [];
    private int _held;
    private int _state;
    private bool _afterMask;

    private static ReadOnlySpan<byte> Mask => "***"u8;

    /// <param name="set">As it is now; what came before was looked at with that of then.</param>
    public void Write(MaskSet set, ReadOnlySpan<byte> bytes)
    {
        if (set.IsEmpty || bytes.IsEmpty)
        {
            to(bytes);
            return;
        }
        var from = _held;
        if (set != _set)
        {
            // What is held is looked at anew. A stretch that began before it goes on.
            _covered.RemoveAll(stretch => stretch.From > 0 || !_afterMask);
            (_set, _state, from) = (set, 0, 0);
        }
        if (_held == 0)
        {
            Look(bytes, 0);
            return;
        }
        var count = _held + bytes.Length;
        if (_work.Length < count)
        {
            Array.Resize(ref _work, count);
        }
        bytes.CopyTo(_work.AsSpan(_held));
        Look(_work.AsSpan(0, count), from);
    }

    /// <summary>Nothing follows: what is held is no value.</summary>
    public void End()
    {
        Pass(_work.AsSpan(0, _held));
        (_held, _state, _afterMask) = (0, 0, false);
    }

    /// <summary>A whole text at once.</summary>
    public static byte[] Of(MaskSet set, byte[] text)
    {
        if (set.IsEmpty)
        {
            return text;
        }
        using var masked = new MemoryStream();
        var output = new MaskedOutput(masked.Write);
        output.Write(set, text);
        output.End();
        return masked.ToArray();
    }

    private void Look(ReadOnlySpan<byte> text, int from)
    {
        var (set, state) = (_set, _state);
        for (var at = from; at < text.Length; at++)
        {
            if (state == 0 && (at += set.Skip(text[at..])) == text.Length)
            {
                break;
            }
            state = set.Next(state, text[at]);
            if (set.Ends(state) is > 0 and var length)
            {
                Cover(at + 1 - length, at + 1);
            }
        }
        _state = state;
        var held = set.Pending(state);
        var sure = text.Length - held;
        Pass(text[..sure]);
        if (held > 0)
        {
            if (_work.Length < held)
            {
                _work = new byte[held];
            }
            text[sure..].CopyTo(_work);
        }
        _held = held;
    }

    private void Cover(int from, int to)
    {
        while (_covered.Count > 0 && _covered[^1].To >= from)
        {
            (from, to) = (Math.Min(from, _covered[^1].From), Math.Max(to, _covered[^1].To));
            _covered.RemoveAt(_covered.Count - 1);
        }
        _covered.Add((from, to));
    }

    /// <summary>What is sure goes; stretches that reach beyond it are kept for what follows.</summary>
    private void Pass(ReadOnlySpan<byte> sure)
    {
        if (_covered.Count == 0)
        {
            Plain(sure);
            return;
        }
        var at = 0;
        var rest = new List<(int From, int To)>();
        foreach (var (from, end) in _covered)
        {
            if (from < sure.Length)
            {
                Plain(sure[at..from]);
                if (!_afterMask)
                {
                    to(Mask);
                }
                (_afterMask, at) = (true, Math.Min(end, sure.Length));
            }
            if (end > sure.Length)
            {
                rest.Add((Math.Max(from, sure.Length) - sure.Length, end - sure.Length));
            }
        }
        Plain(sure[at..]);
        _covered.Clear();
        _covered.AddRange(rest);
    }

    private void Plain(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _afterMask = false;
            to(bytes);
        }
    }
}
