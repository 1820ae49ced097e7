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
    private static readonly string[] QueryKeys = ["bad", "total", "query"];
    private static readonly string[] Kinds = ["counts", "threshold", "mannWhitney"];

    private static readonly Key
        Source = new("source", new TextShape(Limits.MetricSourceName), "A metric source that platform.yaml declares.", Required: true),
        Value = new("value", new ExpressionShape(text => MetricValue.Read(text).Problems), "How the number is taken out of a JSON answer, over body. Default: the answer is the number.");

    private static readonly MapShape Counts = new(
        Source,
        new("bad", Query, "How many bad units there were in the last {{step}}; asked for each version as {{version}}.", Required: true),
        new("total", Query, "How many units there were in the last {{step}}.", Required: true),
        Value,
        new("step", Keys.Span("1s", "1h"), "How long a bin is, and how often it is asked. Default 10s."));

    private static readonly MapShape Threshold = new(
        Source,
        new("query", Query, "What is measured.", Required: true),
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
                new("query", Query, "Asked for each version as {{version}}, with a value for every step.", Required: true),
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

    private static Shape Query => new TextShape(Limits.MetricQueryLength);

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

        if (check.Map("mannWhitney") is { } ranks)
        {
            CheckRanks(ranks, findings);
        }

        foreach (var kind in kinds)
        {
            if (check.Map(kind) is { } asked)
            {
                CheckQueries(asked, platform, findings);
            }
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

    private static void CheckQueries(MapNode asked, PlatformDefinition? platform, Findings findings)
    {
        if (platform is null || asked["source"] is not Scalar { IsEmpty: false } source)
        {
            return;
        }

        if (platform.Metrics.FirstOrDefault(m => m.Name == source.Text) is not { } declared)
        {
            findings.Add(source, $"There is no metric source {source.Kind}.", platform.Metrics.Count == 0 ? "platform.yaml declares none, under metrics." : NearWords.Suggest(source.Text, [.. platform.Metrics.Select(m => m.Name)]));
            return;
        }

        if (declared.Command is { } command)
        {
            CheckCommand(asked, source, command, findings);
        }

        foreach (var query in QueryKeys.Select(k => asked[k]).Concat(asked.List("metrics").OfType<MapNode>().Select(m => m["query"])).OfType<Scalar>().Where(q => !q.IsEmpty))
        {
            foreach (var problem in MetricQuery.Read(declared.Kind, query.Text).Problems)
            {
                ExpressionShape.Tell(query, "query", problem.Line, problem.Column, problem.Message, problem.Suggestion, findings);
            }
        }

        foreach (var value in asked.List("metrics").OfType<MapNode>().Append(asked).Select(m => m.Find("value")).OfType<Entry>().Where(_ => declared.Kind == MetricSourceKind.Prometheus))
        {
            findings.Add(value.Key, "value is for sources that answer JSON; Prometheus answers with numbers.", "Remove it, and say in the query what is meant.");
        }
    }

    /// <summary>A command costs a job each time, so it is asked for one number now and then.</summary>
    private static void CheckCommand(MapNode asked, Scalar source, MetricCommand command, Findings findings)
    {
        if (asked["query"] is null)
        {
            findings.Add(source, $"{source.Text} is a command, which gives one number at a time.", "Use it in a threshold.");
            return;
        }

        if (asked.Find("range") is { } range)
        {
            findings.Add(range.Key, $"{source.Text} is a command, which gives one number and no window of them.", "Remove range, or let the command look at a time.");
        }

        if ((Values.Span(asked["interval"]) ?? new ThresholdSpec { Source = "", Query = "" }.Interval) is var interval && interval < command.Interval)
        {
            findings.Add(asked["interval"] ?? source, $"{source.Text} may be asked every {Values.Words(command.Interval)} at most, not every {Values.Words(interval)}.", $"Write interval: {Values.Words(command.Interval)}, or more.");
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
            Counts = counts is null ? null : new CountsSpec(Values.Text(counts["source"])!, Values.Text(counts["bad"])!, Values.Text(counts["total"])!, Values.Text(counts["value"]), Values.Span(counts["step"]) ?? TimeSpan.FromSeconds(10)),
            Threshold = threshold is null ? null : ReadThreshold(threshold),
            Ranks = ranks is null ? null : ReadRanks(ranks),
        };
    }

    private static ThresholdSpec ReadThreshold(MapNode threshold)
    {
        var defaults = new ThresholdSpec { Source = "", Query = "" };
        return new ThresholdSpec
        {
            Source = Values.Text(threshold["source"])!,
            Query = Values.Text(threshold["query"])!,
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
                Query = Values.Text(metric["query"])!,
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
