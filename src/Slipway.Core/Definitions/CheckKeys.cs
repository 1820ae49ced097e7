using Slipway.Core.Analysis.MannWhitney;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Definitions;

/// <summary>The items of <c>checks</c>: what may stand there, what holds between the keys, and how they are read.</summary>
internal static class CheckKeys
{
    public static readonly string[] BuiltIn = ["errors", "latency"];
    private const string AboutQuery = "PromQL; of an http source further parameters of its url; of a command what it has as QUERY. May be left out where the source needs none.";
    private static readonly string[] Kinds = ["counts", "threshold", "mannWhitney"];

    private static readonly Key
        Source = new("source", new TextShape(Limits.MetricSourceName), "A metric source that platform.yaml declares.", Required: true),
        Value = new("value", new ExpressionShape(text => MetricValue.Read(text).Problems), "How the number is taken out of a JSON answer, over body. Default: the answer is the number.");

    /// <summary>One of the numbers that counts asks for.</summary>
    public static readonly MapShape Part = new(
        new("query", Query, AboutQuery),
        Value);

    private static readonly MapShape Counts = new(
        Source,
        new("bad", new EitherShape(Query, Part), "How many bad units there were in the last {{step}}; asked for each version as {{version}}. A query, or query and value.", Required: true),
        new("total", new EitherShape(Query, Part), "How many units there were in the last {{step}}; likewise.", Required: true),
        Value with { About = "How the number is taken out of a JSON answer, over body, where bad or total does not say so itself. Default: the answer is the number." },
        new("step", Keys.Span("1s", "1h"), "How long a bin is, and how often it is asked. Default 10s."));

    private static readonly MapShape Threshold = new(
        Source,
        new("query", Query, "What is measured. " + AboutQuery),
        Value,
        new("pass", Condition, "A measurement for which this holds passed: an expression over value, values and stable (the same for the stable version)."),
        new("fail", Condition, "A measurement for which this holds failed. With one of pass and fail alone, the other is its contrary; with both, what is neither is inconclusive."),
        new("interval", Keys.Span("1s", "1d"), "Between two measurements. Default 30s."),
        new("initialDelay", Keys.Span("0s", "1d"), "Before the first one. Default 0s."),
        new("count", new WholeShape(1, 10_000), "Measured so often, then no more. Default: as long as the analysis lasts."),
        new("failureLimit", new WholeShape(0, 10_000), "More failed measurements than this fail the check. Default 0."),
        new("inconclusiveLimit", new WholeShape(0, 10_000), "More inconclusive ones than this make it inconclusive for good. Default 0."),
        new("consecutiveErrorLimit", new WholeShape(0, 10_000), "More errors of the source in a row than this do so too. Default 4."),
        new("range", Keys.Span("1s", "30d"), "The window that values speaks of. Default: values has the one value."),
        new("step", Keys.Span("1s", "1h"), "Between two values of the window. Default 15s."));

    private static readonly MapShape Ranks = new(
        Source,
        new("metrics", new ListShape(
            new MapShape(
                new("name", new TextShape(60), "Unique in the list.", Required: true),
                new("query", Query, "Asked for each version as {{version}}, with a value for every step. " + AboutQuery),
                Value,
                new("direction", new ChoiceShape("direction", ["either", "increase", "decrease"]), "Which difference is a bad one. Default either."),
                new("nanStrategy", new ChoiceShape("strategy", ["remove", "replace"]), "A missing value is left out, or is 0. Default remove."),
                new("group", new TextShape(60), "Default all."),
                new("critical", new YesNoShape(), "If it does not pass, the score is 0. Default false."),
                new("mustHaveData", new YesNoShape(), "Without data it fails. Default false.")),
            50, 1), "What is compared.", Required: true),
        new("interval", Keys.Span("30s", "1d"), "How often all values since the beginning are compared. Default 5m."),
        new("step", Keys.Span("1s", "1h"), "Between two values. Default 1m."),
        new("confidence", new ShareShape(1, AboveZero: true), "Default 98%."),
        new("tolerance", new ShareShape(1), "A difference smaller than this part of it counts for nothing. Default 25%."),
        new("pass", new WholeShape(0, 100), "The least score that passes. Default 95."),
        new("marginal", new WholeShape(0, 100), "The least score that is inconclusive and no failure. Default 75."),
        new("groups", new TableShape(new WholeShape(1, 100), _ => null, 20), "Percent of the score by group. Default: all share alike."));

    /// <summary>A check by a template of the platform.</summary>
    public static readonly MapShape Use = new(
        new("uses", new NameShape(Limits.MetricSourceName), "A template of checks of the platform.", Required: true),
        new("with", new TableShape(new ArgumentShape(), _ => null, Limits.CheckArguments), "Its arguments. Default: their defaults."),
        new("name", new TextShape(60), "Default: the template's."),
        new("dryRun", new YesNoShape(), "Judged and shown, and of no consequence. Default false."));

    public static readonly MapShape Check = new(
        new("name", new TextShape(60), "errors, latency, or a name for what counts, threshold or mannWhitney says.", Required: true),
        new("acceptable", new ShareShape(1), "The check also passes when the new version's own bad rate is surely below this."),
        new("detectable", new ShareShape(100, AboveZero: true), "The check passes when a worsening by this share would have been seen. Default 100%."),
        new("minRequests", new WholeShape(0, 1_000_000_000), "It does not pass before the new version has had so many. Default 0."),
        new("dryRun", new YesNoShape(), "Judged and shown, and of no consequence. Default false."),
        new("counts", Counts, "Good and bad units of both versions, from a metric source."),
        new("threshold", Threshold, "A condition on a number that is measured again and again."),
        new("mannWhitney", Ranks, "Metrics of both versions compared by ranks, as Kayenta does."));

    public static readonly ListShape Checks = new(new EitherShape(new ChoiceShape("check", BuiltIn), new CheckOrUseShape(Check, Use)), 20, 1);

    private static Shape Query => new TextShape(Limits.MetricQueryLength, Empty: "Leave it out where the source needs none.");

    private static Shape Condition => new ExpressionShape(text => ThresholdCheck.Read(text).Problems);

    /// <summary>What must hold between the keys of each.</summary>
    /// <param name="platform">Where it is known, sources and queries are checked too.</param>
    public static void CheckAll(MapNode rollout, PlatformDefinition? platform, Findings findings)
    {
        foreach (var check in rollout.List("checks").OfType<MapNode>())
        {
            CheckOne(check, platform, findings);
        }
    }

    public static IReadOnlyList<CheckSpec> Read(Node? checks) => checks is ListNode list
        ? [.. list.Items.Select(item => item is MapNode map ? ReadOne(map) : new CheckSpec { Kind = Values.Choice<CheckKind>(item)!.Value })]
        : [new CheckSpec { Kind = CheckKind.Errors }, new CheckSpec { Kind = CheckKind.Latency }];

    /// <summary>What must hold between the keys of one.</summary>
    public static void CheckOne(MapNode check, PlatformDefinition? platform, Findings findings)
    {
        string[] kinds = [.. Kinds.Where(k => check[k] is not null || check.HasMisspelt(k, Check.Allowed))];
        if (check["name"] is not { } name || Values.Text(name) is not { } given)
        {
            return;
        }

        if (BuiltIn.Contains(given) && kinds.Length > 0)
        {
            findings.Add(name, $"'{given}' is what the routers count; it has no {kinds[0]}.", "Give the check another name.");
        }
        else if (!BuiltIn.Contains(given) && kinds.Length == 0)
        {
            findings.Add(name, $"Unknown check '{given}'.", NearWords.Nearest(given, BuiltIn) is { } near ? $"Did you mean '{near}'?" : $"Say with one of {string.Join(", ", Kinds)} where its numbers come from.");
        }
        else if (kinds.Length > 1)
        {
            findings.Add(check.Find(kinds[1])?.Key ?? check as Node, $"A check is of one kind; this has {string.Join(" and ", kinds)}.", "Make each a check of its own.");
        }

        if (check.Map("threshold") is { } threshold && threshold["pass"] is null && threshold["fail"] is null && !threshold.HasMisspelt("pass", Threshold.Allowed) && !threshold.HasMisspelt("fail", Threshold.Allowed))
        {
            findings.Add(threshold, "A threshold must say when a measurement passes or fails.", "Write it like pass: value < 100.");
        }

        if (check.Map("counts") is { } counts)
        {
            CheckCounts(counts, findings);
        }

        if (check.Map("mannWhitney") is { } ranks)
        {
            CheckRanks(ranks, findings);
        }

        foreach (var kind in kinds)
        {
            if (check.Map(kind) is { } asked)
            {
                CheckQueries.Check(kind, asked, platform, findings);
            }
        }
    }

    /// <summary>One number for both would make every unit a bad one.</summary>
    private static void CheckCounts(MapNode counts, Findings findings)
    {
        if (counts.Find("total") is { Value: Scalar { IsEmpty: false } or MapNode } total && counts["bad"] is Scalar { IsEmpty: false } or MapNode
            && !counts.Entries.Any(e => e.Key.Text is "bad" or "total" && e.Value is MapNode part && part.Entries.Any(known => !Part.Allowed.Contains(known.Key.Text)))
            && ReadPart(counts, "bad") == ReadPart(counts, "total"))
        {
            findings.Add(total.Key, "bad and total are the same number.", "Ask for each: a query of its own, or { query, value }, such as bad: { value: body.failed }.");
        }
    }

    private static void CheckRanks(MapNode ranks, Findings findings)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var name in ranks.List("metrics").OfType<MapNode>().Select(m => m["name"]).OfType<Scalar>().Where(n => !seen.Add(n.Text)))
        {
            findings.Add(name, $"{name.Kind} is twice in metrics.", "Give it another name.");
        }

        if (Values.Whole(ranks["pass"]) is var pass && Values.Whole(ranks["marginal"]) is { } marginal && marginal > (pass ?? 95))
        {
            findings.Add(ranks["marginal"]!, $"marginal must not be above pass ({pass ?? 95}).");
        }

        foreach (var group in (ranks.Map("groups")?.Entries ?? []).Select(e => e.Key).Where(g => !ranks.List("metrics").OfType<MapNode>().Any(m => (Values.Text(m["group"]) ?? "all") == g.Text)))
        {
            findings.Add(group, $"No metric is in the group '{group.Text}'.");
        }
    }

    private static CheckSpec ReadOne(MapNode check)
    {
        var name = Values.Text(check["name"])!;
        var builtIn = BuiltIn.Contains(name);
        var (counts, threshold, ranks) = (check.Map("counts"), check.Map("threshold"), check.Map("mannWhitney"));
        return new CheckSpec
        {
            Kind = builtIn ? Values.Choice<CheckKind>(check["name"])!.Value : counts is not null ? CheckKind.Counts : threshold is not null ? CheckKind.Threshold : CheckKind.MannWhitney,
            Name = builtIn ? null : name,
            Acceptable = Values.Share(check["acceptable"]),
            Detectable = Values.Share(check["detectable"]) ?? 1,
            MinRequests = Values.Whole(check["minRequests"]) ?? 0,
            DryRun = Values.YesNo(check["dryRun"]) ?? false,
            Counts = counts is null ? null : ReadCounts(counts),
            Threshold = threshold is null ? null : ReadThreshold(threshold),
            Ranks = ranks is null ? null : ReadRanks(ranks),
        };
    }

    private static CountsSpec ReadCounts(MapNode counts)
    {
        var (bad, total) = (ReadPart(counts, "bad"), ReadPart(counts, "total"));
        return new CountsSpec(Values.Text(counts["source"])!, bad.Query, total.Query, bad.Value == total.Value ? bad.Value : null, Values.Span(counts["step"]) ?? TimeSpan.FromSeconds(10))
        {
            BadValue = bad.Value == total.Value ? null : bad.Value,
            TotalValue = bad.Value == total.Value ? null : total.Value,
        };
    }

    private static (string Query, string? Value) ReadPart(MapNode counts, string key) => counts[key] is MapNode part
        ? (Values.Text(part["query"]) ?? "", Values.Text(part["value"]) ?? Values.Text(counts["value"]))
        : (Values.Text(counts[key])!, Values.Text(counts["value"]));

    private static ThresholdSpec ReadThreshold(MapNode threshold)
    {
        var defaults = new ThresholdSpec { Source = "", Query = "" };
        return new ThresholdSpec
        {
            Source = Values.Text(threshold["source"])!,
            Query = Values.Text(threshold["query"]) ?? "",
            Value = Values.Text(threshold["value"]),
            Pass = Values.Text(threshold["pass"]),
            Fail = Values.Text(threshold["fail"]),
            Interval = Values.Span(threshold["interval"]) ?? defaults.Interval,
            InitialDelay = Values.Span(threshold["initialDelay"]) ?? defaults.InitialDelay,
            Count = Values.Whole(threshold["count"]),
            FailureLimit = Values.Whole(threshold["failureLimit"]) ?? defaults.FailureLimit,
            InconclusiveLimit = Values.Whole(threshold["inconclusiveLimit"]) ?? defaults.InconclusiveLimit,
            ConsecutiveErrorLimit = Values.Whole(threshold["consecutiveErrorLimit"]) ?? defaults.ConsecutiveErrorLimit,
            Range = Values.Span(threshold["range"]),
            Step = Values.Span(threshold["step"]) ?? defaults.Step,
        };
    }

    private static RankSpec ReadRanks(MapNode ranks)
    {
        var defaults = new RankSpec { Source = "", Metrics = [] };
        return new RankSpec
        {
            Source = Values.Text(ranks["source"])!,
            Metrics = [.. ranks.List("metrics").Cast<MapNode>().Select(metric => new RankedMetric
            {
                Name = Values.Text(metric["name"])!,
                Query = Values.Text(metric["query"]) ?? "",
                Value = Values.Text(metric["value"]),
                Direction = Values.Choice<MetricDirection>(metric["direction"]) ?? MetricDirection.Either,
                NanStrategy = Values.Choice<NanStrategy>(metric["nanStrategy"]) ?? NanStrategy.Remove,
                Group = Values.Text(metric["group"]) ?? "all",
                Critical = Values.YesNo(metric["critical"]) ?? false,
                MustHaveData = Values.YesNo(metric["mustHaveData"]) ?? false,
            })],
            Interval = Values.Span(ranks["interval"]) ?? defaults.Interval,
            Step = Values.Span(ranks["step"]) ?? defaults.Step,
            Confidence = Values.Share(ranks["confidence"]) ?? defaults.Confidence,
            Tolerance = Values.Share(ranks["tolerance"]) ?? defaults.Tolerance,
            Pass = Values.Whole(ranks["pass"]) ?? defaults.Pass,
            Marginal = Values.Whole(ranks["marginal"]) ?? defaults.Marginal,
            GroupWeights = (ranks.Map("groups")?.Entries ?? []).ToDictionary(e => e.Key.Text, e => (double)Values.Whole(e.Value)!.Value, StringComparer.Ordinal),
        };
    }
}
