using System.Text;

namespace Slipway.Agent.Jobs;

/// <summary>
/// What an attempt's log must not show: the agent's token, and the lines that steps write to the file <c>$SLIPWAY_MASKS</c>. The file is the agent's own, made before the first step
/// and laid over its place in the sandbox, so that no step can put another file there. It is read whenever output has come: what a step wrote to it before it wrote the output
/// counts for that output. A value that has counted once counts to the attempt's end.
/// </summary>
internal sealed class JobMasks : IDisposable
{
    /// <summary>Where steps find the file.</summary>
    public const string PathInside = "/run/slipway/masks";

    /// <summary>A shorter value stands in too much that is none.</summary>
    public const int LeastCharacters = 4;
    private readonly byte[] _read = new byte[AgentLimits.MaskBytes + 1];
    private readonly byte[] _last = new byte[AgentLimits.MaskBytes + 1];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private Microsoft.Win32.SafeHandles.SafeFileHandle? _file;
    private int _count;
    private volatile MaskSet _set = MaskSet.None;

    public MaskSet Set => _set;

    /// <summary>There are more values than are looked for: nothing may be shown any more.</summary>
    public bool TooMany { get; private set; }

    /// <summary>Makes the file.</summary>
    public void Open(string path)
    {
        _file?.Dispose();
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Read | FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(_file, AgentPaths.OwnerOnly);
    }

    /// <summary>A value of the agent's own; null: there is none.</summary>
    public void Add(string? value)
    {
        if (value is { Length: >= LeastCharacters })
        {
            _set = _set.With([Encoding.UTF8.GetBytes(value)]);
        }
    }

    /// <summary>Takes what has been written to the file since.</summary>
    /// <param name="ended">The step has ended: a last line without a newline is one.</param>
    /// <returns>What a person should know of it; mostly nothing.</returns>
    public IReadOnlyList<string> Look(bool ended = false)
    {
        if (_file is null || TooMany)
        {
            return [];
        }
        var count = ReadFile();
        if (!ended && count == _count && _read.AsSpan(0, count).SequenceEqual(_last.AsSpan(0, count)))
        {
            return [];
        }
        _read.AsSpan(0, count).CopyTo(_last);
        _count = count;
        var notes = Take(_read.AsSpan(0, count), ended);
        if (count > AgentLimits.MaskBytes || _set.Bytes > AgentLimits.MaskBytes)
        {
            TooMany = true;
            return [.. notes, $"more than {AgentLimits.MaskBytes >> 10} KiB were written to $SLIPWAY_MASKS: not all of it could be masked, so nothing that steps write is shown from here on"];
        }
        return notes;
    }

    public void Dispose() => _file?.Dispose();

    private int ReadFile()
    {
        var count = 0;
        while (count < _read.Length && RandomAccess.Read(_file!, _read.AsSpan(count), count) is > 0 and var more)
        {
            count += more;
        }
        return count;
    }

    private List<string> Take(ReadOnlySpan<byte> text, bool ended)
    {
        var (values, notes) = (new List<byte[]>(), new List<string>());
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
            text = end < 0 ? default : text[(end + 1)..];
            var characters = Encoding.UTF8.GetCharCount(line);
            if (characters >= LeastCharacters)
            {
                values.Add(line.ToArray());
            }
            else if (characters > 0 && (end >= 0 || ended) && _refused.Add(Convert.ToHexString(line)))
            {
                notes.Add($"a line of {characters} {(characters == 1 ? "character" : "characters")} in $SLIPWAY_MASKS is not masked: with fewer than {LeastCharacters} it would stand in too much else");
            }
        }
        if (values.Count > 0)
        {
            _set = _set.With(values);
        }
        return notes;
    }
}
