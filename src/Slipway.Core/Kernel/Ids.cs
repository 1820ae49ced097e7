namespace Slipway.Core.Kernel;

/// <summary>Names a process: <c>kind/key</c>, such as <c>lane/storefront/prod</c> or <c>promotion/storefront-prod-3</c>.</summary>
public readonly record struct ProcessId(string Kind, string Key)
{
    public override string ToString() => $"{Kind}/{Key}";

    /// <exception cref="FormatException">The text has no kind or no key.</exception>
    public static ProcessId Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1
            ? new ProcessId(text[..slash], text[(slash + 1)..])
            : throw new FormatException($"'{text}' is not a process id (kind/key).");
    }
}

/// <summary>One service in one environment.</summary>
public readonly record struct LaneId(string Service, string Environment)
{
    public override string ToString() => $"{Service}/{Environment}";

    public ProcessId Process => new(LaneProcess, ToString());

    public const string LaneProcess = "lane";

    /// <exception cref="FormatException">The text is not <c>service/environment</c>.</exception>
    public static LaneId Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1
            ? new LaneId(text[..slash], text[(slash + 1)..])
            : throw new FormatException($"'{text}' is not a lane (service/environment).");
    }
}

/// <summary>
/// Who may say what a lane's targets should be: (installation generation, lane counter), compared lexicographically. Restoring a backup raises the generation, a
/// change of owner within the lane raises the counter. A write under an older token than the one stored is refused.
/// </summary>
public readonly record struct FencingToken(long Generation, long Counter) : IComparable<FencingToken>
{
    public int CompareTo(FencingToken other) => Generation != other.Generation ? Generation.CompareTo(other.Generation) : Counter.CompareTo(other.Counter);
    public static bool operator <(FencingToken left, FencingToken right) => left.CompareTo(right) < 0;
    public static bool operator >(FencingToken left, FencingToken right) => left.CompareTo(right) > 0;
    public static bool operator <=(FencingToken left, FencingToken right) => left.CompareTo(right) <= 0;
    public static bool operator >=(FencingToken left, FencingToken right) => left.CompareTo(right) >= 0;
    public override string ToString() => $"{Generation}.{Counter}";
}
