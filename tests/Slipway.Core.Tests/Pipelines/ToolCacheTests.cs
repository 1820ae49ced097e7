using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

/// <summary>Where tools keep what they fetch, as their own documentation has it. Change a line here only together with a look at the tool.</summary>
public sealed class ToolCacheTests
{
    [Theory]
    [InlineData("nuget", "~/.nuget/packages", "**/packages.lock.json", "**/*.csproj")]
    [InlineData("npm", "~/.npm", "**/package-lock.json", "**/package.json")]
    [InlineData("yarn", "~/.cache/yarn ~/.yarn/berry/cache ~/.npm ~/.cache/node/corepack", "**/yarn.lock", "**/package.json", "XDG_CACHE_HOME=~/.cache")]
    [InlineData("pnpm", "~/.local/share/pnpm/store ~/.npm ~/.cache/node/corepack", "**/pnpm-lock.yaml", "**/package.json", "npm_config_store_dir=~/.local/share/pnpm/store")]
    [InlineData("pip", "~/.cache/pip ~/.cache/uv ~/.cache/pypoetry/cache ~/.cache/pypoetry/artifacts", "**/requirements*.txt", "**/pyproject.toml")]
    [InlineData("go", "~/go/pkg/mod ~/.cache/go-build", "**/go.sum", "**/go.mod")]
    [InlineData("maven", "~/.m2/repository ~/.m2/wrapper", "**/pom.xml", null, "MAVEN_OPTS=-Duser.home=~")]
    [InlineData("gradle", "~/.gradle/caches ~/.gradle/wrapper", "**/*.gradle", null, "GRADLE_USER_HOME=~/.gradle")]
    public void A_tool_keeps_its_own_folders_by_the_files_that_say_what_it_fetches(string name, string paths, string key, string? otherwise, string env = "")
    {
        var tool = ToolCaches.Find(name)!;
        string.Join(' ', tool.Paths).ShouldBe(paths);
        tool.Key[0].ShouldBe(key);
        (tool.Otherwise is [var first, ..] ? first : null).ShouldBe(otherwise);
        string.Join(' ', tool.Env.Select(pair => $"{pair.Key}={pair.Value}")).ShouldBe(env);
    }

    [Fact]
    public void Each_tool_is_named_once_and_an_unknown_one_is_none()
    {
        ToolCaches.Names.ShouldBe(["nuget", "npm", "yarn", "pnpm", "pip", "go", "maven", "gradle"]);
        ToolCaches.Find("cargo").ShouldBeNull();
    }

    [Fact]
    public void A_run_that_was_kept_before_caches_had_names_is_read()
    {
        var kept = System.Text.Json.JsonSerializer.Deserialize("""{"run":"r","job":"j","attempt":1,"service":"s","commit":"c","branch":"b","network":true,"timeout":"01:00:00","env":{},"steps":[],"inputs":[],"outputs":[]}""", JobPlanJson.Default.JobPlan)!;
        (kept.Caches.Count, kept.CachesReadFrom.Count, kept.CachesWrittenTo).ShouldBe((0, 0, null));
        var run = System.Text.Json.JsonSerializer.Deserialize(
            """{"type":"requested","inputs":{"service":"s","commit":"c","branch":"b","version":"1","subject":"s","trigger":"push","pipeline":{"jobs":[{"name":"a","steps":[],"caches":[{"key":["go.sum"],"paths":["~/go"]}]}]}},"by":{"identity":"a","person":"a"},"why":null}""",
            RunJson.Default.RunEvent).ShouldBeOfType<RunRequested>();
        var cache = run.Inputs.Pipeline.Jobs[0].Caches.ShouldHaveSingleItem();
        (cache.Name, cache.Otherwise.Count, cache.Env.Count, cache.IsShared, run.Inputs.Ref).ShouldBe(("~/go", 0, 0, false, null));
    }
}
