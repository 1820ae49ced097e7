using System.Text.RegularExpressions;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>Every key of <c>rollout</c> in slipway.yaml.</summary>
internal static partial class RolloutKeys
{
    /// <summary>Which keys belong to one strategy alone.</summary>
    public static readonly IReadOnlyDictionary<string, string> StrategyOf = new Dictionary<string, string>
    {
        ["steps"] = "canary",
        ["baseline"] = "canary",
        ["batch"] = "rolling",
        ["surge"] = "rolling",
        ["maxUnavailable"] = "rolling",
        ["minHealthyTime"] = "rolling",
        ["progressDeadline"] = "rolling",
        ["before"] = "blueGreen",
        ["after"] = "blueGreen",
        ["keepOld"] = "blueGreen",
        ["rings"] = "ring",
    };

    private static readonly MapShape Mark = new(
        new("header", new TextShape(100, Token(), "the name of a header: letters, digits and -_.~!#$%&'*+^`|"), "A header's name."),
        new("cookie", new TextShape(100, Token(), "the name of a cookie: letters, digits and -_.~!#$%&'*+^`|"), "A cookie's name."),
        new("query", new TextShape(100), "The name of a parameter of the query."),
        new("is", new TextShape(200), "Its whole value. Default: any."),
        new("prefix", new TextShape(200), "How its value begins. Default: any."));

    public static readonly MapShape Step = new(
        new("weight", new WholeShape(1, 99, "100 % is the end of the steps by itself."), "Percent of traffic for the new version."),
        new("analyze", Keys.Span("1s", "7d"), "Judge for this long."),
        new("deadline", Keys.Span("1s", "30d"), "Beside analyze: an inconclusive analysis is prolonged up to this. Default four times analyze."),
        new("pause", new DurationShape(TimeSpan.Zero, TimeSpan.FromDays(30), "untilResumed"), "Wait this long, or untilResumed."),
        new("instances", new QuantityShape(1, "matchWeight"), "How many instances the new version has from here on: a number, a share, or matchWeight."),
        new("route", new OneOrMoreShape(new EitherShape(new ChoiceShape("route", ["none"]), Mark)), "Requests with one of these marks go to the new version; none: no more."),
        new("mirror", new WholeShape(0, 100), "Percent of requests that are copied to the new version, whose answers are dropped; 0: no more."),
        new("verify", new OneOrMoreShape(new TextShape(60)), "Names of verifications that are asked for here."),
        new("approve", new WholeShape(1, 20), "Wait for the approval of so many persons."));

    /// <summary>What may be done before a switch, where there is no weight, and after it, where there is nothing to compare a mark or a copy with.</summary>
    public static readonly IReadOnlyList<string> Before = ["route", "mirror", "verify", "pause", "approve", "analyze"], After = ["analyze", "verify", "pause", "approve"], Any = ["weight", "analyze", "pause", "instances", "route", "mirror", "verify", "approve"];

    /// <summary>What a ring says of its own strategy, and a rollout without rings of its one.</summary>
    private static readonly Key[] OfStrategies =
    [
        new("batch", new QuantityShape(1), "Of rolling: instances exchanged at a time. Default: as many as surge and maxUnavailable allow, else 1."),
        new("surge", new QuantityShape(0), "Of rolling: instances there may be beyond the wanted number. Default: a batch, or 0 where maxUnavailable is given."),
        new("maxUnavailable", new QuantityShape(0), "Of rolling: instances that may be missing. Default 0."),
        new("minHealthyTime", Keys.Span("0s", "1h"), "Of rolling: a new instance counts once it has been healthy for so long. Default 0s."),
        new("progressDeadline", Keys.Span("1s", "1d"), "Of rolling: it has failed when nothing became better for so long. Default: health.deadline and two minutes."),
        new("steps", new ListShape(new StepShape(Any, "{ weight: 5 }")), "Of a canary, in order; 100 % is the end."),
        new("baseline", new YesNoShape(), "Of a canary: compare it with as many fresh instances of the running version. Default false."),
        new("before", new ListShape(new StepShape(Before, "{ verify: smoke }")), "Of blueGreen: steps before the switch."),
        new("after", new ListShape(new StepShape(After, "{ analyze: 5m }")), "Of blueGreen: steps after the switch."),
    ];

    /// <summary>One of <c>rings</c>.</summary>
    public static readonly MapShape Ring = new(
    [
        new("name", new NameShape(Limits.EnvironmentName), "The ring's name.", Required: true),
        new("target", new TableShape(new TextShape(100), _ => null, Least: 1), "Labels that its agents have, beside those of the environment.", Required: true),
        new("instances", new WholeShape(1, Limits.Instances), "Wanted in this ring. Default run.instances."),
        new("strategy", new ChoiceShape("strategy", ["rolling", "canary", "blueGreen"]), "Of this ring: rolling, canary or blueGreen. Default rolling."),
        .. OfStrategies,
        new("soak", Keys.Span("0s", "30d"), "How long the new version has all of the ring's traffic, judged, before the next ring's turn. Default 0s."),
    ]);

    public static readonly MapShape Rollout = new(
    [
        new("strategy", new ChoiceShape("strategy", ["rolling", "canary", "blueGreen", "ring"]), "rolling, canary, blueGreen or ring. Default rolling."),
        .. OfStrategies,
        new("rings", new ListShape(Ring, 20), "Of ring, in order: groups of agents that get a new version one after the other."),
        new("keepOld", Keys.Span("0s", "30d"), "Of blueGreen: how long the old set stays after the switch. Default 10m."),
        new("sticky", new MapShape(new Key("maxAge", Keys.Span("1m", "365d"), "How long a session lasts. Default 1h.")), "Sessions keep their version, by a cookie, and are what is counted. Default: each request is drawn by itself."),
        new("checks", CheckKeys.Checks, "What is judged. Default errors and latency."),
        new("falseAlarmRate", new ShareShape(0.5, AboveZero: true), "Chance that the whole rollout blames a version that is no worse. Default 0.01."),
        new("tolerate", new ShareShape(1), "How much worse is still well, as a ratio. Default 10%."),
        new("tolerateAbsolute", new ShareShape(1), "A difference of rates below this is never an alarm. Default 0.1%."),
        new("tolerateLatency", Keys.Span("0s", "1h"), "Latencies that are longer by less than this are as well as before. Default 5ms."),
        new("warmUp", Keys.Span("0s", "1h"), "For so long after each rise of the weight a request is slow only when it took a second longer than otherwise. Default 10s."),
        new("onFailure", new ChoiceShape("action", ["rollback", "pause", "hold"]), "hold, of rings: the ring that failed goes back, those before it stay. Default rollback."),
        new("onInconclusive", new ChoiceShape("action", ["pause", "rollback", "proceed"]), "Default pause."),
        new("watch", Keys.Span("0s", "30d"), "Judged for this long after 100 %. Default 0s."),
        new("keepWarm", Keys.Span("0s", "30d"), "The old version's instances stay this long. Default 0s."),
        new("abortScaleDownDelay", Keys.Span("0s", "30d"), "The instances of a version that was taken back stay this long, without traffic. Default 0s."),
        new("hooks", HookKeys.Hooks, "Who else is asked or told at points of the rollout. Default nobody."),
        new("rollbackWindow", Keys.Span("0s", "365d"), "A rollback to a version that was stable until so long ago skips the steps. Default: any does."),
    ]);

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    public static partial Regex Token();
}

/// <summary>A number of instances or a share of them.</summary>
/// <param name="Word">A word that may stand instead.</param>
internal sealed record QuantityShape(int Least, string? Word = null) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Word is not null && node is Scalar word && word.Text == Word)
        {
            return;
        }

        var isShare = node is Scalar { Text: { } text } && text.EndsWith('%');
        if (isShare && Values.Share(node) is { } share)
        {
            if (share > 1 || share < 0 || (Least > 0 && share == 0))
            {
                findings.Add(node, $"{name} must be {(Least > 0 ? "more than 0 and" : "from 0% and")} at most 100%, not {node.Kind}.");
            }
        }
        else if (Values.Whole(node) is not { } count)
        {
            findings.Add(node, $"{name} must be a number of instances, a share of them{(Word is null ? "" : $" or {Word}")}, not {node.Kind}.", "Write it like 2 or 25%.");
        }
        else if (count < Least || count > Limits.Instances)
        {
            findings.Add(node, $"{name} must be from {Least} to {Limits.Instances}, not {count}.");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new()
    {
        ["anyOf"] = new System.Text.Json.Nodes.JsonArray(
            new WholeShape(Least, Limits.Instances).Schema(),
            new System.Text.Json.Nodes.JsonObject { ["type"] = "string", ["pattern"] = Word is null ? @"^\d+(\.\d+)?%$" : $@"^(\d+(\.\d+)?%|{Word})$" }),
    };
}
