using Slipway.Core.Definitions;
using Slipway.Core.Kernel;

namespace Slipway.Core.Pipelines.Templates;

/// <param name="Path">Below the folder of templates: <c>node/1.2.0/template.yaml</c>, <c>node/rollout.yaml</c>.</param>
public sealed record TemplateFile(string Path, string Text);

/// <summary>A file that cannot be used as it is.</summary>
/// <param name="Path">Below the folder of templates.</param>
/// <param name="Instead">What holds meanwhile, in words.</param>
public sealed record TemplateFault(string Path, IReadOnlyList<Problem> Problems, string Instead);

/// <summary>
/// The templates that are in force: a platform folder's, and Slipway's own of other names. Where a file of the folder is wrong, what was last good in it holds; where nothing was,
/// nothing of it is used. It never changes: a changed folder makes another one.
/// </summary>
public sealed class TemplateCatalog
{
    private readonly Dictionary<string, List<Template>> byName;
    private readonly Dictionary<string, TemplateRollout> rollouts = new(StringComparer.Ordinal);
    private readonly HashSet<(string, SemanticVersion)> heldBack = [];
    private readonly List<TemplateFault> faults = [];
    private readonly Dictionary<string, string> inForce = new(StringComparer.Ordinal);
    private readonly HashSet<string> unusable = new(StringComparer.Ordinal);

    private TemplateCatalog(IEnumerable<Template> own) => byName = own.GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.OrderBy(t => t.Version).ToList(), StringComparer.Ordinal);

    /// <summary>Slipway's own alone.</summary>
    public static TemplateCatalog Own { get; } = new(GoldenPaths.All);

    /// <summary>By name, the older version first.</summary>
    public IReadOnlyList<Template> Templates => [.. byName.OrderBy(n => n.Key, StringComparer.Ordinal).SelectMany(n => n.Value)];

    public IReadOnlyList<string> Names => [.. byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What is wrong in the folder, by path.</summary>
    public IReadOnlyList<TemplateFault> Faults => faults;

    /// <summary>The text in force of each file of the folder, by path: what is last good when the file changes.</summary>
    public IReadOnlyDictionary<string, string> InForce => inForce;

    /// <param name="files">Of a platform folder; those that are neither templates nor rollouts are passed over.</param>
    /// <param name="lastGood">By path.</param>
    public static TemplateCatalog Of(IReadOnlyList<TemplateFile> files, IReadOnlyDictionary<string, string> lastGood)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(lastGood);
        var names = files.GroupBy(f => f.Path.Split('/')[0]).ToList();
        var catalog = new TemplateCatalog(GoldenPaths.All.Where(t => names.All(n => n.Key != t.Name)));
        foreach (var name in names.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            catalog.Take(name.Key, [.. name.OrderBy(f => f.Path, StringComparer.Ordinal)], lastGood);
        }

        return catalog;
    }

    /// <summary>One template alone, for trying it.</summary>
    internal static TemplateCatalog OfOne(Template template) => new([template]);

    /// <summary>The versions of a template, the older first; empty: there is none of that name.</summary>
    public IReadOnlyList<Template> Versions(string name) => byName.GetValueOrDefault(name) ?? [];

    /// <summary>The newest one that is no prerelease and not deprecated; null: there is none.</summary>
    public Template? Newest(string name) => Versions(name).LastOrDefault(t => t.Version.Prerelease is null && t.Deprecated is null);

    /// <summary>For which services a version is so far; null: for all.</summary>
    public VersionShare? ShareOf(Template template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return heldBack.Contains((template.Name, template.Version)) ? new(0, []) : rollouts.GetValueOrDefault(template.Name)?.Versions.GetValueOrDefault(template.Version);
    }

    /// <summary>The newest version that a range allows and that is for this service. One that is named exactly is taken whomever it is rolled out to.</summary>
    public TemplateChoice Choose(string name, VersionRange range, string service)
    {
        ArgumentNullException.ThrowIfNull(range);
        var versions = Versions(name);
        if (versions.Count == 0)
        {
            return unusable.Contains(name)
                ? new TemplateChoice.NoVersion($"The template '{name}' cannot be used: {faults.First(f => f.Path.Split('/')[0] == name).Problems[0]}", "Who looks after the platform folder can mend it; `slipway doctor` says what is wrong.")
                : new TemplateChoice.NoTemplate();
        }

        List<Template> passed = [];
        foreach (var template in versions.Where(t => range.Allows(t.Version)).Reverse())
        {
            if (range.IsExact)
            {
                return new TemplateChoice.Chosen(template, "it is named exactly");
            }

            var share = ShareOf(template);
            if (share is null)
            {
                return new TemplateChoice.Chosen(template, passed.Count == 0 ? $"the newest that {range} allows" : $"the newest that {range} allows for all services: {NotAmong(passed, service)}");
            }

            if (share.Services.Contains(service))
            {
                return new TemplateChoice.Chosen(template, $"it is rolled out to some services first, and {service} is named among them");
            }

            if (TemplateRollout.IsAmong(name, template.Version, service, share.Share))
            {
                return new TemplateChoice.Chosen(template, $"it is rolled out to {share.Percent} of the services so far, and {service} is among them");
            }

            passed.Add(template);
        }

        return passed.Count == 0
            ? new TemplateChoice.NoVersion($"{name} has no version that {range} allows.", $"There are {string.Join(", ", versions.Select(t => t.Version))}.{Wrong(name)}")
            : new TemplateChoice.NoVersion(
                $"Of {name}, {range} allows only what is not for all services yet: {NotAmong(passed, service)}.",
                $"Name it exactly to have it at once: {passed[0]}{(versions.LastOrDefault(v => ShareOf(v) is null) is { } other ? $"; or take {other}" : "")}.{Wrong(name)}");
    }

    /// <summary>What there would be if it were right.</summary>
    private string Wrong(string name) =>
        faults.Where(f => f.Path.Split('/')[0] == name).Select(f => f.Path).ToList() is { Count: > 0 } wrong ? $" Not as it is: {string.Join(", ", wrong)}, which cannot be read." : "";

    private string NotAmong(List<Template> passed, string service) => string.Join("; ", passed.Select(t => heldBack.Contains((t.Name, t.Version))
        ? $"{t.Version} waits, since {t.Name}/rollout.yaml cannot be read"
        : $"{t.Version} is rolled out to {ShareOf(t)} so far, and {service} is not among them"));

    private void Take(string name, IReadOnlyList<TemplateFile> files, IReadOnlyDictionary<string, string> lastGood)
    {
        if (TemplateReader.NameProblem(name) is { } wrong)
        {
            AddFault(files[0].Path, [new Problem(FileName(files[0].Path), 1, 1, wrong, "Give the folder another name.")], "nothing in it is used");
            return;
        }

        List<SemanticVersion> known = [];
        List<(Template Template, string Path)> read = [];
        foreach (var file in files.Where(f => f.Path.Split('/') is [_, _, "template.yaml"]))
        {
            if (SemanticVersion.Parse(file.Path.Split('/')[1]) is not { } version)
            {
                AddFault(file.Path, [new Problem(FileName(file.Path), 1, 1, $"The folder '{file.Path.Split('/')[1]}' is no version.", "Name it like 1.0.0.")], "it is not used");
                continue;
            }

            known.Add(version);
            if (ReadVersion(name, version, file, lastGood) is { } template)
            {
                read.Add((template, file.Path));
            }
        }

        var rolledOut = files.FirstOrDefault(f => f.Path == $"{name}/rollout.yaml") is not { } rollout || ReadRollout(name, rollout, known, lastGood);
        foreach (var (template, path) in read)
        {
            // Nobody can say for whom a version is that came with a rollout which cannot be read.
            if (!rolledOut && !lastGood.ContainsKey(path))
            {
                heldBack.Add((name, template.Version));
                continue;
            }

            inForce[path] = template.Text;
        }

        if (read.Count > 0)
        {
            byName[name] = [.. read.Select(r => r.Template).OrderBy(t => t.Version)];
        }
        else if (faults.Exists(f => f.Path.Split('/')[0] == name))
        {
            unusable.Add(name);
        }
    }

    private Template? ReadVersion(string name, SemanticVersion version, TemplateFile file, IReadOnlyDictionary<string, string> lastGood)
    {
        var result = TemplateReader.Read(name, version, TemplateOrigin.Platform, file.Text, FileName(file.Path));
        if (result.Template is { } template)
        {
            return template;
        }

        var before = lastGood.TryGetValue(file.Path, out var text) ? TemplateReader.Read(name, version, TemplateOrigin.Platform, text, FileName(file.Path)).Template : null;
        AddFault(file.Path, result.Problems, before is null ? "it is not used" : "services keep what was last good in it");
        return before;
    }

    /// <returns>False: nobody knows which versions are for whom.</returns>
    private bool ReadRollout(string name, TemplateFile file, IReadOnlyList<SemanticVersion> known, IReadOnlyDictionary<string, string> lastGood)
    {
        var (rollout, problems) = TemplateRollout.Read(file.Text, FileName(file.Path), known);
        if (rollout is not null)
        {
            rollouts[name] = rollout;
            inForce[file.Path] = file.Text;
            return true;
        }

        if (lastGood.TryGetValue(file.Path, out var text) && TemplateRollout.Read(text, FileName(file.Path), known).Rollout is { } before)
        {
            rollouts[name] = before;
            inForce[file.Path] = text;
        }

        AddFault(file.Path, problems, "what was last good in it holds, and versions that are new since wait");
        return false;
    }

    private void AddFault(string path, IReadOnlyList<Problem> problems, string instead) => faults.Add(new(path, problems, instead));

    private static string FileName(string path) => $"templates/{path}";
}
