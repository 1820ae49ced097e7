namespace Slipway.Agent.Jobs;

/// <summary>The last bytes of a text of any length.</summary>
/// <param name="most">So many are kept, at least.</param>
internal sealed class OutputEnd(int most)
{
    private byte[] _kept = [];
    private int _count;
    private long _all;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _all += bytes.Length;
        if (_kept.Length == 0)
        {
            // Most outputs never come here.
            _kept = new byte[2 * most];
        }
        bytes = bytes.Length > _kept.Length ? bytes[^_kept.Length..] : bytes;
        if (_count + bytes.Length > _kept.Length)
        {
            var keep = Math.Min(_count, Math.Max(0, most - bytes.Length));
            _kept.AsSpan(_count - keep, keep).CopyTo(_kept);
            _count = keep;
        }
        bytes.CopyTo(_kept.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>The last lines that are there as a whole, or what there is of the last one, and how many bytes came before them. It is empty then.</summary>
    public (long Left, byte[] Last) Take()
    {
        var last = _kept.AsSpan(0, _count);
        if (last.Length > most)
        {
            last = last[^most..];
        }
        if (_all > last.Length && last.IndexOf((byte)'\n') is >= 0 and var first && first + 1 < last.Length)
        {
            last = last[(first + 1)..];
        }
        var taken = (_all - last.Length, last.ToArray());
        (_kept, _count, _all) = ([], 0, 0);
        return taken;
    }
}
