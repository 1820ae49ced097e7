using System.Xml.Linq;

namespace Slipway.Cli.Tests.Architecture;

/// <summary>The projects point at one another as the architecture says, and in no other way.</summary>
public sealed class ArrowsTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Core"] = [],
        ["Client"] = [],
        ["Engine"] = ["Core"],
        ["Storage"] = ["Core", "Engine"],
        ["Integrations"] = ["Core", "Engine"],
        ["Agent"] = ["Client"],
        ["Server"] = ["Client", "Core", "Engine", "Integrations", "Storage"],
        ["Cli"] = ["Agent", "Client", "Core", "Server"],
    };

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_what_the_architecture_allows(string project)
    {
        var file = XDocument.Load(Path.Combine(Root(), "src", $"Slipway.{project}", $"Slipway.{project}.csproj"));
        file.Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)["Slipway.".Length..])
            .Order()
            .ShouldBe(Arrows[project]);
    }

    [Fact]
    public void There_are_no_other_projects_and_no_reference_reaches_through_another() =>
        (Directory.GetDirectories(Path.Combine(Root(), "src")).Select(d => Path.GetFileName(d)["Slipway.".Length..]).Order(),
            XDocument.Load(Path.Combine(Root(), "Directory.Build.props")).Descendants("DisableTransitiveProjectReferences").Single().Value)
            .ShouldSatisfyAllConditions(
                x => x.Item1.ShouldBe(Arrows.Keys.Order()),
                x => x.Value.ShouldBe("true"));

    [Fact]
    public void Core_depends_on_nothing_but_its_YAML_parser() =>
        XDocument.Load(Path.Combine(Root(), "src", "Slipway.Core", "Slipway.Core.csproj")).Descendants("PackageReference")
            .Select(p => p.Attribute("Include")!.Value)
            .ShouldBe(["YamlDotNet"]);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
