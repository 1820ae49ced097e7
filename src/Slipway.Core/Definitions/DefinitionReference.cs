namespace Slipway.Core.Definitions;

/// <summary>The annotated example of each kind of YAML file, as <c>docs/reference/</c> holds it, and the page about the expressions in them.</summary>
public static class DefinitionReference
{
    /// <summary>The kinds: <c>slipway</c>, <c>platform</c>, <c>template</c>, <c>check</c>, <c>expressions</c>.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["slipway", "platform", "template", "check", "expressions"];

    /// <summary>The text of a kind, with or without <c>.yaml</c> behind its name; null when there is no such kind.</summary>
    public static string? Text(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var name = kind.EndsWith(".yaml", StringComparison.Ordinal) ? kind[..^5] : kind;
        if (!Kinds.Contains(name))
        {
            return null;
        }

#pragma warning disable RS0030 // What is embedded in the assembly is read from memory.
        using var stream = typeof(DefinitionReference).Assembly.GetManifestResourceStream($"reference/{name}")!;
        using var reader = new System.IO.StreamReader(stream);
        return reader.ReadToEnd();
#pragma warning restore RS0030
    }
}
