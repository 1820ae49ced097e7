using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Cli.Init;
using Slipway.Core.Definitions;

namespace Slipway.Cli.Tests.Init;

/// <summary>Whatever a repository's files hold: what is written is valid, or it is said that nothing is known; never an exception.</summary>
public sealed class HostileTests
{
    private static readonly string[] Nasty = ["\"", "'", "\n", "\r", "\t", "\0", "\\", ": ", " #", "{", "}", "[", "]", "- ", "&a", "*b", "!t", "|", ">", "%", "@", "`", "$PORT", "$(x)", "é", "日本", "🚀", "\ud800", "\u2028", "\u0085", "\ufeff", "\e[0m", "..", "/", "true", "null", "~", "a", "B", "9", "-", "_", " ", ";", "&&"];

    private static readonly Gen<string> Text = from parts in Gen.Elements(Nasty).ListOf() select string.Concat(parts);

    [Fact]
    public void Any_package_json_gives_a_valid_definition_or_none()
    {
        var package = from name in Text from start in Text from test in Text from build in Text from main in Text from dependency in Text select (name, start, test, build, main, dependency);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(package.ToArbitrary(), one => Holds(
            ("package.json", $$"""
                { "name": {{Json(one.name)}}, "main": {{Json(one.main)}}, "packageManager": {{Json("pnpm@" + one.name)}}, "engines": { "node": {{Json(one.test)}} },
                  "scripts": { "start": {{Json("node " + one.start)}}, "test": {{Json("vitest " + one.test)}}, "build": {{Json(one.build)}} }, "dependencies": { {{Json("x" + one.dependency)}}: "1" } }
                """),
            ("server.js", $"app.get('{one.name}', 1); app.get(\"/{one.start}health\", 2); server.listen({one.test})"))));
    }

    [Fact]
    public void Any_names_of_files_give_a_valid_definition_or_none()
    {
        var names = from name in Text from folder in Text select (name, folder);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(names.ToArbitrary(), one =>
        {
            var name = Plain(one.name);
            var folder = Plain(one.folder).Replace("/", "");
            Holds(($"{folder}x/{name}x.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />"""), ("a.sln", ""), ($"{folder}t/{name}t.csproj", """<Project Sdk="MSTest.Sdk/3" />"""));
            Holds(($"{name}x.py", "HTTPServer(('', 8000), X).serve_forever()"), ($"{folder}x/test_{name}.py", "import unittest"));
            Holds(("go.mod", $"module {one.name}x"), ($"{folder}x/{name}m.go", "package main\nfunc main() {\n"), ($"{name}x_test.go", ""));
            Holds(("pom.xml", "<project />"), ($"{folder}x/pom.xml", "<project><build>spring-boot-maven-plugin</build></project>"), ($"{folder}x/src/test/{name}x.java", ""));
        }));
    }

    [Fact]
    public void Any_text_in_any_known_file_is_survived()
    {
        string[] known = ["package.json", "pyproject.toml", "requirements.txt", "go.mod", "main.go", "pom.xml", "build.gradle", "settings.gradle", "a.csproj", "a.sln", "global.json", "angular.json", "pnpm-lock.yaml", "yarn.lock", ".yarnrc.yml", "app.py", "manage.py", "Procfile", "Makefile", "index.html", "mkdocs.yml"];
        var texts = from files in (from file in Gen.Elements(known) from text in Text from tail in Gen.Elements("", "{", "}", "[project]", "<a>", "web: x", "Flask(", "FastAPI(") select (file, text + tail)).ListOf() select files;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(texts.ToArbitrary(), files => Holds([.. files.DistinctBy(file => file.file)])));
    }

    [Fact]
    public void Any_command_is_run_by_a_shell_as_it_was_said()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Text.ToArbitrary(), text =>
        {
            var command = Plain(text) + "x";
            Repository.Read(PlainCommand.Of(Repository.Of(("x", "")), command).Done()).Run.Command.ShouldBe(["sh", "-c", command]);
        }));
    }

    [Fact]
    public void Any_text_is_a_service_s_name_or_none()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Text.ToArbitrary(), text =>
        {
            if (ServiceName.From(text) is { } name)
            {
                ServiceDefinitionReader.Read($"service: \"{name}\"\nrun: {{ command: ./x }}\n", "slipway.yaml", null).Problems.ShouldBeEmpty();
                ServiceName.From(name).ShouldBe(name);
            }
        }));
    }

    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("@acme/Shop_Front", "shop-front")]
    [InlineData("ShopApi", "shop-api")]
    [InlineData("github.com/acme/shop", "shop")]
    [InlineData("--a..b--", "a-b")]
    [InlineData("日本", null)]
    [InlineData("", null)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbb", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_are_made_valid(string text, string? name) => ServiceName.From(text).ShouldBe(name);

    /// <summary>Names of files have no control characters when they come from the scan.</summary>
    private static string Plain(string text) => new([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);

    /// <summary>What YAML and half a surrogate pair do to a text is no concern of the shell's.</summary>
    private static string Trimmed(string run) => run.Replace("\ufffd", "").TrimEnd('\n');

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static void Holds(params (string Path, string Text)[] files)
    {
        if (Recognition.Of(Repository.Of(files)) is Recognised.As found)
        {
            var definition = Repository.Read(found.Detected);
            definition.Artifact.ShouldNotBeNull();
            definition.Pipeline.ShouldNotBeNull().Jobs.Single().Steps.Count.ShouldBe(found.Detected.Steps.Count);
            definition.Pipeline.Jobs.Single().Steps.Select(step => Trimmed(step.Run)).ShouldBe(found.Detected.Steps.Select(step => Trimmed(step.Run)));
        }
    }
}
