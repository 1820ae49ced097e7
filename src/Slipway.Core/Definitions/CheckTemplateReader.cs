using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>Reads the templates of checks of a platform folder.</summary>
public static class CheckTemplateReader
{
    private static readonly MapShape Template = new(
        new("description", new TextShape(500), "What it looks at, in a sentence.", Required: true),
        new("arguments", new TableShape(CheckArguments.Declared, name => NameShape.Problem("An argument's name", name, Limits.MetricSourceName), Limits.CheckArguments), "What a use may say."),
        new("check", new AnyMapShape(), "A check as in rollout.checks, without a name; or uses and with, for another template.", Required: true));

    private static readonly MapShape Body = new([.. CheckKeys.Check.Keys.Where(k => k.Name is not ("name" or "dryRun"))]);
    private static readonly MapShape Use = new([.. CheckKeys.Use.Keys.Where(k => k.Name is "uses" or "with")]);

    /// <param name="files">Each named <c>NAME.yaml</c>, in whatever folder.</param>
    /// <param name="sources">The metric sources that there are; null: they are not known, and not looked at.</param>
    /// <returns>The templates that nothing is wrong with, and all that is wrong with the others.</returns>
    public static (IReadOnlyList<CheckTemplate> Templates, IReadOnlyList<Problem> Problems) Read(IReadOnlyList<PlatformFile> files, IReadOnlyList<MetricSourceDefinition>? sources)
    {
        ArgumentNullException.ThrowIfNull(files);
        var read = files.Select(file => (File: file, Findings: new Findings(file.Path))).Select(f => (f.File, f.Findings, Template: ReadOne(f.File, f.Findings))).ToList();
        if (files.Count > Limits.CheckTemplates)
        {
            read[Limits.CheckTemplates].Findings.Add(1, 1, $"There are {files.Count} templates of checks; at most {Limits.CheckTemplates} may be.");
        }

        // What others use comes first, so that each is put together from whole ones.
        List<CheckTemplate> whole = [];
        var left = read.Where(r => r.Template is not null && !r.Findings.Any).ToList();
        foreach (var (_, findings, template) in left)
        {
            CheckUse(template!, [.. read.Select(r => r.Template).OfType<CheckTemplate>()], findings);
        }

        for (var depth = 0; depth < Limits.CheckTemplateDepth; depth++)
        {
            foreach (var (_, findings, template) in left.Where(l => !l.Findings.Any && !whole.Contains(l.Template!)).ToList())
            {
                var other = Values.Text(template!.Body["uses"]);
                if (other is null ? depth == 0 : whole.Exists(w => w.Name == other))
                {
                    CheckBody(template, whole, sources, findings);
                    if (!findings.Any)
                    {
                        whole.Add(template);
                    }
                }
            }
        }

        return ([.. whole.OrderBy(t => t.Name, StringComparer.Ordinal)], [.. read.SelectMany(r => r.Findings.Sorted())]);
    }

    private static CheckTemplate? ReadOne(PlatformFile file, Findings findings)
    {
        if (YamlTree.Read(file.Text, findings, file.Path) is not { } root)
        {
            return null;
        }

        var name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        name = name.EndsWith(".yaml", StringComparison.Ordinal) ? name[..^5] : name;
        if (NameShape.Problem("A template of checks, and so its file,", name, Limits.MetricSourceName) is { } problem)
        {
            findings.Add(1, 1, problem);
        }
        else if (CheckKeys.BuiltIn.Contains(name))
        {
            findings.Add(1, 1, $"'{name}' is what the routers count.", "Give the file another name.");
        }

        Template.Check(root, "the template", findings);
        var arguments = (root.Map("arguments")?.Entries ?? []).Where(e => e.Value is MapNode).Select(e => (e.Key, Argument: CheckArguments.Read(e.Key, (MapNode)e.Value, findings))).ToList();
        if (root.Map("check") is not { } body)
        {
            return null;
        }

        (body.Find("uses") is null ? Body : Use).Check(Blank(body), "check", findings);
        var filling = new CheckFilling(CheckArguments.Open(arguments.Select(a => a.Argument)), null, findings);
        _ = body.Find("uses") is null ? filling.Check(body) : body.Map("with") is { } with ? filling.With(with) : null;
        foreach (var (key, argument) in arguments.Where(a => !filling.Used.Contains($"args.{a.Argument.Name}")))
        {
            findings.Add(key, $"Nothing in check speaks of the argument {argument.Name}.", $"Put \"{{{{args.{argument.Name}}}}}\" where it belongs, or remove it.");
        }

        return new CheckTemplate { Name = name, Description = Values.Text(root["description"]) ?? "", Arguments = [.. arguments.Select(a => a.Argument)], Body = body };
    }

    /// <summary>That what it uses is there, and does not lead back to it or too far.</summary>
    private static void CheckUse(CheckTemplate template, IReadOnlyList<CheckTemplate> all, Findings findings)
    {
        List<string> way = [template.Name];
        for (var at = template; at.Body["uses"] is Scalar named;)
        {
            if (all.FirstOrDefault(t => t.Name == named.Text) is not { } next)
            {
                if (at == template)
                {
                    findings.Add(named, $"There is no template {named.Kind} of checks.", NearWords.Suggest(named.Text, [.. all.Select(t => t.Name).Where(n => n != template.Name)]));
                }

                return;
            }

            way.Add(next.Name);
            if (next == template || way.Count > Limits.CheckTemplateDepth)
            {
                findings.Add(template.Body["uses"]!, next == template ? $"The templates go in a circle: {string.Join(" → ", way)}." : $"Templates of checks use each other at most {Limits.CheckTemplateDepth} deep: {string.Join(" → ", way)}.", "Write one of them out.");
                return;
            }

            at = next;
        }
    }

    /// <summary>What comes of it with its defaults; of what a use must give, nothing can be said yet.</summary>
    private static void CheckBody(CheckTemplate template, IReadOnlyList<CheckTemplate> whole, IReadOnlyList<MetricSourceDefinition>? sources, Findings findings)
    {
        var filling = new CheckFilling(CheckArguments.Open(template.Arguments), sources, findings);
        var body = template.Body["uses"] is not Scalar uses ? filling.Check(template.Body)
            : CheckExpansion.Body(whole.First(t => t.Name == uses.Text), template.Body.Map("with") is { } with ? filling.With(with) : null, uses, whole, sources, findings);
        if (body is null || findings.Any)
        {
            return;
        }

        Body.Check(body, "check", findings);
        var named = body.Of([new Entry(new Scalar(body.Line, body.Column, "name", true) { File = body.File }, new Scalar(body.Line, body.Column, template.Name, true) { File = body.File }), .. body.Entries]);
        CheckKeys.CheckOne(named, sources is null ? null : new PlatformDefinition { Environments = [], Metrics = sources }, findings);
    }

    /// <summary>The same with nothing to be said of values: only the keys are looked at.</summary>
    private static Node Blank(Node node) => node switch
    {
        MapNode map => map.Of([.. map.Entries.Select(e => new Entry(e.Key, Blank(e.Value)))]),
        ListNode list => list with { Items = [.. list.Items.Select(Blank)] },
        _ => node with { Open = true },
    };
}
