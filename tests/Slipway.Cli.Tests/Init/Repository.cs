using Slipway.Cli.Init;
using Slipway.Core.Definitions;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Cli.Tests.Init;

/// <summary>A small repository: names of files and what is in them.</summary>
internal static class Repository
{
    public static RepositoryFiles Of(params (string Path, string Text)[] files) => Of(files.ToDictionary(file => file.Path, file => file.Text));

    public static RepositoryFiles Of(IReadOnlyDictionary<string, string> files) =>
        new([.. files.Keys], (path, most) => files.GetValueOrDefault(path) is { } text ? text[..Math.Min(most, text.Length)] : null);

    public static Detected Recognised(params (string Path, string Text)[] files) => Recognition.Of(Of(files)).ShouldBeOfType<Recognised.As>().Detected;

    /// <summary>What the text with its steps written out says, as the server will read it; where a template stands for them, the text with that must be valid too.</summary>
    public static Slipway.Core.Releases.ServiceDefinition Read(Detected detected, string service = "shop") =>
        new[] { false, true }.Select(steps =>
        {
            var text = DefinitionWriter.Text(detected, service, null, steps);
            var read = ServiceDefinitionReader.Read(text, "slipway.yaml", null, TemplateCatalog.Own);
            read.Problems.ShouldBeEmpty(text);
            return read.Definition.ShouldNotBeNull();
        }).Last();

    /// <summary>The command's answer for files on disk in a folder <c>shop</c>: the definition, and behind it what is said.</summary>
    public static Task<string> Told(params (string Path, string Text)[] files) => Told([], files);

    public static async Task<string> Told(string[] options, params (string Path, string Text)[] files)
    {
        using var folder = new TemporaryFolder();
        foreach (var (path, text) in files)
        {
            folder.File($"shop/{path}", text);
        }

        var shown = await CliRun.Of(["init", "--dry-run", .. options], directory: Path.Combine(folder.Path, "shop"));
        shown.ExitCode.ShouldBe(0, shown.All);
        var written = await CliRun.Of(["init", .. options], directory: Path.Combine(folder.Path, "shop"));
        written.ExitCode.ShouldBe(0, written.All);
        File.ReadAllText(Path.Combine(folder.Path, "shop", "slipway.yaml")).ShouldBe(shown.Out);
        (await CliRun.Of(["validate"], directory: Path.Combine(folder.Path, "shop"))).ExitCode.ShouldBe(0);
        return $"{shown.Out}--- said\n{written.Out}";
    }
}
