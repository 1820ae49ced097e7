using System.Text.Json.Nodes;

namespace Slipway.Core.Expressions;

/// <summary>Values as JSON: whole numbers that a double cannot hold, times, durations and types are texts, bytes are base64, and what is missing is null.</summary>
public static class ValueJson
{
    private const long LargestExact = (1L << 53) - 1;

    public static JsonNode? Of(Value value) => value.Kind switch
    {
        ValueKind.Null => null,
        ValueKind.Bool => value.AsBool,
        ValueKind.Int when value.AsInt is >= -LargestExact and <= LargestExact => value.AsInt,
        ValueKind.Uint when value.AsUint <= LargestExact => value.AsUint,
        ValueKind.Double when double.IsFinite(value.AsDouble) => value.AsDouble,
        ValueKind.Bytes => Convert.ToBase64String(value.AsBytes.AsSpan()),
        ValueKind.List => new JsonArray([.. value.AsList.Items.Select(Of)]),
        ValueKind.Map => Map(value.AsMap),
        ValueKind.Optional => value.AsOptional is { } known ? Of(known) : null,
        ValueKind.Type => value.AsTypeName,
        _ => Text(value),
    };

    private static JsonObject Map(MapValue map)
    {
        var read = new JsonObject();
        foreach (var key in map.Keys)
        {
            read[Text(key)] = map.TryGet(key, out var value) ? Of(value) : null;
        }

        return read;
    }

    private static string Text(Value value) => Functions.Conversions.ToText(value) is { Kind: ValueKind.String } text ? text.AsText : value.ToString();
}
