using Slipway.Core.Environments;

namespace Slipway.Core.Definitions;

/// <summary>Puts checks where a definition uses templates of them. What comes of it is a definition without templates.</summary>
internal static class CheckExpansion
{
    /// <param name="platform">Null: it is not known, and neither are its templates.</param>
    /// <param name="unknown">What cannot be told for that.</param>
    /// <returns>The file, with what could not be put in place left out: the findings say why.</returns>
    public static MapNode Expand(MapNode root, PlatformDefinition? platform, Findings findings, Findings unknown)
    {
        var whole = ExpandRollout(root, platform, findings, unknown);
        return whole.Map("environments") is not { } environments ? whole
            : With(whole, "environments", environments.Of([.. environments.Entries.Select(e => e.Value is MapNode over ? new Entry(e.Key, ExpandRollout(over, platform, findings, unknown)) : e)]));
    }

    /// <summary>The check that a use comes to, without a name; null: something is wrong.</summary>
    /// <param name="templates">Those that may be used; they are whole, and use each other without circles.</param>
    public static MapNode? Body(CheckTemplate template, MapNode? with, Node place, IReadOnlyList<CheckTemplate> templates, IReadOnlyList<Analysis.Metrics.MetricSourceDefinition>? sources, Findings findings)
    {
        if (CheckArguments.Bind(template, with, place, findings) is not { } values)
        {
            return null;
        }

        var filling = new CheckFilling(values, sources, findings);
        return template.Body.Find("uses") is not { } uses ? filling.Check(template.Body)
            : templates.FirstOrDefault(t => t.Name == Values.Text(uses.Value)) is { } other ? Body(other, template.Body.Map("with") is { } handed ? filling.With(handed) : null, place, templates, sources, findings)
            : null;
    }

    private static MapNode ExpandRollout(MapNode holder, PlatformDefinition? platform, Findings findings, Findings unknown) =>
        holder.Map("rollout") is not { } rollout || rollout["checks"] is not ListNode checks || !checks.Items.Any(IsUse) ? holder
            : With(holder, "rollout", With(rollout, "checks", checks with { Items = [.. checks.Items.Select(item => IsUse(item) ? Expanded((MapNode)item, platform, findings, unknown) : item).OfType<Node>()] }));

    private static bool IsUse(Node item) => item is MapNode map && map.Find("uses") is not null;

    private static MapNode? Expanded(MapNode use, PlatformDefinition? platform, Findings findings, Findings unknown)
    {
        if (use["uses"] is not Scalar { IsEmpty: false } named || use["with"] is not (null or MapNode) || use.HasMisspelt("with", CheckKeys.Use.Allowed))
        {
            return null;
        }

        if (platform is null)
        {
            unknown.Add(named, $"The template {named.Kind} of checks was not looked at: it is the platform's.", "Its server knows it (--server URL), and its folder (--platform DIR).");

            // Something stands here that decides; nothing more is said of it.
            return new MapNode(use.Line, use.Column, [NameOf(use, named, named.Text), new Entry(new Scalar(named.Line, named.Column, "threshold", true), new MapNode(named.Line, named.Column, []) { Open = true })]);
        }

        if (platform.Checks.FirstOrDefault(t => t.Name == named.Text) is not { } template)
        {
            var suggestion = platform.Checks.Count > 0 ? $"{NearWords.Suggest(named.Text, [.. platform.Checks.Select(c => c.Name)])} " : "";
            findings.Add(named, $"There is no template {named.Kind} of checks.", $"{suggestion}They stand in the platform folder, under checks.");
            return null;
        }

        if (Body(template, use.Map("with"), named, platform.Checks, platform.Metrics, findings) is not { } body)
        {
            return null;
        }

        var check = new MapNode(use.Line, use.Column, [NameOf(use, named, template.Name), .. body.Entries, .. use.Find("dryRun") is { } dryRun ? new[] { dryRun } : []]);
        CheckKeys.Check.Check(check, $"the check {template.Name}", findings);
        return check;
    }

    private static Entry NameOf(MapNode use, Scalar named, string name) => use.Find("name") ?? new Entry(new Scalar(named.Line, named.Column, "name", true), new Scalar(named.Line, named.Column, name, true));

    private static MapNode With(MapNode map, string key, Node value) => map.Of([.. map.Entries.Select(e => e.Key.Text == key ? new Entry(e.Key, value) : e)]);
}
