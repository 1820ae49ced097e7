namespace Slipway.Core.Expressions.Functions;

/// <summary>The types of values, by name and as values.</summary>
internal static class Kinds
{
    /// <summary>Types that are values themselves, by what they are called in expressions.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["bool", "bytes", "double", "int", "list", "map", "null_type", "optional_type", "string", "type", "uint", TimestampName, DurationName];

    private const string TimestampName = "google.protobuf.Timestamp";
    private const string DurationName = "google.protobuf.Duration";

    /// <summary>For messages.</summary>
    public static string Name(in Value value) => value.Kind switch
    {
        ValueKind.Timestamp => "timestamp",
        ValueKind.Duration => "duration",
        ValueKind.Null => "null",
        _ => TypeName(value),
    };

    public static Value TypeOf(in Value value) => Value.OfType(TypeName(value));

    private static string TypeName(in Value value) => value.Kind switch
    {
        ValueKind.Null => "null_type",
        ValueKind.Bool => "bool",
        ValueKind.Int => "int",
        ValueKind.Uint => "uint",
        ValueKind.Double => "double",
        ValueKind.String => "string",
        ValueKind.Bytes => "bytes",
        ValueKind.List => "list",
        ValueKind.Map => "map",
        ValueKind.Optional => "optional_type",
        ValueKind.Timestamp => TimestampName,
        ValueKind.Duration => DurationName,
        _ => "type",
    };
}
