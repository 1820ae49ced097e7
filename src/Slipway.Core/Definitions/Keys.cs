using System.Text.RegularExpressions;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>Every key of slipway.yaml and platform.yaml: what may stand there, and what it means.</summary>
internal static class Keys
{
    public static readonly MapShape Health = new(
        new("path", new WebPathShape(), "Asked for with GET; 200 to 399 is healthy. Default /; of a worker: it is not asked."),
        new("interval", Span("50ms", "10m"), "Between two probes. Default 1s."),
        new("timeout", Span("50ms", "1m"), "Of one probe. Default 1s."),
        new("healthyAfter", new WholeShape(1, 100), "Good probes in a row; of a worker without a path, so many intervals in which it runs. Default 2."),
        new("unhealthyAfter", new WholeShape(1, 100), "Bad probes in a row. Default 3."),
        new("deadline", Span("1s", "1h"), "A new instance that is not healthy by then has failed. Default 60s."));

    /// <summary>Environment variables.</summary>
    public static TableShape Variables(Shape value) => new(value, VariableNames.Problem, KeyAdvice: VariableNames.Advice);

    private static readonly MapShape Run = new(
        new("command", new EitherShape(new CommandShape(), new ListShape(new TextShape(4000), 200, 1)), "By shell words, run without a shell in the unpacked artifact; must listen on $HOST:$PORT, unless it is a worker.", Required: true),
        new("env", Variables(new TextOrNothingShape()), "Environment variables. Default none."),
        new("instances", new WholeShape(1, Limits.Instances), "Default 1."),
        new("traffic", new ChoiceShape("traffic", ["requests", "none"]), "none: a worker, whose instances serve no requests. Default requests."),
        new("health", Health, "The health check."),
        new("requestTimeout", Span("100ms", "1h"), "A request that takes longer is ended. Default 30s."),
        new("drain", Span("0s", "1h"), "How long requests under way may take when an instance stops, and a worker to end its work. Default 10s."));

    public static IReadOnlyCollection<string> OfRun => Run.Allowed;

    private static readonly TableShape Overrides = new(
        new MapShape(
            new("run", new PartialShape(Run), "Laid over the base."),
            new("processes", new PartialShape(ProcessKeys.TableOf(Run)), "Laid over the base, process by process."),
            new("rollout", new PartialShape(RolloutKeys.Rollout), "Laid over the base."),
            new("verify", VerificationKeys.Verify, "Replaces the base's list.")),
        EnvironmentProblem);

    /// <summary>slipway.yaml.</summary>
    public static readonly MapShape Service = new(
        new("service", new NameShape(Limits.ServiceName), "The service's name.", Required: true),
        new("owner", new TextShape(100), "The team. Default none."),
        new("tier", new WholeShape(0, 3), "0 (most critical) to 3. Default none."),
        new("pipeline", PipelineKeys.Pipeline, "How a release is made from a commit."),
        new("artifact", PipelineKeys.Artifact, "What a pipeline packs."),
        new("artifacts", new AnyMapShape(), "Several artifacts by name.", NotYet: "artifacts is not available yet: use artifact, with one path."),
        new("run", Run, "How the service runs. Required, or processes in its place."),
        new("processes", ProcessKeys.TableOf(Run), "How each of several processes of the service runs: one that serves requests, and workers beside it."),
        new("rollout", RolloutKeys.Rollout, "How a new version replaces the running one."),
        new("verify", VerificationKeys.Verify, "Proofs before user traffic."),
        new("environments", Overrides, "Overrides for each environment."));

    private static readonly MapShape Environment = new(
        new("after", new ListShape(new TextShape(100)), "Where a release must have been before. Default none."),
        new("promote", new ChoiceShape("mode", ["auto", "manual"]), "Default manual."),
        new("soak", Span("0s", "365d"), "How long a release must have been well before. Default 0s."),
        new("traffic", new ChoiceShape("expectation", ["none", "expected"]), "Default expected."),
        new("concurrency", new ChoiceShape("concurrency", ["newestWins", "queue"]), "Default newestWins."),
        new("preempt", new YesNoShape(), "A newer promotion aborts the one that is rolling out. Default false."),
        new("gates", new ListShape(
            new MapShape(new Key("approval", new MapShape(
                new("count", new WholeShape(1, 20), "People who must approve. Default 1."),
                new("expires", Span("1m", "365d"), "An approval not used by then is void. Default never.")), "Approvals.", Required: true)),
            1), "What must be open before a release enters. Default none."),
        new("target", new TableShape(new TextShape(100), _ => null), "Labels an agent must have. Default any agent."));

    /// <summary>platform.yaml.</summary>
    public static readonly MapShape Platform = new(
        new Key("environments", new TableShape(Environment, EnvironmentProblem, 100, 1), "The environments and, by after, the promotion path.", Required: true),
        new Key("metrics", MetricKeys.Metrics, "Where numbers can be asked for: sources by name. Default none."),
        new Key("hooks", HookKeys.Platform, "What hooks of rollouts may reach. Default nothing."),
        new Key("retention", RetentionKeys.Retention, "How much is kept of what nothing needs."));

    internal static DurationShape Span(string least, string most) => new(Parse(least), Parse(most));

    private static TimeSpan Parse(string text) => Durations.TryParse(text, out var span) ? span : throw new ArgumentException(text, nameof(text));

    private static string? EnvironmentProblem(string name) => NameShape.Problem("An environment's name", name, Limits.EnvironmentName);
}

/// <summary>Lower-case letters, digits, single hyphens inside.</summary>
internal sealed partial record NameShape(int Longest) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            findings.Add(node, $"{name} must be a name, not {node.Kind}.");
        }
        else if (Problem(name, scalar.Text, Longest) is { } problem)
        {
            findings.Add(node, problem);
        }
    }

    /// <summary>What is wrong with a name; null: nothing.</summary>
    public static string? Problem(string what, string name, int longest) =>
        name.Length <= longest && Grammar().IsMatch(name) ? null
        : $"{what} must have lower-case letters, digits and single hyphens inside, at most {longest} characters; not '{(name.Length <= 60 ? name : name[..60] + "…")}'.";

    public override System.Text.Json.Nodes.JsonObject Schema() =>
        new() { ["type"] = "string", ["maxLength"] = Longest, ["pattern"] = "^[a-z0-9]+(-[a-z0-9]+)*$" };

    [GeneratedRegex(@"^[a-z0-9]+(?:-[a-z0-9]+)*\z")]
    private static partial Regex Grammar();
}

/// <summary>Text that may be empty; numbers and truth values stand for their text.</summary>
internal sealed record TextOrNothingShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not Scalar scalar || scalar.IsEmpty)
        {
            findings.Add(node, $"{name} must be text, not {node.Kind}.", node is Scalar ? "Write \"\" for empty text." : null);
        }
        else if (scalar.Text.Length > 32_000 || scalar.Text.Contains('\0', StringComparison.Ordinal))
        {
            findings.Add(node, $"{name} must have at most 32000 characters, none of them NUL.");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() =>
        new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "number", "boolean") };
}
