using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Definitions;

/// <summary>Puts the jobs of templates where a service's definition names them. What it gives is a definition without templates, of which every part keeps the place where it was written.</summary>
internal sealed class TemplateExpansion
{
    private readonly string service;
    private readonly string file;
    private readonly TemplateCatalog catalog;
    private readonly Findings findings;
    private readonly List<TemplateUse> uses = [];
    private readonly List<Problem> warnings = [];

    private TemplateExpansion(string service, string file, TemplateCatalog catalog, Findings findings)
    {
        this.service = service;
        this.file = file;
        this.catalog = catalog;
        this.findings = findings;
    }

    /// <summary>Which templates were used, in the order of the file.</summary>
    public IReadOnlyList<TemplateUse> Uses => uses;

    /// <summary>What works and should be changed.</summary>
    public IReadOnlyList<Problem> Warnings => warnings;

    /// <summary>Whether it names a template that the catalog does not have.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>Whether a definition uses a template for its pipeline, or for a job of it.</summary>
    public static bool IsNeeded(MapNode root) => UsesWhole(root) || (root.Map("pipeline")?.Map("jobs")?.Entries ?? []).Any(e => e.Value is MapNode job && job.Find("uses") is not null);

    public static bool UsesWhole(MapNode root) => root.Map("pipeline")?.Find("uses") is not null;

    /// <param name="service">Which one it is for: a share of the services may get another version.</param>
    /// <param name="file">The definition's name, for warnings.</param>
    /// <param name="expanded">Null: something is wrong, and the findings say what.</param>
    public static TemplateExpansion Of(MapNode root, string service, string file, TemplateCatalog catalog, Findings findings, out MapNode? expanded)
    {
        var expansion = new TemplateExpansion(service, file, catalog, findings);
        expanded = expansion.Expand(root);
        return expansion;
    }

    private MapNode? Expand(MapNode root)
    {
        var whole = root;
        if (UsesWhole(root))
        {
            if (Pipeline(root.Map("pipeline")!) is not { } put)
            {
                return null;
            }

            whole = root.Of([.. root.Entries.Select(e => e.Key.Text == "pipeline" ? new Entry(e.Key, put.Pipeline) : e),
                .. root.Find("artifact") is null && put.Artifact is { } artifact ? new[] { artifact } : []]);
        }

        if (whole.Map("pipeline") is not { } pipeline || pipeline.Map("jobs") is not { } jobs)
        {
            return whole;
        }

        var well = true;
        List<Entry> all = [];
        foreach (var entry in jobs.Entries)
        {
            var job = entry.Value is MapNode map && map.Find("uses") is not null ? Job(entry.Key.Text, map) : entry.Value;
            well &= job is not null;
            all.Add(new(entry.Key, job ?? entry.Value));
        }

        return well ? whole.Of(Replaced(whole, "pipeline", pipeline.Of(Replaced(pipeline, "jobs", jobs.Of(all))))) : null;
    }

    private (MapNode Pipeline, Entry? Artifact)? Pipeline(MapNode use)
    {
        if (Take(use, null) is not { } taken)
        {
            return null;
        }

        var (template, values, steps) = taken;
        var pipeline = (MapNode)TemplateReferences.Filled(template.Pipeline, values);
        List<Entry> jobs = [.. pipeline.Map("jobs")!.Entries.Select(e => new Entry(e.Key, Filled((MapNode)e.Value, values, steps)))];
        if (!AddJobs(template, use.Map("extend"), jobs))
        {
            return null;
        }

        var concurrency = use.Find("concurrency") ?? pipeline.Find("concurrency");
        var artifact = template.Artifact is { } declared ? new Entry(new Scalar(declared.Line, declared.Column, "artifact", true) { File = template.File }, TemplateReferences.Filled(declared, values)) : null;
        // Of the whole, the place is where the service names the template: what is wrong with all of it is wrong there.
        var uses = use.Find("uses")!.Value;
        var whole = new MapNode(uses.Line, uses.Column, [.. concurrency is null ? [] : new[] { concurrency }, new Entry(new Scalar(uses.Line, uses.Column, "jobs", true), new MapNode(uses.Line, uses.Column, jobs))]);
        return (whole, artifact);
    }

    private MapNode? Job(string name, MapNode use)
    {
        if (Take(use, name) is not { } taken)
        {
            return null;
        }

        var (template, values, steps) = taken;
        if (template.Jobs.Count != 1)
        {
            findings.Add(use["uses"]!, $"{template} has {template.Jobs.Count} jobs ({string.Join(", ", template.Jobs)}), and cannot be one.", $"Use it for the whole pipeline: pipeline: {{ uses: {template.Name}@{template.Version.Major} }}.");
            return null;
        }

        if ((use.Map("extend")?.Entries ?? []).FirstOrDefault(e => template.Extensions.Any(p => p.Name == e.Key.Text && p.Kind == ExtensionKind.Jobs)) is { } jobs)
        {
            findings.Add(jobs.Key, $"At {jobs.Key.Kind} jobs are added, which stand beside this one.", "Write them there, under the pipeline's jobs.");
            return null;
        }

        var pipeline = (MapNode)TemplateReferences.Filled(template.Pipeline, values);
        var job = Filled((MapNode)pipeline.Map("jobs")!.Entries[0].Value, values, steps);
        return job.With(use.Of([.. use.Entries.Where(e => e.Key.Text is not ("uses" or "with" or "extend"))]));
    }

    /// <summary>The template that is named, with what its inputs are here, and the steps that are added at its points; null: something is wrong.</summary>
    private (Template Template, IReadOnlyDictionary<string, InputValue> Values, Dictionary<string, ListNode> Steps)? Take(MapNode use, string? job)
    {
        // What is written wrongly has been told of.
        if (use["uses"] is not Scalar named || UseShape.Read(named.Text) is not { } asked || Choose(named, asked.Name, asked.Range) is not { } chosen)
        {
            return null;
        }

        var template = chosen.Template;
        var values = use.Find("with") is { Value: not MapNode } ? null : InputValues.Bind(template, use.Map("with"), named, findings);
        var steps = AddedSteps(template, use.Map("extend"));
        uses.Add(new TemplateUse(template.Name, template.Version.ToString(), asked.Range.Text, job, chosen.Why, template.Deprecated?.ToString()));
        if (template.Deprecated is { } deprecated)
        {
            warnings.Add(new Problem(file, named.Line, named.Column, $"{template} is {deprecated}", catalog.Newest(template.Name) is { } newest && newest.Version > template.Version ? $"{newest} is the newest." : null));
        }

        return values is null || steps is null ? null : (template, values, steps);
    }

    private TemplateChoice.Chosen? Choose(Scalar place, string name, VersionRange range)
    {
        switch (catalog.Choose(name, range, service))
        {
            case TemplateChoice.Chosen chosen:
                return chosen;
            case TemplateChoice.NoTemplate:
                HasUnknown = true;
                findings.Add(place, $"There is no template '{name}'.", $"{NearWords.Suggest(name, catalog.Names)} A platform's own are known to its server (--server URL), and offline with --platform.");
                return null;
            case TemplateChoice.NoVersion none:
                findings.Add(place, none.Why, none.WayOut);
                return null;
            default:
                throw new InvalidOperationException("There is no other choice.");
        }
    }

    /// <summary>Null: something is wrong.</summary>
    private Dictionary<string, ListNode>? AddedSteps(Template template, MapNode? extend)
    {
        Dictionary<string, ListNode> steps = new(StringComparer.Ordinal);
        var well = true;
        foreach (var (key, value) in extend?.Entries ?? [])
        {
            if (template.Extensions.FirstOrDefault(p => p.Name == key.Text) is not { } point)
            {
                findings.Add(key, $"{template} has no point {key.Kind}.", template.Extensions.Count == 0 ? "Nothing can be added to it." : NearWords.Suggest(key.Text, [.. template.Extensions.Select(p => p.Name)]));
                well = false;
            }
            else if (point.Kind == ExtensionKind.Steps && value is ListNode list)
            {
                steps[key.Text] = list;
            }
            else if (point.Kind == ExtensionKind.Steps || value is not MapNode)
            {
                findings.Add(value, point.Kind == ExtensionKind.Steps ? $"At {key.Kind} steps are added: a list, not {value.Kind}." : $"At {key.Kind} jobs are added: a map of them, not {value.Kind}.");
                well = false;
            }
        }

        return well ? steps : null;
    }

    private bool AddJobs(Template template, MapNode? extend, List<Entry> jobs)
    {
        var well = true;
        foreach (var added in (extend?.Entries ?? []).Where(e => template.Extensions.Any(p => p.Kind == ExtensionKind.Jobs && p.Name == e.Key.Text)).SelectMany(e => ((MapNode)e.Value).Entries))
        {
            if (jobs.Exists(j => j.Key.Text == added.Key.Text))
            {
                findings.Add(added.Key, $"{template} has a job {added.Key.Kind} already.", "Give it another name.");
                well = false;
            }

            jobs.Add(added);
        }

        return well;
    }

    /// <summary>A template's job with the service's steps at its points, and the inputs in its environment.</summary>
    private static MapNode Filled(MapNode job, IReadOnlyDictionary<string, InputValue> values, Dictionary<string, ListNode> added)
    {
        var steps = (ListNode)job["steps"]!;
        List<Node> all = [.. steps.Items.SelectMany(s => s is MapNode map && Values.Text(map["extend"]) is { } point ? added.GetValueOrDefault(point)?.Items ?? [] : [s])];
        var env = job.Map("env") ?? new MapNode(job.Line, job.Column, []) { File = job.File };
        var inputs = values.Values.Select(v => new Entry(
            new Scalar(v.Node.Line, v.Node.Column, v.Input.Variable, true) { File = v.Node.File },
            new Scalar(v.Node.Line, v.Node.Column, v.Text, false) { File = v.Node.File }));
        var rest = job.Entries.Where(e => e.Key.Text is not ("steps" or "env"));
        return job.Of([.. rest, new Entry(Key("env"), env.Of([.. env.Entries, .. inputs])), new Entry(job.Find("steps")!.Key, steps with { Items = all })]);

        Scalar Key(string name) => job.Find(name)?.Key ?? new Scalar(job.Line, job.Column, name, true) { File = job.File };
    }

    private static IEnumerable<Entry> Replaced(MapNode map, string key, Node value) => map.Entries.Select(e => e.Key.Text == key ? new Entry(e.Key, value) : e);
}
