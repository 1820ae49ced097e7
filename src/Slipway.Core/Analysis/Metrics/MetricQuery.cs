using System.Globalization;
using System.Text;
using Slipway.Core.Kernel;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>What is wrong with a query, found before anybody is asked. <see cref="Line"/> and <see cref="Column"/> count from 1.</summary>
public sealed record MetricQueryProblem(int Line, int Column, string Message, string? Suggestion)
{
    public override string ToString() => Suggestion is null ? $"{Line}:{Column}: {Message}" : $"{Line}:{Column}: {Message} ({Suggestion})";
}

/// <summary>A query, or everything that is wrong with its text in the order of the text; never both.</summary>
public sealed record MetricQueryReading(MetricQuery? Query, IReadOnlyList<MetricQueryProblem> Problems);

/// <summary>A query with its placeholders filled in; or, where that cannot be, why not.</summary>
public sealed record MetricQueryText(string? Text, string? Problem);

/// <summary>
/// A query with placeholders such as <c>{{version}}</c>. Each is escaped for the place that it stands in, which is found when the query is read, so that no
/// value can become anything but a part of a label's value, or of a part of an address.
/// </summary>
public sealed class MetricQuery
{
    /// <summary>What the asker gives values for.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["service", "environment", "version", "stableVersion", "versionSet", "stableVersionSet"];

    /// <summary>All placeholders: the arguments, and <c>step</c> (such as <c>30s</c>), <c>from</c> and <c>to</c> (seconds since 1970), which are known of every question.</summary>
    public static IReadOnlyList<string> Placeholders { get; } = [.. Arguments, "step", "from", "to"];

    private readonly IReadOnlyList<QueryPart> parts;
    private readonly bool isAddress;

    internal MetricQuery(MetricSourceKind kind, string text, IReadOnlyList<QueryPart> parts, bool isAddress)
    {
        this.isAddress = isAddress;
        Kind = kind;
        Text = text;
        this.parts = parts;
    }

    public MetricSourceKind Kind { get; }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The placeholders that it has.</summary>
    public IEnumerable<string> Used => parts.Where(p => p.Place != QueryPlace.None).Select(p => p.Text).Distinct();

    /// <summary>The placeholders that nothing is given for, each where it stands first.</summary>
    public IReadOnlyList<MetricQueryProblem> Without(IReadOnlyDictionary<string, string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return [.. parts.Where(p => p.Place != QueryPlace.None && Arguments.Contains(p.Text) && !arguments.ContainsKey(p.Text)).DistinctBy(p => p.Text)
            .Select(p => QueryReader.ProblemAt(Text, p.At, $"There is no value for {{{{{p.Text}}}}}.", null))];
    }

    /// <param name="text">PromQL for <see cref="MetricSourceKind.Prometheus"/>. For <see cref="MetricSourceKind.Http"/> further parameters of the source's address, such as <c>name=orders&amp;version={{version}}</c>; empty: none. For <see cref="MetricSourceKind.Exec"/> any text: it is in the command's environment as it is.</param>
    public static MetricQueryReading Read(MetricSourceKind kind, string text) => Read(kind, text, null);

    /// <param name="arguments">As <see cref="QueryReader"/> takes them.</param>
    internal static MetricQueryReading Read(MetricSourceKind kind, string text, IReadOnlyDictionary<string, bool>? arguments)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new QueryReader(text, arguments);
        if (text.Length > Limits.MetricQueryLength)
        {
            reader.Wrong(0, $"A query has at most {Limits.MetricQueryLength} characters, not {text.Length}.", null);
        }
        else if (kind == MetricSourceKind.Prometheus)
        {
            PromqlReader.Read(reader);
        }
        else if (kind == MetricSourceKind.Exec)
        {
            reader.ReadVariable();
        }
        else
        {
            AddressReader.ReadParameters(reader);
        }

        return reader.Done(kind);
    }

    /// <summary>Reads the address of a <see cref="MetricSourceKind.Http"/> source.</summary>
    public static MetricQueryReading ReadAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new QueryReader(text);
        AddressReader.ReadAddress(reader);
        return reader.Done(MetricSourceKind.Http, isAddress: true);
    }

    /// <param name="arguments">By the names in <see cref="Arguments"/>; those that the query does not use may be missing.</param>
    /// <param name="from">The beginning of the window; a step before <paramref name="to"/> where one moment is asked for.</param>
    public MetricQueryText Fill(IReadOnlyDictionary<string, string> arguments, TimeSpan step, DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var filled = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Place == QueryPlace.None)
            {
                filled.Append(part.Text);
                continue;
            }

            var value = part.Text switch { "step" => Duration(step), "from" => Seconds(from), "to" => Seconds(to), _ => arguments.GetValueOrDefault(part.Text) };
            if (value is null)
            {
                return new MetricQueryText(null, $"The {(isAddress ? "url" : "query")} speaks of {{{{{part.Text}}}}}, and there is no value for it here.");
            }

            if (Unfit(value) is { } unfit)
            {
                return new MetricQueryText(null, $"The value of {{{{{part.Text}}}}} {unfit}.");
            }

            filled.Append(QueryEscapes.Escape(value, part.Place));
        }

        var text = filled.ToString();
        return isAddress && AddressReader.Climbs(text)
            ? new MetricQueryText(null, "With its values filled in, the address has a part '.' or '..', which would lead to another address.")
            : new MetricQueryText(text, null);
    }

    /// <summary>The text with the arguments of a template of checks put in, each escaped for its place; other placeholders stay. What came in holds no placeholder, whatever it is.</summary>
    internal string FillArguments(IReadOnlyDictionary<string, string> values)
    {
        var filled = new StringBuilder();
        foreach (var part in parts)
        {
            filled.Append(part.Place == QueryPlace.None ? part.Text : values.TryGetValue(part.Text, out var value) ? QueryEscapes.EscapeForGood(value, part.Place) : $"{{{{{part.Text}}}}}");
        }

        return filled.ToString();
    }

    /// <summary>As both PromQL and people write it: <c>90s</c>, <c>500ms</c>.</summary>
    public static string Duration(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerSecond == 0 ? string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalSeconds}s") : string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalMilliseconds}ms");

    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public static string Seconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    private static string? Unfit(string value)
    {
        if (value.Length > Limits.MetricArgumentLength)
        {
            return $"has more than {Limits.MetricArgumentLength} characters";
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && !(i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1])))
            {
                return "is not valid Unicode";
            }

            i += char.IsHighSurrogate(value[i]) ? 1 : 0;
        }

        return null;
    }
}
