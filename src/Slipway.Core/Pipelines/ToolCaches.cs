namespace Slipway.Core.Pipelines;

/// <summary>
/// What tools keep between runs when they are asked to by one word: which files say what a tool will fetch, and where it keeps that. The folders are the tools' own defaults below the
/// home directory, so that nothing has to be told to them; where the default would be elsewhere in the sandbox, a variable says it.
/// </summary>
public static class ToolCaches
{
    // npx and corepack bring package managers themselves.
    private const string Npx = "~/.npm", Corepack = "~/.cache/node/corepack";

    private static readonly CacheDefinition[] All =
    [
        new(["**/packages.lock.json"], ["~/.nuget/packages"])
        {
            Name = "nuget",
            Otherwise = ["**/*.csproj", "**/*.fsproj", "**/*.vbproj", "**/Directory.Packages.props", "**/Directory.Build.props", "**/packages.config"],
        },
        new(["**/package-lock.json", "**/npm-shrinkwrap.json"], [Npx]) { Name = "npm", Otherwise = ["**/package.json"] },
        new(["**/yarn.lock"], ["~/.cache/yarn", "~/.yarn/berry/cache", Npx, Corepack])
        {
            Name = "yarn",
            Otherwise = ["**/package.json"],
            // The default, which Yarn 1 leaves for a folder of the system when it runs as root.
            Env = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = "~/.cache" },
        },
        new(["**/pnpm-lock.yaml"], ["~/.local/share/pnpm/store", Npx, Corepack])
        {
            Name = "pnpm",
            Otherwise = ["**/package.json"],
            // Left to itself pnpm keeps its store on the file system of the checkout, which in the sandbox is another one than that of the home directory.
            Env = new Dictionary<string, string> { ["npm_config_store_dir"] = "~/.local/share/pnpm/store" },
        },
        new(["**/requirements*.txt", "**/poetry.lock", "**/uv.lock", "**/Pipfile.lock"], ["~/.cache/pip", "~/.cache/uv", "~/.cache/pypoetry/cache", "~/.cache/pypoetry/artifacts"])
        {
            Name = "pip",
            Otherwise = ["**/pyproject.toml", "**/setup.py", "**/setup.cfg"],
        },
        new(["**/go.sum"], ["~/go/pkg/mod", "~/.cache/go-build"]) { Name = "go", Otherwise = ["**/go.mod"] },
        new(["**/pom.xml", "**/maven-wrapper.properties"], ["~/.m2/repository", "~/.m2/wrapper"])
        {
            Name = "maven",
            // Java takes the home directory from the list of accounts, where it is none of the sandbox's.
            Env = new Dictionary<string, string> { ["MAVEN_OPTS"] = "-Duser.home=~" },
        },
        new(["**/*.gradle", "**/*.gradle.kts", "**/*.versions.toml", "**/gradle.properties", "**/gradle-wrapper.properties", "**/gradle.lockfile"], ["~/.gradle/caches", "~/.gradle/wrapper"])
        {
            Name = "gradle",
            Env = new Dictionary<string, string> { ["GRADLE_USER_HOME"] = "~/.gradle" },
        },
    ];

    /// <summary>In the order in which they are named to people.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(tool => tool.Name)];

    /// <returns>Null: there is no such tool.</returns>
    public static CacheDefinition? Find(string name) => Array.Find(All, tool => tool.Name == name);
}
