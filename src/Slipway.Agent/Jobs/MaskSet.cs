using System.Buffers;
using System.Collections.Frozen;

namespace Slipway.Agent.Jobs;

/// <summary>
/// Values that must not be shown, made ready to be found all at once (Aho and Corasick, "Efficient string matching", 1975): one step in a table for each byte of a text, however
/// many values there are. No value has a newline in it: a value of several lines is one of each line. Immutable.
/// </summary>
internal sealed class MaskSet
{
    private static readonly MaskSet Empty = new([]);

    // Bytes that stand in no value are one class, 0; the table has a column for each class.
    private readonly byte[] _classOf = new byte[256];
    private readonly int _classes;
    private readonly int[] _next;
    private readonly int[] _depth;
    private readonly int[] _ends;
    private readonly SearchValues<byte> _firsts;
    private readonly FrozenSet<string> _values;

    private MaskSet(IReadOnlyCollection<byte[]> values)
    {
        _values = values.Select(Convert.ToHexString).ToFrozenSet(StringComparer.Ordinal);
        _firsts = SearchValues.Create([.. values.Select(value => value[0]).Distinct()]);
        Bytes = values.Sum(value => value.Length);
        var classes = 1;
        foreach (var each in values.SelectMany(value => value).Where(each => _classOf[each] == 0))
        {
            _classOf[each] = _classOf[each] == 0 ? checked((byte)classes++) : _classOf[each];
        }
        _classes = classes;
        var states = 1 + Bytes;
        (_next, _depth, _ends) = (new int[states * classes], new int[states], new int[states]);
        var made = 1;
        foreach (var value in values)
        {
            var state = 0;
            foreach (var each in value)
            {
                ref var next = ref _next[(state * _classes) + _classOf[each]];
                if (next == 0)
                {
                    _depth[made] = _depth[state] + 1;
                    next = made++;
                }
                state = next;
            }
            _ends[state] = _depth[state];
        }
        Link(made);
    }

    public static MaskSet None => Empty;
    public bool IsEmpty => _values.Count == 0;

    /// <summary>Of all values together.</summary>
    public int Bytes { get; }

    /// <summary>With more values; the same one where all are known.</summary>
    /// <exception cref="ArgumentException">A value is empty or has a newline in it.</exception>
    public MaskSet With(IEnumerable<byte[]> values)
    {
        var more = values.Where(value => !_values.Contains(Convert.ToHexString(value))).ToList();
        return more.Exists(value => value.Length == 0 || value.Contains((byte)'\n')) ? throw new ArgumentException("A value is empty or has several lines.", nameof(values))
            : more.Count == 0 ? this
            : new([.. _values.Select(Convert.FromHexString), .. more.DistinctBy(Convert.ToHexString)]);
    }

    /// <summary>The state after one more byte. 0: nothing begins here.</summary>
    public int Next(int state, byte each) => _next[(state * _classes) + _classOf[each]];

    /// <summary>How many bytes at a text's beginning no value begins with.</summary>
    public int Skip(ReadOnlySpan<byte> text) => text.IndexOfAny(_firsts) is >= 0 and var at ? at : text.Length;

    /// <summary>So many of the last bytes may be the beginning of a value.</summary>
    public int Pending(int state) => _depth[state];

    /// <summary>The length of the longest value that ends here; 0: none does.</summary>
    public int Ends(int state) => _ends[state];

    /// <summary>Where no value goes on, the search goes on with the longest beginning of one that has been read.</summary>
    private void Link(int states)
    {
        var falls = new int[states];
        var queue = new Queue<int>([0]);
        while (queue.TryDequeue(out var state))
        {
            for (var each = 0; each < _classes; each++)
            {
                ref var next = ref _next[(state * _classes) + each];
                var otherwise = state == 0 ? 0 : _next[(falls[state] * _classes) + each];
                if (next == 0)
                {
                    next = otherwise;
                    continue;
                }
                falls[next] = otherwise;
                _ends[next] = _ends[next] > 0 ? _ends[next] : _ends[otherwise];
                queue.Enqueue(next);
            }
        }
    }
}
