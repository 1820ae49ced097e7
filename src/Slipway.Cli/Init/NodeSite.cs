using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>Pages that a build script writes.</summary>
/// <param name="Output">The folder that they are written to.</param>
/// <param name="IsOnePage">A program in the browser makes the other pages out of index.html.</param>
internal sealed partial record NodeSite(string Tool, string Output, bool IsOnePage)
{
    /// <summary>By package: the tool's name, where it writes when nothing else is said, and whether it makes single-page applications. The more specific first.</summary>
    private static readonly (string Package, string Tool, string Output, bool IsOnePage)[] Known =
    [
        ("@docusaurus/core", "Docusaurus", "build", false),
        ("gatsby", "Gatsby", "public", false),
        ("@11ty/eleventy", "Eleventy", "_site", false),
        ("astro", "Astro", "dist", false),
        ("vitepress", "VitePress", "docs/.vitepress/dist", false),
        ("next", "Next.js", "out", false),
        ("nuxt", "Nuxt", ".output/public", false),
        ("@sveltejs/adapter-static", "SvelteKit", "build", false),
        ("@vue/cli-service", "Vue CLI", "dist", true),
        ("react-scripts", "react-scripts", "build", true),
        ("@angular/cli", "Angular", "dist", true),
        ("parcel", "Parcel", "dist", true),
        ("vite", "Vite", "dist", true),
        ("webpack", "webpack", "dist", true),
    ];

    /// <summary>Null: the build makes no pages that are known.</summary>
    public static NodeSite? OutputOf(RepositoryFiles files, string build, Func<string, bool> needs)
    {
        var at = Array.FindIndex(Known, known => needs(known.Package));
        if (at < 0)
        {
            return null;
        }

        var (package, tool, output, isOnePage) = Known[at];
        var said = package switch
        {
            "vite" => files.FirstOf("vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts") is { } config ? OutDir().Match(files.Text(config) ?? "") : Match.Empty,
            "@angular/cli" => AngularOutput().Match(files.Text("angular.json") ?? ""),
            _ => Match.Empty,
        };
        if (said.Success)
        {
            output = said.Groups["path"].Value;
        }
        else if (package == "@angular/cli" && JsonFile.Object(files, "angular.json") is { } workspace && workspace.Member("projects").Names().FirstOrDefault(name => Safe().IsMatch(name)) is { } project)
        {
            // The default since its 17th version; before it the folder "browser" was missing.
            output = $"dist/{project}/browser";
        }

        // A library is built with the same tools, but has no page to begin with.
        return tool is "Vite" or "webpack" or "Parcel" && !files.Paths.Any(path => path.EndsWith("index.html", StringComparison.Ordinal)) ? null : new(tool, output, isOnePage);
    }

    [GeneratedRegex(@"outDir\s{0,5}:\s{0,5}['""](\./)?(?<path>[A-Za-z0-9_][\w/-]{0,80})/?['""]", RegexOptions.CultureInvariant)]
    private static partial Regex OutDir();

    [GeneratedRegex(@"""outputPath""\s{0,5}:\s{0,5}""(?<path>[A-Za-z0-9_][\w/-]{0,80})/?""", RegexOptions.CultureInvariant)]
    private static partial Regex AngularOutput();

    [GeneratedRegex(@"^[\w-]{1,60}$", RegexOptions.CultureInvariant)]
    private static partial Regex Safe();
}
