using System.Text.RegularExpressions;
using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>The keys of <c>metrics</c>, and how they are read.</summary>
internal static partial class MetricKeys
{
    private static readonly Key
        Timeout = new("timeout", new DurationShape(TimeSpan.FromMilliseconds(100), Limits.MetricTimeout), "Of one try, to the last byte of the answer. Default 5s."),
        Retries = new("retries", new WholeShape(0, Limits.MetricRetries), "How often it is asked again after a failure that may pass. Default 2."),
        Headers = new("headers", new TableShape(new HeaderValueShape(), HeaderProblem, 20, KeyAdvice: HeaderAdvice), "Sent with every request; no secrets. Default none.");

    private static readonly MapShape Source = new(
        new("prometheus", new MapShape(new("url", new SourceUrlShape(Placeholders: false), "Where its HTTP API is, without /api/v1.", Required: true), Timeout, Retries, Headers), "A server that speaks the HTTP API of Prometheus."),
        new("http", new MapShape(new("url", new SourceUrlShape(Placeholders: true), "What is asked for with GET; may hold placeholders behind the host.", Required: true), Timeout, Retries, Headers), "Anything that answers JSON."),
        new("exec", new MapShape(
            new("run", new TextShape(20_000), "A script, run by bash -euo pipefail in a sandbox on an agent; prints a number or JSON. An exit status that is not 0 is no data.", Required: true),
            new("interval", new DurationShape(Limits.MetricCommandInterval, TimeSpan.FromDays(1)), "The same question is not asked again before this is over. Default 30s."),
            new("timeout", new DurationShape(TimeSpan.FromSeconds(1), Limits.MetricCommandTimeout), "Of one run. Default 20s."),
            new("network", new YesNoShape(), "Whether it reaches the network. Default true."),
            new("labels", new TableShape(new TextShape(100), _ => null, 20), "Labels that its agent must have. Default any agent.")), "A command."));

    public static readonly TableShape Metrics = new(Source, name => NameShape.Problem("A metric source's name", name, Limits.MetricSourceName), Limits.MetricSources);

    /// <summary>What holds between the keys.</summary>
    public static void CheckRules(MapNode root, Findings findings)
    {
        foreach (var (name, source) in (root.Map("metrics")?.Entries ?? []).Where(e => e.Value is MapNode).Select(e => (e.Key, (MapNode)e.Value)))
        {
            Entry[] kinds = [.. source.Entries.Where(e => Source.Allowed.Contains(e.Key.Text))];
            if (kinds.Length > 1)
            {
                findings.Add(kinds[1].Key, $"{name.Text} is of two kinds.", "Give each source a name of its own.");
            }
            else if (kinds.Length == 0 && !Source.Allowed.Any(kind => source.HasMisspelt(kind, Source.Allowed)))
            {
                findings.Add(name, $"{name.Text} does not say of which kind it is.", $"Say one of {string.Join(", ", Source.Allowed)}, such as {name.Text}: {{ prometheus: {{ url: http://127.0.0.1:9090 }} }}.");
            }

            foreach (var twice in kinds.Select(k => k.Value).OfType<MapNode>().SelectMany(k => (k.Map("headers")?.Entries ?? []).GroupBy(h => h.Key.Text, StringComparer.OrdinalIgnoreCase).SelectMany(same => same.Skip(1))))
            {
                findings.Add(twice.Key, $"The header {twice.Key.Text} is there twice: capitals make no difference.", "Remove one.");
            }
        }
    }

    public static IReadOnlyList<MetricSourceDefinition> Read(MapNode? given) => [.. (given?.Entries ?? []).Select(e => Build(e.Key.Text, ((MapNode)e.Value).Entries.Single()))];

    private static MetricSourceDefinition Build(string name, Entry kind)
    {
        var value = (MapNode)kind.Value;
        if (kind.Key.Text == "exec")
        {
            return new MetricSourceDefinition
            {
                Name = name, Kind = MetricSourceKind.Exec, Url = "", Timeout = Values.Span(value["timeout"]) ?? TimeSpan.FromSeconds(20), Retries = 0,
                Command = new MetricCommand(
                    Values.Text(value["run"])!, Values.Span(value["interval"]) ?? TimeSpan.FromSeconds(30), Values.YesNo(value["network"]) ?? true,
                    (value.Map("labels")?.Entries ?? []).ToDictionary(e => e.Key.Text, e => Values.Text(e.Value)!, StringComparer.Ordinal)),
            };
        }

        return new MetricSourceDefinition
        {
            Name = name,
            Kind = Values.Choice<MetricSourceKind>(kind.Key)!.Value,
            Url = Values.Text(value["url"])!,
            Timeout = Values.Span(value["timeout"]) ?? MetricSourceDefinition.DefaultTimeout,
            Retries = Values.Whole(value["retries"]) ?? MetricSourceDefinition.DefaultRetries,
            Headers = (value.Map("headers")?.Entries ?? []).ToDictionary(e => e.Key.Text, e => Values.Text(e.Value)!, StringComparer.OrdinalIgnoreCase),
        };
    }

    private static string? HeaderProblem(string name) =>
        name.Length is 0 or > 100 || !HeaderName().IsMatch(name) ? $"A header's name must have letters, digits and hyphens, at most 100; not '{(name.Length <= 60 ? name : name[..60] + "…")}'."
        : IsSecret(name) ? $"The header {name} would hold a secret, and this file is no place for one: it is kept in the ledger's store and in backups as it is."
        : Ours().IsMatch(name) ? $"The header {name} is set by what sends the request."
        : null;

    private static string? HeaderAdvice(string name) =>
        IsSecret(name) ? "Secrets for metric sources are not available yet. Let a proxy on the server's machine add the header, and name the proxy as url."
        : Ours().IsMatch(name) ? "Leave it out."
        : null;

    private static bool IsSecret(string name) => Secret().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"^(?:proxy-)?authorization\z|^cookie\z|(?:^|-)(?:token|secret|password|api-?key)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-.*|accept|accept-encoding|proxy-.*|user-agent|date|age)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Ours();
}

/// <summary>The value of an HTTP header.</summary>
internal sealed record HeaderValueShape : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(1000).Check(node, name, findings);
        if (node is Scalar { IsEmpty: false } scalar && scalar.Text.Any(c => c is < ' ' or > '~'))
        {
            findings.Add(node, $"{name} must have visible ASCII characters and spaces alone.");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "string", ["maxLength"] = 1000 };
}

/// <summary>The address of a metric source.</summary>
internal sealed record SourceUrlShape(bool Placeholders) : Shape
{
    private const string Example = "Write it like http://127.0.0.1:9090.";

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(Limits.MetricQueryLength).Check(node, name, findings);
        if (node is not Scalar { IsEmpty: false, Text.Length: > 0 and <= Limits.MetricQueryLength } scalar)
        {
            return;
        }

        var read = MetricQuery.ReadAddress(scalar.Text);
        foreach (var problem in read.Problems)
        {
            var place = scalar.TextColumn is { } column ? node with { Column = column + problem.Column - 1 } : node;
            findings.Add(place, $"{name}: {problem.Message}", problem.Suggestion);
        }

        if (read.Query is not { } query)
        {
            return;
        }

        // What a placeholder stands for changes neither scheme nor host.
        if (!Uri.TryCreate(scalar.Text.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || !scalar.Text.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase))
        {
            findings.Add(node, $"{name} must be an http or https address, not {scalar.Kind}.", Example);
        }
        else if (uri.UserInfo.Length > 0)
        {
            findings.Add(node, $"{name} must not hold a user or a password: this file is no place for a secret.", "Let a proxy on the server's machine sign in, and name the proxy.");
        }
        else if (MetricAddress.IsLinkLocal(uri))
        {
            findings.Add(node, $"{name} is link-local, where machines keep what is about themselves; it is never connected to.", "Name a host.");
        }
        else if (!Placeholders && (query.Used.Any() || uri.Query.Length > 0))
        {
            findings.Add(node, $"{name} of a Prometheus has no placeholders and no parameters.", "They go into the query.");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^https?://", ["maxLength"] = Limits.MetricQueryLength };
}
