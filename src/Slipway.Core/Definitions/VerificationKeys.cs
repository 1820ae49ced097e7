using Slipway.Core.Expressions;
using Slipway.Core.Releases;

namespace Slipway.Core.Definitions;

/// <summary>Every key of <c>verify</c> in slipway.yaml, what must hold between them, and what they come to.</summary>
internal static class VerificationKeys
{
    private static readonly MapShape Header = new(
        new("is", new TextShape(1000), "Its whole value."),
        new("prefix", new TextShape(1000), "How its value begins."));

    private static readonly MapShape Http = new(
        new("path", new WebPathShape(), "Asked for with GET.", Required: true),
        new("status", new WholeShape(100, 599), "Default 200."),
        new("contains", new TextShape(), "Text that the answer must have. Default none."),
        new("headers", new TableShape(new EitherShape(new TextShape(), Header), HeaderProblem, 50, 1), "Headers that the answer must have: a value, or { prefix: … }. Default none."),
        new("json", new ExpressionShape(Condition.ProblemsOf<AnswerFields>), "What must hold of the answer: an expression over body (its JSON), status and headers. Default nothing."),
        new("latency", Keys.Span("1ms", "1h"), "How long the whole answer may take. Default: the timeout."));

    public static readonly MapShape Proof = new(
        new("name", new TextShape(60), "Unique in the list.", Required: true),
        new("http", Http, "One GET on the new instances."),
        new("run", new TextShape(20_000), "A script, run by bash -euo pipefail in a checkout of the commit, where instances of the version run; 0 is passed."),
        new("timeout", Keys.Span("100ms", "1h"), "Of all tries together. Default 30s."),
        new("retries", new WholeShape(0, 100), "How often it is asked again after a failure. Default 0."),
        new("interval", Keys.Span("10ms", "10m"), "Between two tries. Default 1s."));

    public static readonly ListShape Verify = new(Proof);

    public static void Check(MapNode proof, Findings findings)
    {
        if (proof["http"] is null && proof["run"] is null && !proof.HasMisspelt("http", Proof.Allowed) && !proof.HasMisspelt("run", Proof.Allowed))
        {
            findings.Add(proof, "An item of verify must say what is asked: it has neither http nor run.", "Write it like http: { path: /, status: 200 }, or run: ./smoke.sh.");
        }
        else if (proof["http"] is not null && proof.Find("run") is { } both)
        {
            findings.Add(both.Key, "http and run exclude each other.", "Make each an item of its own.");
        }

        if (proof["run"] is Scalar { IsEmpty: false } script && string.IsNullOrWhiteSpace(script.Text))
        {
            findings.Add(script, "run names no command.");
        }

        if (proof.Find("interval") is { } interval && (proof["retries"] is null ? !proof.HasMisspelt("retries", Proof.Allowed) : Values.Whole(proof["retries"]) == 0))
        {
            findings.Add(interval.Key, "interval is the time between two tries, and there is one only.", "Add retries, or remove interval.");
        }

        var timeout = Values.Span(proof["timeout"]) ?? new VerificationSpec { Name = "" }.Timeout;
        if (proof.Map("http") is { } http)
        {
            if (Values.Span(http["latency"]) is { } latency && latency > timeout)
            {
                findings.Add(http["latency"]!, $"latency must not be longer than timeout, which is {Values.Words(timeout)}: that ends the try before.", "Lower latency, or raise timeout.");
            }

            foreach (var (name, value) in http.Map("headers")?.Entries ?? [])
            {
                if (value is MapNode map && map.Find("is") is not null == map.Find("prefix") is not null && !map.HasMisspelt("is", Header.Allowed) && !map.HasMisspelt("prefix", Header.Allowed))
                {
                    findings.Add(value, $"The header {name.Text} must have one of is and prefix.", "Write it like { prefix: text/html }.");
                }
            }
        }
    }

    public static VerificationSpec Read(MapNode proof)
    {
        var defaults = new VerificationSpec { Name = Values.Text(proof["name"])! };
        return defaults with
        {
            Http = proof.Map("http") is { } http ? ReadHttp(http) : null,
            Run = Values.Text(proof["run"]),
            Timeout = Values.Span(proof["timeout"]) ?? defaults.Timeout,
            Retries = Values.Whole(proof["retries"]) ?? defaults.Retries,
            Interval = Values.Span(proof["interval"]) ?? defaults.Interval,
        };
    }

    private static HttpVerification ReadHttp(MapNode http) => new()
    {
        Path = Values.Text(http["path"])!,
        Status = Values.Whole(http["status"]) ?? 200,
        Contains = Values.Text(http["contains"]),
        Headers = http.Map("headers") is { } headers ? [.. headers.Entries.Select(ReadHeader)] : [],
        Json = Values.Text(http["json"]) is { } condition ? Condition.Parse<AnswerFields>(condition, out _) : null,
        Latency = Values.Span(http["latency"]),
    };

    private static HeaderExpectation ReadHeader(Entry header) =>
        header.Value is MapNode map ? new(header.Key.Text, Values.Text(map["is"]), Values.Text(map["prefix"])) : new(header.Key.Text, Values.Text(header.Value));

    private static string? HeaderProblem(string name) =>
        name.Length <= 100 && RolloutKeys.Token().IsMatch(name) ? null : $"'{(name.Length <= 60 ? name : name[..60] + "…")}' is no name of a header: letters, digits and -_.~!#$%&'*+^`|.";
}
