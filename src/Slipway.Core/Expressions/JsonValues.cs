using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Expressions.Functions;

namespace Slipway.Core.Expressions;

/// <summary>Reads JSON as the type that is declared for it, as it is asked for. What is not of that type is an error in its place.</summary>
internal static class JsonValues
{
    public static Value Read(JsonElement json, ExpressionType type)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return Value.Null;
        }

        return type switch
        {
            ListType list => json.ValueKind == JsonValueKind.Array ? Value.Of(new JsonList(json, list.Element)) : Not(json, type),
            MapType or ObjectType => json.ValueKind == JsonValueKind.Object ? Value.Of(new JsonMap(json, type)) : Not(json, type),
            _ => type.Kind switch
            {
                ValueKind.Error => ReadAny(json),
                ValueKind.Bool => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.Of(json.ValueKind == JsonValueKind.True) : Not(json, type),
                ValueKind.Int or ValueKind.Uint or ValueKind.Double => json.ValueKind == JsonValueKind.Number ? ReadNumber(json, type) : Not(json, type),
                ValueKind.Null => Not(json, type),
                _ => json.ValueKind == JsonValueKind.String ? ReadText(json, type) : Not(json, type),
            },
        };
    }

    /// <summary>An error for text that is not Unicode.</summary>
    public static Value Text(JsonElement json)
    {
        try
        {
            return Value.Of(json.GetString() ?? "");
        }
        catch (InvalidOperationException)
        {
            return Value.Error("a text in the JSON is not valid Unicode");
        }
    }

    public static Value Name(JsonProperty property)
    {
        try
        {
            return Value.Of(property.Name);
        }
        catch (InvalidOperationException)
        {
            return Value.Error("a name in the JSON is not valid Unicode");
        }
    }

    private static Value ReadAny(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => Value.True,
        JsonValueKind.False => Value.False,
        JsonValueKind.Number => Value.Of(json.GetDouble()),
        JsonValueKind.String => Text(json),
        JsonValueKind.Array => Value.Of(new JsonList(json, ExpressionType.Dyn)),
        JsonValueKind.Object => Value.Of(new JsonMap(json, ExpressionType.Dyn)),
        _ => Value.Error("there is no JSON here"),
    };

    private static Value ReadNumber(JsonElement json, ExpressionType type)
    {
        if (type.Kind == ValueKind.Double)
        {
            return Value.Of(json.GetDouble());
        }

        if (type.Kind == ValueKind.Int ? json.TryGetInt64(out var whole) : json.TryGetInt64(out whole) && whole >= 0)
        {
            return type.Kind == ValueKind.Int ? Value.Of(whole) : Value.Of((ulong)whole);
        }

        if (type.Kind == ValueKind.Uint && json.TryGetUInt64(out var large))
        {
            return Value.Of(large);
        }

        // 1.0 and 1e3 are whole numbers too.
        var number = json.GetDouble();
        var read = number == Math.Floor(number) ? type.Kind == ValueKind.Int ? Conversions.ToInt(Value.Of(number)) : Conversions.ToUint(Value.Of(number)) : Value.Error("");
        return read.IsError ? Not(json, type) : read;
    }

    private static Value ReadText(JsonElement json, ExpressionType type)
    {
        var text = Text(json);
        if (text.IsError)
        {
            return text;
        }

        return type.Kind switch
        {
            ValueKind.String => text,
            ValueKind.Timestamp => Times.Parse(text.AsText),
            ValueKind.Duration => Durations.Parse(text.AsText),
            ValueKind.Bytes => json.TryGetBytesFromBase64(out var bytes) ? Value.Of(ImmutableArray.Create(bytes)) : Value.Error("bytes in the JSON are not base64"),
            _ => Not(json, type),
        };
    }

    private static Value Not(JsonElement json, ExpressionType type)
    {
        var seen = json.ValueKind switch
        {
            JsonValueKind.Object => "a map",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => $"the number {(json.GetRawText() is { Length: <= 40 } raw ? raw : "…")}",
            JsonValueKind.Undefined => "nothing",
            _ => "true or false",
        };
        return Value.Error($"it is declared {type}, and the JSON holds {seen}");
    }
}

internal sealed class JsonList(JsonElement json, ExpressionType element) : ListValue
{
    public override int Count => json.GetArrayLength();

    public override IEnumerable<Value> Items => json.EnumerateArray().Select(item => JsonValues.Read(item, element));

    public override Value this[int index] => JsonValues.Read(json[index], element);
}

internal sealed class JsonMap(JsonElement json, ExpressionType type) : MapValue
{
    public override int Count => json.GetPropertyCount();

    public override IEnumerable<Value> Keys => json.EnumerateObject().Select(JsonValues.Name);

    /// <summary>Names are looked through one after the other.</summary>
    internal override int LookUpCost => 1 + (json.GetPropertyCount() / 10);

    public override bool TryGet(Value key, out Value value)
    {
        JsonElement found;
        try
        {
            if (key.Kind != ValueKind.String || !json.TryGetProperty(key.AsText, out found))
            {
                value = default;
                return false;
            }
        }
        catch (InvalidOperationException)
        {
            value = Value.Error("a name in the JSON is not valid Unicode");
            return true;
        }

        value = JsonValues.Read(found, type switch
        {
            MapType map => map.Value,
            ObjectType known => known.Fields.GetValueOrDefault(key.AsText, ExpressionType.Dyn),
            _ => ExpressionType.Dyn,
        });
        return true;
    }
}
