namespace Slipway.Core.Reports;

/// <summary>Files that people read and programs do not: where nothing else changed, a test that turns from passing to failing did not turn for the change.</summary>
public static class Documentation
{
    private static readonly string[] Endings = [".md", ".markdown", ".rst", ".adoc", ".asciidoc"], Names = ["AUTHORS", "CHANGELOG", "CODEOWNERS", "CONTRIBUTORS", "COPYING", "LICENSE", "NOTICE", "README"];

    /// <param name="path">Within the repository, with slashes.</param>
    public static bool Is(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) || Names.Contains(name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name, StringComparer.Ordinal);
    }
}
