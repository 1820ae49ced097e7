using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary>What must hold in the pipeline of a template, whatever its inputs will be.</summary>
internal sealed class TemplateChecks
{
    /// <summary>The keys of a job and of a step in whose values inputs may stand; the values of <c>env</c> are others.</summary>
    private static readonly string[]
        OpenInJob = ["timeout", "retry", "network", "retrySafe", "continueOnError", "labels", "matrix", "cache", "resources", "outputs"],
        OpenInStep = ["name", "directory", "timeout", "retry", "continueOnError", "always", "report"];

    private readonly IReadOnlyList<TemplateInput> inputs;
    private readonly Findings findings;
    private readonly List<Scalar> points = [];

    private TemplateChecks(IReadOnlyList<TemplateInput> inputs, Findings findings)
    {
        this.inputs = inputs;
        this.findings = findings;
    }

    public static void Check(MapNode root, MapNode pipeline, IReadOnlyList<TemplateInput> inputs, IReadOnlyList<ExtensionPoint> points, Findings findings)
    {
        if (pipeline.Find("uses") is { } uses)
        {
            NoTemplate(uses.Key, findings);
            return;
        }

        var checks = new TemplateChecks(inputs, findings);
        var opened = checks.Change(pipeline, (key, value) => key == "jobs" && value is MapNode jobs ? checks.Change(jobs, (_, job) => checks.Job(job)) : checks.Closed(key, value));
        TemplateKeys.Pipeline.Check(opened, "pipeline", findings);
        checks.CheckPoints(root.Map("extend"), points);
        List<Entry> whole = [new(root.Find("pipeline")!.Key, opened)];
        if (root.Find("artifact") is { Value: MapNode map } entry)
        {
            var artifact = checks.Change(map, (key, value) => key == "path" ? TemplateReferences.Opened(value, inputs, findings) : checks.Closed(key, value));
            PipelineKeys.Artifact.Check(artifact, "artifact", findings);
            whole.Add(new(entry.Key, artifact));
        }

        PipelineChecks.Check(root.Of(whole), findings);
    }

    private static void NoTemplate(Scalar key, Findings findings) => findings.Add(key, "A template uses no other template.", "Write its jobs and steps out.");

    private MapNode Change(MapNode map, Func<string, Node, Node> change)
    {
        foreach (var (key, _) in map.Entries)
        {
            TemplateReferences.Refuse(key, "a key", null, findings);
        }

        return map.Of([.. map.Entries.Select(e => new Entry(e.Key, change(e.Key.Text, e.Value)))]);
    }

    private Node Job(Node node)
    {
        if (node is not MapNode job)
        {
            return node;
        }

        if (job.Find("uses") is { } other)
        {
            NoTemplate(other.Key, findings);
        }

        return Change(job.Of([.. job.Entries.Where(e => e.Key.Text != "uses")]), (key, value) =>
            key == "env" ? Env(value)
            : key == "steps" && value is ListNode steps ? steps with { Items = [.. steps.Items.Where(s => !IsPoint(s)).Select(Step)] }
            : OpenInJob.Contains(key) ? TemplateReferences.Opened(value, inputs, findings)
            : Closed(key, value));
    }

    private Node Step(Node node) => node is not MapNode step ? node : Change(step, (key, value) =>
        key == "env" ? Env(value)
        : OpenInStep.Contains(key) ? TemplateReferences.Opened(value, inputs, findings)
        : Closed(key, value));

    private Node Env(Node node)
    {
        foreach (var (key, _) in (node as MapNode)?.Entries.Where(e => inputs.Any(i => i.Variable == e.Key.Text)) ?? [])
        {
            findings.Add(key, $"The variable {key.Text} is an input's: it is set without being said.", "Remove it, or give it another name.");
        }

        return node is not MapNode env ? node : Change(env, (key, value) => value is Scalar ? TemplateReferences.Opened(value, inputs, findings) : Closed(key, value));
    }

    private Node Closed(string key, Node value)
    {
        TemplateReferences.Refuse(value, key, key == "run" ? "A command reads it from its environment: \"$INPUT_NAME\"." : null, findings);
        return value;
    }

    private bool IsPoint(Node step)
    {
        if (step is not MapNode map || map.Find("extend") is not { } extend)
        {
            return false;
        }

        if (map.Entries.Count > 1)
        {
            findings.Add(map, "A point stands alone among the steps.", "Write it like - extend: before-build.");
        }

        if (extend.Value is Scalar { IsEmpty: false } name)
        {
            points.Add(name);
        }
        else
        {
            findings.Add(extend.Value, $"extend must name a point, not {extend.Value.Kind}.");
        }

        return true;
    }

    /// <summary>Every point for steps stands once among them, and nothing stands there that is none.</summary>
    private void CheckPoints(MapNode? declarations, IReadOnlyList<ExtensionPoint> declared)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var name in points)
        {
            if (declared.FirstOrDefault(p => p.Name == name.Text) is not { } point)
            {
                findings.Add(name, $"There is no point {name.Kind}.", declared.Count == 0 ? "Declare it under extend, with what may be added there." : NearWords.Suggest(name.Text, [.. declared.Select(p => p.Name)]));
            }
            else if (point.Kind == ExtensionKind.Jobs)
            {
                findings.Add(name, $"The point {name.Kind} is for jobs, which stand beside each other: it has no place among steps.");
            }
            else if (!seen.Add(name.Text))
            {
                findings.Add(name, $"The point {name.Kind} stands twice.", "Give each place a name of its own.");
            }
        }

        foreach (var point in declared.Where(p => p.Kind == ExtensionKind.Steps && !points.Exists(u => u.Text == p.Name)))
        {
            findings.Add(declarations!.Find(point.Name)!.Key, $"The point '{point.Name}' stands nowhere among the steps.", $"Write - extend: {point.Name} where its steps go; or, for jobs, adds: jobs.");
        }
    }
}
