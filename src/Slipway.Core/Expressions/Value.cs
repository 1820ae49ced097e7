using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Expressions;

public enum ValueKind : byte
{
    /// <summary>No value: an evaluation that went wrong.</summary>
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    List,
    Map,
    Timestamp,
    Duration,
    Type,

    /// <summary>A value that may be missing.</summary>
    Optional,
}

/// <summary>What went wrong, and the character of the expression where it did; negative until the step that failed is known.</summary>
internal sealed record Failure(int Offset, string Message);

/// <summary>A value of an expression, or the error that stands in its place. Numbers and times need no memory of their own.</summary>
public readonly struct Value
{
    public static readonly Value Null = new(ValueKind.Null, 0, 0, null);
    internal static readonly Value True = new(ValueKind.Bool, 1, 0, null);
    internal static readonly Value False = new(ValueKind.Bool, 0, 0, null);

    private readonly object? _reference;
    private readonly long _bits;
    private readonly int _nanoseconds;

    private Value(ValueKind kind, long bits, int nanoseconds, object? reference)
    {
        Kind = kind;
        _bits = bits;
        _nanoseconds = nanoseconds;
        _reference = reference;
    }

    public ValueKind Kind { get; }

    internal bool IsError => Kind == ValueKind.Error;

    internal bool IsTrue => Kind == ValueKind.Bool && _bits != 0;

    internal bool IsFalse => Kind == ValueKind.Bool && _bits == 0;

    public bool AsBool => Of(ValueKind.Bool)._bits != 0;

    public long AsInt => Of(ValueKind.Int)._bits;

    public ulong AsUint => (ulong)Of(ValueKind.Uint)._bits;

    public double AsDouble => BitConverter.Int64BitsToDouble(Of(ValueKind.Double)._bits);

    public string AsText => (string)Of(ValueKind.String)._reference!;

    public ImmutableArray<byte> AsBytes => (ImmutableArray<byte>)Of(ValueKind.Bytes)._reference!;

    public ListValue AsList => (ListValue)Of(ValueKind.List)._reference!;

    public MapValue AsMap => (MapValue)Of(ValueKind.Map)._reference!;

    /// <summary>In nanoseconds.</summary>
    public long AsDuration => Of(ValueKind.Duration)._bits;

    /// <summary>Seconds since 1970 and nanoseconds of the second.</summary>
    public (long Seconds, int Nanoseconds) AsTimestamp => (Of(ValueKind.Timestamp)._bits, _nanoseconds);

    /// <summary>The name of the type that this value is.</summary>
    public string AsTypeName => (string)Of(ValueKind.Type)._reference!;

    /// <summary>Null: it is missing.</summary>
    public Value? AsOptional => Of(ValueKind.Optional)._reference is Value value ? value : null;

    internal Failure? Failure => (Failure?)Of(ValueKind.Error)._reference;

    public static Value Of(bool value) => value ? True : False;

    public static Value Of(long value) => new(ValueKind.Int, value, 0, null);

    public static Value Of(ulong value) => new(ValueKind.Uint, (long)value, 0, null);

    public static Value Of(double value) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(value), 0, null);

    public static Value Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(ValueKind.String, 0, 0, value);
    }

    public static Value Of(ImmutableArray<byte> value) => new(ValueKind.Bytes, 0, 0, value);

    public static Value Of(DateTimeOffset value)
    {
        var ticks = value.UtcTicks - DateTime.UnixEpoch.Ticks;
        var seconds = (ticks - (((ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond) % TimeSpan.TicksPerSecond)) / TimeSpan.TicksPerSecond;
        return Timestamp(seconds, (int)(ticks - (seconds * TimeSpan.TicksPerSecond)) * 100);
    }

    /// <summary>An error where nanoseconds cannot count it: beyond some 290 years.</summary>
    public static Value Of(TimeSpan value) =>
        value.Ticks is > long.MaxValue / 100 or < long.MinValue / 100 ? Error("a duration is beyond what one can be") : Duration(value.Ticks * 100);

    public static Value Of(ListValue value) => new(ValueKind.List, 0, 0, value);

    public static Value Of(MapValue value) => new(ValueKind.Map, 0, 0, value);

    public static Value Of(params IReadOnlyList<Value> items) => Of(new ArrayList([.. items]));

    public static Value Of(IReadOnlyDictionary<string, Value> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return Of(new DictionaryMap([.. fields.Select(f => (Of(f.Key), f.Value))]));
    }

    /// <summary>JSON as it is, nothing copied: numbers are doubles, and the document must live as long as the value.</summary>
    public static Value Of(JsonElement json) => JsonValues.Read(json, ExpressionType.Dyn);

    internal static Value Duration(long nanoseconds) => new(ValueKind.Duration, nanoseconds, 0, null);

    internal static Value Timestamp(long seconds, int nanoseconds) => new(ValueKind.Timestamp, seconds, nanoseconds, null);

    /// <param name="value">Null: it is missing.</param>
    internal static Value Optional(Value? value) => new(ValueKind.Optional, 0, 0, value);

    internal static Value OfType(string name) => new(ValueKind.Type, 0, 0, name);

    /// <summary>The step that gives it says where it is.</summary>
    internal static Value Error(string message) => new(ValueKind.Error, 0, 0, new Failure(-1, message));

    /// <summary>An error that has no place gets this one; all else stays.</summary>
    internal Value At(int offset) => IsError && Failure is { Offset: < 0 } failure ? new(ValueKind.Error, 0, 0, failure with { Offset = offset }) : this;

    /// <summary>As it would be written in an expression; an error in words.</summary>
    public override string ToString() => ValueText.Of(this);

    private Value Of(ValueKind kind) => Kind == kind ? this : throw new InvalidOperationException($"The value is of kind {Kind}, not {kind}.");
}
