namespace Slipway.Cli.Tests.Commands;

public sealed class EvalTests
{
    [Theory]
    [InlineData("[1, 2, 3].all(x, x > 0)", "true\n", "{\n  \"value\": true\n}\n")]
    [InlineData("'a' + 'b'", "\"ab\"\n", "{\n  \"value\": \"ab\"\n}\n")]
    [InlineData("null", "null\n", "{\n  \"value\": null\n}\n")]
    [InlineData("9007199254740993", "9007199254740993\n", "{\n  \"value\": \"9007199254740993\"\n}\n")]
    [InlineData("{1: b'abc'}", "{1: b\"abc\"}\n", "{\n  \"value\": {\n    \"1\": \"YWJj\"\n  }\n}\n")]
    public async Task The_value_is_printed(string text, string words, string json)
    {
        var run = await CliRun.Of(["eval", text]);
        (run.ExitCode, run.Out, run.Error).ShouldBe((0, words, ""));
        (await CliRun.Of(["eval", text, "--json"])).Out.ShouldBe(json);
    }

    [Fact]
    public async Task The_names_of_a_JSON_object_are_variables()
    {
        using var folder = new TemporaryFolder();
        folder.File("build.json", """{"branch": "main", "numbers": [1, 2]}""");
        var run = await CliRun.Of(["eval", "branch == 'main' && numbers.exists(n, n == 2)", "--input", "build.json"], directory: folder.Path);
        (run.ExitCode, run.Out).ShouldBe((0, "true\n"));
    }

    [Theory]
    [InlineData("1 +\n  brnch == 2", 2, "2:3: There is no variable 'brnch'. (Did you mean 'branch'?)\n    brnch == 2\n    ^\n")]
    [InlineData("branch == 'a' &&", 2, "1:17: Here is the end; expected was a value.\n  branch == 'a' &&\n                  ^\n")]
    [InlineData("1 / 0", 1, "1:3: it divides by zero\n  1 / 0\n    ^\n")]
    public async Task What_is_wrong_is_told_with_a_caret_under_its_place(string text, int exitCode, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.File("build.json", """{"branch": "main"}""");
        var run = await CliRun.Of(["eval", text, "--input", "build.json"], directory: folder.Path);
        (run.ExitCode, run.Out, run.Error).ShouldBe((exitCode, "", expected));
    }

    [Theory]
    [InlineData("none.json", null, "There is no file none.json")]
    [InlineData("list.json", "[1]", "list.json holds no JSON object")]
    [InlineData("bad.json", "{", "bad.json is no JSON")]
    [InlineData("twice.json", """{"a": 1, "a": 2}""", "twice.json is no JSON")]
    public async Task An_input_that_is_no_object_is_refused(string file, string? content, string expected)
    {
        using var folder = new TemporaryFolder();
        if (content is not null)
        {
            folder.File(file, content);
        }

        var run = await CliRun.Of(["eval", "true", "--input", file], directory: folder.Path);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task The_page_about_expressions_names_every_function_and_its_examples_are_read()
    {
        var page = (await CliRun.Of(["docs", "expressions"])).Out;
        page.ShouldStartWith("# Expressions\n");
        foreach (var name in (string[])["matches", "charAt", "lastIndexOf", "getDayOfWeek", "flatten", "math.least", "exists_one"])
        {
            page.ShouldContain(name);
        }

        using var folder = new TemporaryFolder();
        folder.File("all.json", """{"branch": "main", "tag": "v1.2.3", "files": ["a.sql"], "build": {"labels": {"team": "web"}, "started": "2026-03-03T10:00:00Z", "ended": "2026-03-03T10:01:00Z"}}""");
        foreach (var example in page.Split("```")[^2].Trim().Split('\n'))
        {
            (await CliRun.Of(["eval", example, "--input", "all.json"], directory: folder.Path)).All.ShouldBe("exit 0\ntrue\n", example);
        }
    }
}
