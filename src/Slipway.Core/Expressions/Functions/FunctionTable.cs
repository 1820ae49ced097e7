namespace Slipway.Core.Expressions.Functions;

/// <summary>Every function with its forms. Operators and macros are not among them.</summary>
internal static class FunctionTable
{
    private static readonly ExpressionType AnyList = ExpressionType.List(ExpressionType.Dyn);
    private static readonly ExpressionType AnyMap = ExpressionType.Map(ExpressionType.Dyn, ExpressionType.Dyn);
    private static readonly ExpressionType Text = ExpressionType.String;
    private static readonly ExpressionType Int = ExpressionType.Int;
    private static readonly ExpressionType Bool = ExpressionType.Bool;

    private static readonly ILookup<(string Name, bool Method), Overload> Forms = All().ToLookup(o => (o.Name, o.Method));

    public static IEnumerable<string> Names => Forms.Select(f => f.Key.Name).Distinct();

    public static IReadOnlyList<Overload> Find(string name, bool method) => [.. Forms[(name, method)]];

    private static IEnumerable<Overload> All() => [.. Sizes(), .. OfTexts(), .. OfLists(), .. Converting(), .. OfTimes(), .. OfNumbers(), .. OfBits(), .. OfOptionals()];

    private static IEnumerable<Overload> Sizes()
    {
        foreach (var method in new[] { false, true })
        {
            yield return new("size", method, [Text], Int, (a, run) => run.Charge(a[0].AsText.Length / 10) ? Value.Of((long)Texts.Size(a[0].AsText)) : run.TooMuch());
            yield return new("size", method, [ExpressionType.Bytes], Int, (a, _) => Value.Of((long)a[0].AsBytes.Length));
            yield return new("size", method, [AnyList], Int, (a, _) => Value.Of((long)a[0].AsList.Count));
            yield return new("size", method, [AnyMap], Int, (a, _) => Value.Of((long)a[0].AsMap.Count));
        }
    }

    private static IEnumerable<Overload> OfTexts() =>
    [
        new("contains", true, [Text, Text], Bool, Searching((text, part) => Value.Of(text.Contains(part, StringComparison.Ordinal)))),
        new("startsWith", true, [Text, Text], Bool, Searching((text, part) => Value.Of(text.StartsWith(part, StringComparison.Ordinal)))),
        new("endsWith", true, [Text, Text], Bool, Searching((text, part) => Value.Of(text.EndsWith(part, StringComparison.Ordinal)))),
        new("matches", true, [Text, Text], Bool, (a, run) => Patterns.Matches(a[0].AsText, a[1].AsText, run)),
        new("matches", false, [Text, Text], Bool, (a, run) => Patterns.Matches(a[0].AsText, a[1].AsText, run)),
        new("charAt", true, [Text, Int], Text, Counting(a => Texts.CharAt(a[0].AsText, a[1].AsInt))),
        new("indexOf", true, [Text, Text], Int, Counting(a => Texts.IndexOf(a[0].AsText, a[1].AsText, 0))),
        new("indexOf", true, [Text, Text, Int], Int, Counting(a => Texts.IndexOf(a[0].AsText, a[1].AsText, a[2].AsInt))),
        new("lastIndexOf", true, [Text, Text], Int, Counting(a => Texts.LastIndexOf(a[0].AsText, a[1].AsText, null))),
        new("lastIndexOf", true, [Text, Text, Int], Int, Counting(a => Texts.LastIndexOf(a[0].AsText, a[1].AsText, a[2].AsInt))),
        new("substring", true, [Text, Int], Text, Counting(a => Texts.Substring(a[0].AsText, a[1].AsInt, null))),
        new("substring", true, [Text, Int, Int], Text, Counting(a => Texts.Substring(a[0].AsText, a[1].AsInt, a[2].AsInt))),
        new("lowerAscii", true, [Text], Text, Counting(a => Texts.Ascii(a[0].AsText, char.ToLowerInvariant))),
        new("upperAscii", true, [Text], Text, Counting(a => Texts.Ascii(a[0].AsText, char.ToUpperInvariant))),
        new("trim", true, [Text], Text, Counting(a => Value.Of(a[0].AsText.Trim()))),
        new("reverse", true, [Text], Text, Counting(a => Texts.Reverse(a[0].AsText))),
        new("replace", true, [Text, Text, Text], Text, (a, run) => Texts.Replace(a[0].AsText, a[1].AsText, a[2].AsText, -1, run)),
        new("replace", true, [Text, Text, Text, Int], Text, (a, run) => Texts.Replace(a[0].AsText, a[1].AsText, a[2].AsText, a[3].AsInt, run)),
        new("split", true, [Text, Text], ExpressionType.List(Text), (a, run) => Texts.Split(a[0].AsText, a[1].AsText, -1, run)),
        new("split", true, [Text, Text, Int], ExpressionType.List(Text), (a, run) => Texts.Split(a[0].AsText, a[1].AsText, a[2].AsInt, run)),
        new("format", true, [Text, AnyList], Text, (a, run) => Formats.Format(a[0].AsText, a[1].AsList, run)),
        new("strings.quote", false, [Text], Text, Counting(a => Value.Of(ValueText.Quote(a[0].AsText)))),
        new("join", true, [ExpressionType.List(Text)], Text, (a, run) => Texts.Join(a[0].AsList, "", run)),
        new("join", true, [ExpressionType.List(Text), Text], Text, (a, run) => Texts.Join(a[0].AsList, a[1].AsText, run)),
    ];

    private static IEnumerable<Overload> OfLists() =>
    [
        new("slice", true, [AnyList, Int, Int], null, Listing((a, _) => Lists.Slice(a[0].AsList, a[1].AsInt, a[2].AsInt))),
        new("flatten", true, [AnyList], AnyList, (a, run) => Lists.Flatten(a[0].AsList, run)),
        new("distinct", true, [AnyList], null, Listing((a, run) => Lists.Distinct(a[0].AsList, run))),
        new("sort", true, [AnyList], null, Listing((a, run) => Lists.Sort(a[0].AsList, run))),
        new("reverse", true, [AnyList], null, Listing((a, _) => Lists.Reverse(a[0].AsList))),
        new("lists.range", false, [Int], ExpressionType.List(Int), (a, run) => Lists.Range(a[0].AsInt, run)),
    ];

    private static IEnumerable<Overload> Converting()
    {
        IEnumerable<Overload> To(string name, ExpressionType result, Implementation convert, params ExpressionType[] from) => from.Select(f => new Overload(name, false, [f], result, convert));
        return
        [
            .. To("int", Int, (a, _) => Conversions.ToInt(a[0]), Int, ExpressionType.Uint, ExpressionType.Double, Text, ExpressionType.Timestamp),
            .. To("uint", ExpressionType.Uint, (a, _) => Conversions.ToUint(a[0]), ExpressionType.Uint, Int, ExpressionType.Double, Text),
            .. To("double", ExpressionType.Double, (a, _) => Conversions.ToDouble(a[0]), ExpressionType.Double, Int, ExpressionType.Uint, Text),
            .. To("bool", Bool, (a, _) => Conversions.ToBool(a[0]), Bool, Text),
            .. To("bytes", ExpressionType.Bytes, Counting(a => Conversions.ToBytes(a[0])), ExpressionType.Bytes, Text),
            .. To("string", Text, Counting(a => Conversions.ToText(a[0])), Text, Bool, Int, ExpressionType.Uint, ExpressionType.Double, ExpressionType.Bytes, ExpressionType.Timestamp, ExpressionType.Duration),
            .. To("timestamp", ExpressionType.Timestamp, (a, _) => a[0].Kind == ValueKind.String ? Times.Parse(a[0].AsText) : a[0].Kind == ValueKind.Int ? Times.Within(a[0].AsInt, 0) : a[0], ExpressionType.Timestamp, Text, Int),
            .. To("duration", ExpressionType.Duration, (a, _) => a[0].Kind == ValueKind.String ? Durations.Parse(a[0].AsText) : a[0], ExpressionType.Duration, Text),
        ];
    }

    private static IEnumerable<Overload> OfTimes()
    {
        (string Name, Func<DateTime, int> Part)[] parts =
        [
            ("getFullYear", t => t.Year), ("getMonth", t => t.Month - 1), ("getDate", t => t.Day), ("getDayOfMonth", t => t.Day - 1),
            ("getDayOfWeek", t => (int)t.DayOfWeek), ("getDayOfYear", t => t.DayOfYear - 1), ("getHours", t => t.Hour), ("getMinutes", t => t.Minute), ("getSeconds", t => t.Second),
        ];
        var time = ExpressionType.Timestamp;
        return
        [
            .. parts.Select(p => new Overload(p.Name, true, [time], Int, (a, _) => Times.Part(a[0], "UTC", p.Part))),
            .. parts.Select(p => new Overload(p.Name, true, [time, Text], Int, (a, _) => Times.Part(a[0], a[1].AsText, p.Part))),
            new("getMilliseconds", true, [time], Int, (a, _) => Value.Of(a[0].AsTimestamp.Nanoseconds / 1_000_000L)),
            new("getMilliseconds", true, [time, Text], Int, (a, _) => Times.Part(a[0], a[1].AsText, _ => 0) is { IsError: true } wrong ? wrong : Value.Of(a[0].AsTimestamp.Nanoseconds / 1_000_000L)),
            new("getHours", true, [ExpressionType.Duration], Int, (a, _) => Value.Of(a[0].AsDuration / (3600 * Durations.Second))),
            new("getMinutes", true, [ExpressionType.Duration], Int, (a, _) => Value.Of(a[0].AsDuration / (60 * Durations.Second))),
            new("getSeconds", true, [ExpressionType.Duration], Int, (a, _) => Value.Of(a[0].AsDuration / Durations.Second)),
            new("getMilliseconds", true, [ExpressionType.Duration], Int, (a, _) => Value.Of(a[0].AsDuration % Durations.Second / 1_000_000)),
        ];
    }

    private static IEnumerable<Overload> OfNumbers()
    {
        (string Name, Func<double, double> Of)[] rounding =
        [
            ("ceil", Math.Ceiling), ("floor", Math.Floor), ("round", x => Math.Round(x, MidpointRounding.AwayFromZero)), ("trunc", Math.Truncate),
        ];
        (string Name, Func<double, bool> Is)[] tests = [("isNaN", double.IsNaN), ("isInf", double.IsInfinity), ("isFinite", double.IsFinite)];
        ExpressionType[] numbers = [Int, ExpressionType.Uint, ExpressionType.Double];
        return
        [
            .. rounding.Select(r => new Overload("math." + r.Name, false, [ExpressionType.Double], ExpressionType.Double, (a, _) => Value.Of(r.Of(a[0].AsDouble)))),
            .. tests.Select(t => new Overload("math." + t.Name, false, [ExpressionType.Double], Bool, (a, _) => Value.Of(t.Is(a[0].AsDouble)))),
            .. numbers.Select(n => new Overload("math.abs", false, [n], n, (a, _) => Numbers.Absolute(a[0]))),
            .. numbers.Select(n => new Overload("math.sign", false, [n], n, (a, _) => Numbers.Sign(a[0]))),
            .. numbers.Select(n => new Overload("math.sqrt", false, [n], ExpressionType.Double, (a, _) => Value.Of(Math.Sqrt(Conversions.ToDouble(a[0]).AsDouble)))),
        ];
    }

    private static IEnumerable<Overload> OfOptionals()
    {
        var any = ExpressionType.Optional(ExpressionType.Dyn);
        var list = ExpressionType.List(any);
        static ExpressionType ElementOf(ExpressionType type) => type is ListType of ? of.Element : ExpressionType.Dyn;
        static ExpressionType ValueOf(ExpressionType type) => type is OptionalType of ? of.Element : ExpressionType.Dyn;
        return
        [
            new("optional.of", false, [ExpressionType.Dyn], null, (a, _) => Optionals.Of(a[0])) { Derive = ExpressionType.Optional },
            new("optional.ofNonZeroValue", false, [ExpressionType.Dyn], null, (a, _) => Optionals.OfNonZero(a[0])) { Derive = ExpressionType.Optional },
            new("optional.none", false, [], any, (_, _) => Optionals.None),
            new("optional.unwrap", false, [list], null, (a, run) => Optionals.Unwrap(a[0].AsList, run)) { Derive = t => ExpressionType.List(ValueOf(ElementOf(t))) },
            new("unwrapOpt", true, [list], null, (a, run) => Optionals.Unwrap(a[0].AsList, run)) { Derive = t => ExpressionType.List(ValueOf(ElementOf(t))) },
            new("hasValue", true, [any], Bool, (a, _) => Value.Of(a[0].AsOptional is not null)),
            new("value", true, [any], null, (a, _) => a[0].AsOptional ?? Value.Error("the optional value is missing")) { Derive = ValueOf },
            new("first", true, [AnyList], null, (a, _) => Optionals.First(a[0].AsList)) { Derive = t => ExpressionType.Optional(ElementOf(t)) },
            new("last", true, [AnyList], null, (a, _) => Optionals.Last(a[0].AsList)) { Derive = t => ExpressionType.Optional(ElementOf(t)) },
        ];
    }

    private static IEnumerable<Overload> OfBits()
    {
        foreach (var type in (ExpressionType[])[Int, ExpressionType.Uint])
        {
            yield return new("math.bitAnd", false, [type, type], type, (a, _) => Numbers.Bits(a[0], Numbers.BitsOf(a[0]) & Numbers.BitsOf(a[1])));
            yield return new("math.bitOr", false, [type, type], type, (a, _) => Numbers.Bits(a[0], Numbers.BitsOf(a[0]) | Numbers.BitsOf(a[1])));
            yield return new("math.bitXor", false, [type, type], type, (a, _) => Numbers.Bits(a[0], Numbers.BitsOf(a[0]) ^ Numbers.BitsOf(a[1])));
            yield return new("math.bitNot", false, [type], type, (a, _) => Numbers.Bits(a[0], ~Numbers.BitsOf(a[0])));
            yield return new("math.bitShiftLeft", false, [type, Int], type, (a, _) => Numbers.Shift(a[0], a[1].AsInt, left: true));
            yield return new("math.bitShiftRight", false, [type, Int], type, (a, _) => Numbers.Shift(a[0], a[1].AsInt, left: false));
        }
    }

    /// <summary>Paid for by the characters that are looked through.</summary>
    private static Implementation Searching(Func<string, string, Value> search) =>
        (a, run) => run.Charge((a[0].AsText.Length + a[1].AsText.Length) / 10) ? search(a[0].AsText, a[1].AsText) : run.TooMuch();

    private delegate Value Plain(ReadOnlySpan<Value> arguments);

    private static Implementation Counting(Plain count) => (a, run) => run.Charge(a[0].Kind switch
    {
        ValueKind.String => a[0].AsText.Length / 10,
        ValueKind.Bytes => a[0].AsBytes.Length / 10,
        _ => 0,
    }) ? count(a) : run.TooMuch();

    private static Implementation Listing(Implementation list) => (a, run) => run.Charge(a[0].AsList.Count) ? list(a, run) : run.TooMuch();
}
