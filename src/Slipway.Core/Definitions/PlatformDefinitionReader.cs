using Slipway.Core.Environments;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>Reads <c>platform.yaml</c>.</summary>
public static class PlatformDefinitionReader
{
    /// <param name="file">Its name, for messages.</param>
    /// <param name="checks">The files of the folder <c>checks</c> beside it.</param>
    public static PlatformResult Read(string text, string file, IReadOnlyList<PlatformFile> checks)
    {
        var platform = Read(text, file);
        var (templates, problems) = CheckTemplateReader.Read(checks, platform.Definition?.Metrics);
        return platform.Definition is { } definition && problems.Count == 0 ? new PlatformResult(definition with { Checks = templates }, []) : new PlatformResult(null, [.. platform.Problems, .. problems]);
    }

    /// <param name="file">Its name, for messages.</param>
    public static PlatformResult Read(string text, string file)
    {
        var findings = new Findings(file);
        if (YamlTree.Read(text, findings) is not { } root)
        {
            return new PlatformResult(null, findings.Sorted());
        }

        Keys.Platform.Check(root, "the file", findings);
        var environments = root.Map("environments") ?? new MapNode(1, 1, []);
        if (environments.Entries.Count > Limits.Environments)
        {
            findings.Add(environments.Entries[Limits.Environments].Key, $"There are {environments.Entries.Count} environments; at most {Limits.Environments} may be.", "Give other promotion paths an installation of their own.");
        }

        CheckPath(environments, findings);
        foreach (var environment in environments.Entries.Select(e => e.Value).OfType<MapNode>())
        {
            if (Values.YesNo(environment["preempt"]) == true && Values.Text(environment["concurrency"]) == "queue")
            {
                findings.Add(environment.Find("preempt")!.Key, "preempt has no meaning with the concurrency 'queue'.", "Use newestWins, or remove preempt.");
            }
        }

        MetricKeys.CheckRules(root, findings);
        RetentionKeys.CheckRules(root, findings);
        return findings.Any
            ? new PlatformResult(null, findings.Sorted())
            : new PlatformResult(
                new PlatformDefinition { Environments = [.. environments.Entries.Select(Build)], Metrics = MetricKeys.Read(root.Map("metrics")), Retention = RetentionKeys.Read(root.Map("retention")), HookOrigins = HookKeys.ReadOrigins(root.Map("hooks")) }, []);
    }

    private static void CheckPath(MapNode environments, Findings findings)
    {
        string[] names = [.. environments.Entries.Select(e => e.Key.Text)];
        foreach (var environment in environments.Entries.Select(e => e.Value).OfType<MapNode>())
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (var before in environment.List("after").OfType<Scalar>().Where(b => !b.IsEmpty))
            {
                if (!names.Contains(before.Text))
                {
                    findings.Add(before, $"Unknown environment {before.Kind}.", NearWords.Suggest(before.Text, names));
                }
                else if (!seen.Add(before.Text))
                {
                    findings.Add(before, $"{before.Kind} is twice in after.", "Remove one.");
                }
            }
        }

        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (var name in names)
        {
            FindCycles(environments, name, [], done, findings);
        }
    }

    /// <summary>Goes back along <c>after</c>; there are at most as many levels as environments.</summary>
    private static void FindCycles(MapNode environments, string name, List<string> way, HashSet<string> done, Findings findings)
    {
        if (done.Contains(name) || environments.Map(name) is not { } environment || environments.Entries.Count > 100)
        {
            return;
        }

        way.Add(name);
        foreach (var before in environment.List("after").OfType<Scalar>())
        {
            var at = way.IndexOf(before.Text);
            if (at >= 0)
            {
                // Told in the direction of promotion.
                var circle = way.Skip(at).Append(before.Text).Reverse();
                findings.Add(before, $"The environments go in a circle: {string.Join(" → ", circle)}.", "Remove one of these from its after.");
            }
            else
            {
                FindCycles(environments, before.Text, way, done, findings);
            }
        }

        way.RemoveAt(way.Count - 1);
        done.Add(name);
    }

    private static EnvironmentDefinition Build(Entry entry)
    {
        var (key, value) = (entry.Key, (MapNode)entry.Value);
        var approval = value.List("gates").OfType<MapNode>().FirstOrDefault()?.Map("approval");
        var defaults = new EnvironmentDefinition { Name = key.Text };
        return new EnvironmentDefinition
        {
            Name = key.Text,
            After = [.. value.List("after").Select(b => Values.Text(b)!)],
            Promote = Values.Choice<PromoteMode>(value["promote"]) ?? defaults.Promote,
            Soak = Values.Span(value["soak"]) ?? defaults.Soak,
            Traffic = Values.Choice<TrafficExpectation>(value["traffic"]) ?? defaults.Traffic,
            Concurrency = Values.Choice<LaneConcurrency>(value["concurrency"]) ?? defaults.Concurrency,
            Preempt = Values.YesNo(value["preempt"]) ?? defaults.Preempt,
            Approvals = approval is null ? 0 : Values.Whole(approval["count"]) ?? 1,
            ApprovalExpires = Values.Span(approval?["expires"]),
            Target = (value.Map("target")?.Entries ?? []).ToDictionary(e => e.Key.Text, e => Values.Text(e.Value)!, StringComparer.Ordinal),
        };
    }
}
