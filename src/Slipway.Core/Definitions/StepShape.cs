namespace Slipway.Core.Definitions;

/// <summary>One step of a rollout, where not every step may stand.</summary>
/// <param name="Verbs">Those that may stand here; that others have no meaning here is told with their reason, by <see cref="RolloutChecks"/>.</param>
/// <param name="Example">A step that may stand here.</param>
internal sealed record StepShape(IReadOnlyList<string> Verbs, string Example) : Shape
{
    private static readonly Dictionary<string, string> Examples = new()
    {
        ["weight"] = "{ weight: 5 }",
        ["analyze"] = "{ analyze: 2m }",
        ["pause"] = "{ pause: untilResumed }",
        ["instances"] = "{ instances: matchWeight }",
        ["route"] = "{ route: { header: X-Beta } }",
        ["mirror"] = "{ mirror: 10 }",
        ["verify"] = "{ verify: smoke }",
        ["approve"] = "{ approve: 1 }",
    };

    private MapShape Here => new([.. RolloutKeys.Step.Keys.Where(k => Verbs.Contains(k.Name) || (k.Name == "deadline" && Verbs.Contains("analyze")))]);

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode map)
        {
            var meant = node is Scalar { IsEmpty: false } word ? NearWords.Nearest(word.Text, Verbs) : null;
            findings.Add(node, $"{name} must be a map, not {node.Kind}.", $"Write {Examples.GetValueOrDefault(meant ?? "") ?? $"it like {Example}"}. Allowed keys: {string.Join(", ", Here.Allowed)}.");
            return;
        }

        foreach (var (key, _) in map.Entries.Where(e => !RolloutKeys.Step.Allowed.Contains(e.Key.Text)))
        {
            findings.Add(key, $"Unknown key {key.Kind} in {name}.", NearWords.Suggest(key.Text, Here.Allowed));
        }

        RolloutKeys.Step.Check(map.Of(map.Entries.Where(e => RolloutKeys.Step.Allowed.Contains(e.Key.Text))), name, findings, partial);
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => Here.Schema();
}
