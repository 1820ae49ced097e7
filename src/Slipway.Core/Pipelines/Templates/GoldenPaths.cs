using Slipway.Core.Definitions;

namespace Slipway.Core.Pipelines.Templates;

/// <summary>The templates that come with Slipway, one for each ecosystem that `slipway init` knows.</summary>
public static class GoldenPaths
{
    private const string Prefix = "templates/";

    /// <summary>Their files, as a platform folder would hold them, with their examples.</summary>
    public static IReadOnlyList<TemplateFile> Files { get; } =
        [.. typeof(GoldenPaths).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => new TemplateFile(n[Prefix.Length..], Text(n)))];

    public static IReadOnlyList<Template> All { get; } = [.. Files.Where(f => f.Path.Split('/') is [_, _, "template.yaml"]).Select(Read)];

    private static Template Read(TemplateFile file)
    {
        var parts = file.Path.Split('/');
        var result = TemplateReader.Read(parts[0], SemanticVersion.Parse(parts[1])!, TemplateOrigin.Slipway, file.Text, Prefix + file.Path);
        return result.Template ?? throw new InvalidOperationException($"A template that comes with Slipway is wrong: {string.Join(' ', result.Problems)}");
    }

    private static string Text(string resource)
    {
#pragma warning disable RS0030 // What is embedded in the assembly is read from memory.
        using var stream = typeof(GoldenPaths).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new System.IO.StreamReader(stream);
        return reader.ReadToEnd();
#pragma warning restore RS0030
    }
}
