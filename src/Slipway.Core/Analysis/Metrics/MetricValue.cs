using System.Globalization;
using System.Text.Json;
using Slipway.Core.Expressions;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>
/// Takes numbers out of a JSON answer by an expression over <c>body</c>. One number: a number, true (1) or false (0), or a map
/// <c>{"value": NUMBER, "at": TIME}</c> of which <c>at</c> may be missing. A window: a list of such maps, each with its <c>at</c>.
/// A time is a timestamp, an RFC 3339 text, or seconds since 1970.
/// </summary>
public static class MetricValue
{
    private const double LatestSecond = 253_402_300_799;

    private static readonly ExpressionEnvironment Environment = new(new ExpressionVariable("body", ExpressionType.Dyn));

    /// <summary>What is taken where nothing is said: all of the answer.</summary>
    public static Expression Whole { get; } = Read("body").Expression!;

    public static ExpressionReading Read(string expression) => Environment.Read(expression);

    /// <param name="expression">Of <see cref="Read"/>.</param>
    /// <param name="asked">The moment that was asked for.</param>
    public static MetricReading One(Expression expression, JsonElement body, DateTimeOffset asked, TimeSpan step) =>
        Evaluate(expression, body, out var value) is { } wrong ? wrong
        : Point(value, out var number, out var at) is { } other ? other
        : MetricSoundness.One(number, at, asked, step);

    /// <param name="expression">Of <see cref="Read"/>.</param>
    public static MetricReading Many(Expression expression, JsonElement body, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        if (Evaluate(expression, body, out var value) is { } wrong)
        {
            return wrong;
        }

        if (value.Kind != ValueKind.List)
        {
            return value.Kind == ValueKind.Null ? Null() : new MetricReading.Wrong($"The expression gives {Words(value)}; for a window it must give a list of {{\"at\": TIME, \"value\": NUMBER}}.");
        }

        List<MetricPoint> points = [];
        foreach (var item in value.AsList.Items)
        {
            if (Point(item, out var number, out var at) is { } other)
            {
                return other is MetricReading.Wrong w ? new MetricReading.Wrong($"Item {points.Count} of the list: {w.Why}") : other;
            }

            if (at is null)
            {
                return new MetricReading.Wrong($"Item {points.Count} of the list has no time. Give it as \"at\", such as {{\"at\": p.time, \"value\": p.count}}.");
            }

            points.Add(new MetricPoint(at.Value, number));
        }

        return MetricSoundness.Many(points, from, to, step);
    }

    private static MetricReading.Wrong? Evaluate(Expression expression, JsonElement body, out Value value)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var result = expression.Evaluate(Environment.Inputs().With("body", body));
        value = result.Value;
        return result.Error is { } error ? new MetricReading.Wrong($"The expression cannot be evaluated on the answer, at {error}") : null;
    }

    private static MetricReading? Point(Value value, out double number, out DateTimeOffset? at)
    {
        (number, at) = (double.NaN, null);
        if (value.Kind == ValueKind.Map)
        {
            if (!value.AsMap.TryGet(Value.Of("value"), out var inner))
            {
                return new MetricReading.Wrong("The expression gives a map without the key \"value\". Say which of its fields the number is in, such as body.count.");
            }

            if (value.AsMap.TryGet(Value.Of("at"), out var time))
            {
                at = Moment(time);
                if (at is null)
                {
                    return new MetricReading.Wrong($"\"at\" is {Words(time)}; it must be a timestamp, an RFC 3339 text such as \"2026-03-01T12:00:00Z\", or seconds since 1970.");
                }
            }

            value = inner;
        }

        switch (value.Kind)
        {
            case ValueKind.Int:
                number = value.AsInt;
                return null;
            case ValueKind.Uint:
                number = value.AsUint;
                return null;
            case ValueKind.Double:
                number = value.AsDouble;
                return null;
            case ValueKind.Bool:
                number = value.AsBool ? 1 : 0;
                return null;
            case ValueKind.Null:
                return Null();
            default:
                return new MetricReading.Wrong($"The expression gives {Words(value)}; it must give a number, true or false, or {{\"value\": NUMBER}}.{(value.Kind == ValueKind.String ? " double(…) makes a number of a text." : "")}");
        }
    }

    private static MetricReading.None Null() => new("The expression gives null: there is no value.");

    private static DateTimeOffset? Moment(Value time)
    {
        switch (time.Kind)
        {
            case ValueKind.Timestamp:
                var (seconds, nanoseconds) = time.AsTimestamp;
                return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
            case ValueKind.String:
                var text = time.AsText;
                return text.Contains('T', StringComparison.Ordinal) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
                    && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) ? read.ToUniversalTime() : null;
            case ValueKind.Int:
                return Since1970(time.AsInt);
            case ValueKind.Uint:
                return Since1970(time.AsUint);
            case ValueKind.Double:
                return Since1970(time.AsDouble);
            default:
                return null;
        }
    }

    private static DateTimeOffset? Since1970(double seconds) => seconds is >= 0 and <= LatestSecond ? DateTimeOffset.UnixEpoch.AddTicks((long)(decimal.Round((decimal)seconds, 3) * TimeSpan.TicksPerSecond)) : null;

    private static string Words(Value value) => value.Kind switch
    {
        ValueKind.Null => "null",
        ValueKind.Bool => "true or false",
        ValueKind.Int or ValueKind.Uint or ValueKind.Double => $"the number {value}",
        ValueKind.String => $"the text {Cut(value.ToString())}",
        ValueKind.List => "a list",
        ValueKind.Map => "a map",
        ValueKind.Error => "an error",
        _ => $"a value of the type {value.Kind.ToString().ToLowerInvariant()}",
    };

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
