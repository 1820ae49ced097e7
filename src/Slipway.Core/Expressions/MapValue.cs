namespace Slipway.Core.Expressions;

/// <summary>A map. Values are made when they are asked for.</summary>
public abstract class MapValue
{
    public abstract int Count { get; }

    public abstract IEnumerable<Value> Keys { get; }

    /// <summary>What a look-up costs.</summary>
    internal virtual int LookUpCost => 1;

    /// <summary>False: there is no such key.</summary>
    public abstract bool TryGet(Value key, out Value value);
}

internal sealed class DictionaryMap : MapValue
{
    private readonly Dictionary<Value, Value> _entries = new(KeyComparer.Instance);

    // A key that was given twice; null: none was.
    private readonly Value? _repeated;

    public DictionaryMap(IEnumerable<(Value Key, Value Value)> entries)
    {
        foreach (var (key, value) in entries)
        {
            if (!_entries.TryAdd(key, value))
            {
                _repeated ??= key;
            }
        }
    }

    /// <summary>A map, or the error that a key was given twice.</summary>
    public static Value Make(IEnumerable<(Value Key, Value Value)> entries)
    {
        var map = new DictionaryMap(entries);
        return map._repeated is { } repeated ? Value.Error($"the key {repeated} is there twice") : Value.Of(map);
    }

    public override int Count => _entries.Count;

    public override IEnumerable<Value> Keys => _entries.Keys;

    public override bool TryGet(Value key, out Value value) => _entries.TryGetValue(key, out value);
}

/// <summary>Keys are equal as values are: 1, 1u and 1.0 are one key.</summary>
internal sealed class KeyComparer : IEqualityComparer<Value>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(Value x, Value y) => x.Kind == ValueKind.String && y.Kind == ValueKind.String ? x.AsText == y.AsText
        : x.Kind == ValueKind.Bool && y.Kind == ValueKind.Bool ? x.AsBool == y.AsBool
        : Functions.Numbers.Are(x, y) && Functions.Numbers.Compare(x, y) == 0;

    public int GetHashCode(Value obj) => obj.Kind switch
    {
        ValueKind.String => obj.AsText.GetHashCode(StringComparison.Ordinal),
        ValueKind.Int => ((double)obj.AsInt).GetHashCode(),
        ValueKind.Uint => ((double)obj.AsUint).GetHashCode(),
        ValueKind.Double => obj.AsDouble == 0 ? 0 : obj.AsDouble.GetHashCode(),
        ValueKind.Bool => obj.AsBool ? 1 : 2,
        _ => 0,
    };
}
