using System.Xml;
using System.Xml.Linq;

namespace Slipway.Cli.Init;

/// <summary>What a .NET project is for.</summary>
internal enum DotNetRole { Web, Worker, Pages, Program, Library, Test, BrowserTest }

/// <summary>A .NET project file.</summary>
/// <param name="Path">Relative to the repository.</param>
/// <param name="Assembly">The name of what it builds, without an extension.</param>
/// <param name="Framework">Such as net10.0; empty: it stands elsewhere.</param>
/// <param name="OwnHost">It builds a program that needs no <c>dotnet</c> to run.</param>
/// <param name="References">File names of the projects that it uses.</param>
internal sealed record DotNetProject(string Path, DotNetRole Role, string Assembly, string Framework, bool OwnHost, IReadOnlyList<string> Packages, IReadOnlyList<string> References)
{
    public static readonly string[] Extensions = [".csproj", ".fsproj", ".vbproj"];
    private static readonly string[] TestPackages = ["Microsoft.NET.Test.Sdk", "xunit", "xunit.v3", "NUnit", "MSTest", "MSTest.TestFramework", "TUnit"];

    public string Folder => Path.Contains('/') ? Path[..Path.LastIndexOf('/')] : "";

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsTest => Role is DotNetRole.Test or DotNetRole.BrowserTest;

    /// <param name="path">Relative to the repository.</param>
    /// <returns>Null: it cannot be read, which is then among the problems.</returns>
    public static DotNetProject? Read(RepositoryFiles files, string path)
    {
        if (files.TextOf(path) is not { } text)
        {
            return null;
        }

        XElement root;
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = RepositoryFiles.LongestText };
            using var reader = XmlReader.Create(new StringReader(text), settings);
            root = XDocument.Load(reader).Root!;
        }
        catch (XmlException wrong)
        {
            files.Problem($"{path} is not XML: it breaks on line {wrong.LineNumber}.");
            return null;
        }

        var sdk = (string?)root.Attribute("Sdk") ?? (string?)Named(root, "Sdk").FirstOrDefault()?.Attribute("Name") ?? "";
        string[] packages = [.. Included(root, "PackageReference")];
        string[] references = [.. Included(root, "ProjectReference").Select(reference => reference.Replace('\\', '/').Split('/')[^1])];
        var framework = Value(root, "TargetFramework") ?? Value(root, "TargetFrameworks")?.Split(';')[0] ?? "";
        var assembly = Value(root, "AssemblyName") is { } given && !given.Contains('$') && given.Length <= 150 && !given.Any(char.IsControl) && !given.Contains('/') ? given : System.IO.Path.GetFileNameWithoutExtension(path);
        var ownHost = Is(root, "SelfContained") || Is(root, "PublishAot") || Is(root, "PublishSingleFile");
        return new(path, RoleOf(root, System.IO.Path.GetFileNameWithoutExtension(path), sdk, packages), assembly, framework, ownHost, packages, references);
    }

    private static DotNetRole RoleOf(XElement root, string name, string sdk, string[] packages)
    {
        // Its packages may stand in a file that all test projects share; then the name must do.
        if (Is(root, "IsTestProject") || name.EndsWith("Tests", StringComparison.Ordinal) || name.EndsWith(".Test", StringComparison.Ordinal) || sdk.StartsWith("MSTest.Sdk", StringComparison.OrdinalIgnoreCase) || packages.Any(package => TestPackages.Contains(package, StringComparer.OrdinalIgnoreCase)))
        {
            return packages.Any(package => package.Contains("Playwright", StringComparison.OrdinalIgnoreCase) || package.Contains("Selenium", StringComparison.OrdinalIgnoreCase))
                ? DotNetRole.BrowserTest
                : DotNetRole.Test;
        }

        // Orchestrators of a developer's machine: what they start are services of their own.
        if (Is(root, "IsAspireHost") || sdk.StartsWith("Aspire.AppHost", StringComparison.Ordinal) || Named(root, "Sdk").Any(one => ((string?)one.Attribute("Name"))?.StartsWith("Aspire.AppHost", StringComparison.Ordinal) == true))
        {
            return DotNetRole.Library;
        }

        var isProgram = Value(root, "OutputType") is { } type && (type.Equals("Exe", StringComparison.OrdinalIgnoreCase) || type.Equals("WinExe", StringComparison.OrdinalIgnoreCase));
        return sdk switch
        {
            "Microsoft.NET.Sdk.BlazorWebAssembly" => DotNetRole.Pages,
            "Microsoft.NET.Sdk.Worker" => DotNetRole.Worker,
            "Microsoft.NET.Sdk.Web" => Value(root, "OutputType") is { } output && output.Equals("Library", StringComparison.OrdinalIgnoreCase) ? DotNetRole.Library : DotNetRole.Web,
            _ when !isProgram => DotNetRole.Library,
            _ when Included(root, "FrameworkReference").Contains("Microsoft.AspNetCore.App") => DotNetRole.Web,
            _ when packages.Contains("Microsoft.Extensions.Hosting") => DotNetRole.Worker,
            _ => DotNetRole.Program,
        };
    }

    private static IEnumerable<XElement> Named(XElement root, string name) => root.Descendants().Where(element => element.Name.LocalName == name);

    private static IEnumerable<string> Included(XElement root, string item) => Named(root, item).Select(element => (string?)element.Attribute("Include")).OfType<string>();

    private static string? Value(XElement root, string property) => Named(root, property).Select(element => element.Value.Trim()).FirstOrDefault(value => value.Length > 0);

    private static bool Is(XElement root, string property) => Value(root, property)?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;
}
