using System.Xml.Linq;

namespace Slipway.Cli.Tests.Architecture;

/// <summary>The projects and what each may see are exactly these.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Core"] = [],
        ["Engine"] = ["Core"],
        ["Storage"] = ["Core", "Engine"],
        ["Integrations"] = ["Core", "Engine"],
        ["Client"] = [],
        ["Agent"] = ["Client"],
        ["Server"] = ["Client", "Core", "Engine", "Integrations", "Storage"],
        ["Cli"] = ["Agent", "Client", "Core", "Server"],
    };

    private static readonly string Root = Checkout.Root;

    [Fact]
    public void Project_references_are_exactly_the_arrows()
    {
        var found = Projects().ToDictionary(
            project => Short(project.Name), project => project.Document.Descendants("ProjectReference").Select(reference => Short(NameOf((string)reference.Attribute("Include")!))).Order().ToArray());

        found.Keys.Order().ShouldBe(Arrows.Keys.Order());
        foreach (var (project, arrows) in Arrows)
        {
            found[project].ShouldBe(arrows, project);
        }
    }

    [Fact]
    public void Core_references_nothing_but_the_YAML_parser()
    {
        var core = Projects().Single(project => project.Name == "Slipway.Core").Document;

        core.Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!).ShouldBe(["YamlDotNet"]);
        core.Descendants("FrameworkReference").ShouldBeEmpty();
        core.Descendants("Reference").ShouldBeEmpty();
    }

    [Fact]
    public void Core_s_bans_of_the_outside_world_are_in_force()
    {
        var core = Projects().Single(project => project.Name == "Slipway.Core").Document;

        core.Descendants("AdditionalFiles").Select(file => (string)file.Attribute("Include")!).ShouldContain("BannedSymbols.txt");
        var banned = File.ReadAllText(Path.Combine(Root, "src/Slipway.Core/BannedSymbols.txt"));
        foreach (var symbol in new[] { "N:System.IO;", "N:System.Net;", "N:System.Diagnostics;", "T:System.TimeProvider;", "T:System.Environment;" })
        {
            banned.ShouldContain(symbol);
        }
    }

    [Fact]
    public void No_project_sees_through_another()
    {
        var everywhere = XDocument.Load(Path.Combine(Root, "Directory.Build.props"));

        everywhere.Descendants("DisableTransitiveProjectReferences").ShouldHaveSingleItem().Value.ShouldBe("true");
        foreach (var (name, _, project) in Projects())
        {
            project.Descendants("DisableTransitiveProjectReferences").ShouldBeEmpty(name);
        }

        // A folder's own props file would come in place of the root's.
        Projects().SelectMany(project => Directory.GetFiles(project.Folder, "Directory.Build.*")).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(Root, "src"), "Directory.Build.*").ShouldBeEmpty();
    }

    [Fact]
    public void Warnings_are_errors_everywhere()
    {
        XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("TreatWarningsAsErrors").ShouldHaveSingleItem().Value.ShouldBe("true");
        foreach (var (name, _, project) in Projects())
        {
            project.Descendants("TreatWarningsAsErrors").ShouldBeEmpty(name);
            project.Descendants("NoWarn").ShouldBeEmpty(name);
        }
    }

    private static IEnumerable<(string Name, string Folder, XDocument Document)> Projects() =>
        from folder in Directory.GetDirectories(Path.Combine(Root, "src"))
        from file in Directory.GetFiles(folder, "*.csproj")
        select (Path.GetFileNameWithoutExtension(file), folder, XDocument.Load(file));

    private static string NameOf(string projectFile) => Path.GetFileNameWithoutExtension(projectFile.Replace('\\', '/'));

    private static string Short(string project) => project.Replace("Slipway.", "");
}
