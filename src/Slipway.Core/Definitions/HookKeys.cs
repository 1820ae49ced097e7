using System.Text.Json.Nodes;
using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Definitions;

/// <summary>Every key of <c>rollout.hooks</c> in slipway.yaml and of <c>hooks</c> in platform.yaml, what must hold between them, and what they come to.</summary>
internal static class HookKeys
{
    private static readonly HookSpec Defaults = new() { Name = "" };

    private static readonly MapShape Hook = new(
        new("name", new TextShape(60), "Unique at its point.", Required: true),
        new("if", new ExpressionShape(Condition.ProblemsOf<HookFields>), "Asked or told only where this is true: an expression over service, environment, version, fromVersion, step, weight and ring. Default always."),
        new("run", new TextShape(20_000), "A script, run by bash -euo pipefail on an agent; exit status 0: go, 75: ask again, else stop."),
        new("http", new MapShape(new Key("url", new UrlShape(OriginOnly: false), "Gets a POST, and answers {\"decision\": \"go|wait|stop\", \"reason\": …}; its host must be allowed in platform.yaml.", Required: true)), "An endpoint."),
        new("timeout", Keys.Span("1s", "7d"), "It must say go within. Default 5m."),
        new("interval", Keys.Span("1s", "1d"), "Between two questions. Default 30s."),
        new("onError", new ChoiceShape("action", ["stop", "ignore"]), "What follows when it fails or does not answer in time. Default stop."));

    private static readonly ListShape List = new(Hook, Limits.Hooks);

    public static readonly MapShape Hooks = new(
        new("before", List, "Before the first instance starts."),
        new("beforeStep", List, "Before each step between the start and 100 %."),
        new("afterStep", List, "After each of them."),
        new("confirmPromotion", List, "Before the new version gets all traffic."),
        new("after", List, "After success; changes nothing."),
        new("onRollback", List, "When the traffic has gone back; changes nothing."));

    public static readonly MapShape Platform = new(
        new Key("allow", new ListShape(new UrlShape(OriginOnly: true), 100), "Hosts that hooks of rollouts may ask, as https://host or https://host:port. Default none."));

    public static void Check(MapNode? hooks, Findings findings)
    {
        foreach (var (point, value) in hooks?.Entries ?? [])
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (var hook in (value as ListNode)?.Items.OfType<MapNode>() ?? [])
            {
                CheckOne(hook, findings);
                if (Values.Text(hook["name"]) is { } name && !seen.Add(name))
                {
                    findings.Add(hook, $"'{name}' is twice in {point.Text}.", "Remove one, or give it another name.");
                }
            }
        }
    }

    /// <summary>Who is named but may not be asked: that is not the file's fault, and no rollout comes past it.</summary>
    /// <param name="origins">Those that <c>platform.yaml</c> allows.</param>
    public static void Warn(MapNode? hooks, IReadOnlyList<string> origins, Findings warnings)
    {
        foreach (var hook in (hooks?.Entries ?? []).SelectMany(point => (point.Value as ListNode)?.Items.OfType<MapNode>() ?? []))
        {
            if (hook.Map("http")?["url"] is { } place && Values.Text(place) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) && UrlShape.Origin(url) is var origin && !origins.Contains(origin, StringComparer.Ordinal))
            {
                warnings.Add(place, $"The platform does not allow hooks to ask {origin}: a rollout that comes to this hook fails there.", $"Whoever runs the platform adds it to platform.yaml: hooks: {{ allow: ['{origin}'] }}.");
            }
        }
    }

    public static HookSpecs Read(MapNode? hooks) => hooks is null ? new() : new()
    {
        Before = ListOf(hooks, "before"),
        BeforeStep = ListOf(hooks, "beforeStep"),
        AfterStep = ListOf(hooks, "afterStep"),
        ConfirmPromotion = ListOf(hooks, "confirmPromotion"),
        After = ListOf(hooks, "after"),
        OnRollback = ListOf(hooks, "onRollback"),
    };

    public static IReadOnlyList<string> ReadOrigins(MapNode? hooks) => [.. (hooks?.List("allow") ?? []).Select(node => UrlShape.Origin(new Uri(Values.Text(node)!))).Distinct()];

    private static void CheckOne(MapNode hook, Findings findings)
    {
        if (hook.Find("http") is not null && hook.Find("run") is { } both)
        {
            findings.Add(both.Key, "http and run exclude each other.", "Make each a hook of its own.");
        }
        else if (hook["http"] is null && hook["run"] is null && !hook.HasMisspelt("http", Hook.Allowed) && !hook.HasMisspelt("run", Hook.Allowed))
        {
            findings.Add(hook, "A hook must say who is asked: it has neither http nor run.", "Write it like http: { url: https://ci.example.com/ask }, or run: ./may-we.sh.");
        }

        if (hook["run"] is Scalar { IsEmpty: false } script && string.IsNullOrWhiteSpace(script.Text))
        {
            findings.Add(script, "run names no command.");
        }

        if (hook.Find("interval") is { } interval && Values.Span(interval.Value) is { } between && between >= (Values.Span(hook["timeout"]) ?? Defaults.Timeout) && (hook["timeout"] is null || Values.Span(hook["timeout"]) is not null))
        {
            findings.Add(interval.Value, $"interval must be shorter than timeout, which is {Values.Words(Values.Span(hook["timeout"]) ?? Defaults.Timeout)}: it would be asked at its beginning and its end alone.", "Lower interval, or raise timeout.");
        }
    }

    private static HookSpec[] ListOf(MapNode hooks, string point) => [.. hooks.List(point).Cast<MapNode>().Select(ReadOne)];

    private static HookSpec ReadOne(MapNode hook) => new()
    {
        Name = Values.Text(hook["name"])!,
        If = Values.Text(hook["if"]) is { } condition ? Condition.Parse<HookFields>(condition, out _) : null,
        Run = Values.Text(hook["run"]),
        Url = Values.Text(hook.Map("http")?["url"]),
        Timeout = Values.Span(hook["timeout"]) ?? Defaults.Timeout,
        Interval = Values.Span(hook["interval"]) ?? Defaults.Interval,
        OnError = Values.Choice<HookError>(hook["onError"]) ?? Defaults.OnError,
    };
}

/// <summary>An address of an HTTP server.</summary>
/// <param name="OriginOnly">Scheme, host and port, and nothing behind them.</param>
internal sealed record UrlShape(bool OriginOnly) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(2000).Check(node, name, findings);
        if (node is not Scalar { IsEmpty: false, Text.Length: > 0 and <= 2000 } scalar)
        {
            return;
        }

        var what = OriginOnly ? "https://host or https://host:port" : "an address like https://ci.example.com/ask";
        if (scalar.Text.Any(c => c <= ' ' || c == 0x7f || c == '\\') || !Uri.TryCreate(scalar.Text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            findings.Add(node, $"{name} must be {what}, not {scalar.Kind}.");
        }
        else if (url.UserInfo.Length > 0)
        {
            findings.Add(node, $"{name} must hold no name or password: whoever reads the file would have them.", "Remove what stands before the @.");
        }
        else if (url.Fragment.Length > 0 || (OriginOnly && (url.AbsolutePath != "/" || url.Query.Length > 0)))
        {
            findings.Add(node, $"{name} must be {what}, not {scalar.Kind}.", OriginOnly ? $"Write '{Origin(url)}'." : "Remove what begins with '#'.");
        }
    }

    /// <summary>Lower-case scheme, host and port, without the port that the scheme has anyway.</summary>
    public static string Origin(Uri url) => url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped).ToLowerInvariant();

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^https?://" };
}
