using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>How a package serves.</summary>
/// <param name="Program">The file that Node.js runs; null: a tool does.</param>
/// <param name="Comment">About where it listens, where that is known; null: its sources must tell.</param>
/// <param name="Tools">Packages that must be there when it starts.</param>
internal sealed partial record NodeServer(string Command, string? Program, string? Framework, string Because, string? Comment, IReadOnlySet<string> Tools)
{
    private static readonly string[] UsualFiles = ["server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "server.cjs", "src/server.js", "src/index.js", "src/app.js", "src/main.js"];

    /// <param name="start">The start script.</param>
    /// <param name="main">package.json's main.</param>
    /// <param name="needs">Whether a package is among its dependencies.</param>
    /// <returns>Null: nothing serves, or only a development server.</returns>
    public static NodeServer? Of(RepositoryFiles files, string? start, string? main, string? build, Func<string, bool> needs)
    {
        if (OfFramework(files, start, build, needs) is { } framework)
        {
            return framework;
        }

        if (start is not null && Plain().Match(start) is { Success: true } plain)
        {
            var program = plain.Groups["file"].Value;
            return new($"node {(plain.Groups["flags"].Value + program + plain.Groups["more"].Value).Trim()}", FileOf(files, program, main), null, $"start: {start}", null, new HashSet<string>());
        }

        if (start is not null && !Development().IsMatch(start))
        {
            return new("npm start", null, null, $"start: {(start.Length <= 60 ? start : start[..60] + "…")}", null, ToolsOf(start));
        }

        // No start script: a file that listens is a server all the same.
        var file = new[] { main }.Concat(UsualFiles).OfType<string>().Select(f => f.StartsWith("./", StringComparison.Ordinal) ? f[2..] : f)
            .FirstOrDefault(f => start is null && Safe().IsMatch(f) && files.Has(f) && Listens().IsMatch(files.Text(f) ?? ""));
        return file is null ? null : new($"node {file}", file, null, $"no start script; {file} listens", null, new HashSet<string>());
    }

    private static NodeServer? OfFramework(RepositoryFiles files, string? start, string? build, Func<string, bool> needs)
    {
        const string Reads = "It reads PORT and HOST by itself.";
        NodeServer With(string command, string framework, string? comment, params string[] tools) => new(command, null, framework, $"{framework} is among its packages", comment, tools.ToHashSet());
        if (needs("next") && build is not null)
        {
            return IsExported(files) ? null
                : With(Draft.Shell("exec node node_modules/next/dist/bin/next start --hostname \"$HOST\" --port \"$PORT\""), "Next.js", "Next.js' own server, told where to listen.", "next");
        }

        if (needs("nuxt") && build is not null)
        {
            return build.Contains("generate", StringComparison.Ordinal) ? null : With("node .output/server/index.mjs", "Nuxt", Reads);
        }

        if (needs("@sveltejs/adapter-node") && build is not null)
        {
            return With("node build", "SvelteKit", Reads);
        }

        if (needs("@astrojs/node") && build is not null)
        {
            return With("node dist/server/entry.mjs", "Astro", Reads);
        }

        if (needs("@nestjs/core") && build is not null)
        {
            return new("node dist/main.js", "dist/main.js", null, "@nestjs/core is among its packages", null, new HashSet<string>());
        }

        return start is not null && Remix().Match(start) is { Success: true } remix
            ? With($"node node_modules/@{(remix.Groups["tool"].Value == "remix-serve" ? "remix-run/serve/dist/cli.js" : "react-router/serve/bin.js")} {remix.Groups["file"].Value}",
                remix.Groups["tool"].Value == "remix-serve" ? "Remix" : "React Router", Reads, "@remix-run/serve", "@react-router/serve")
            : null;
    }

    private static bool IsExported(RepositoryFiles files) =>
        files.FirstOf("next.config.js", "next.config.mjs", "next.config.ts") is { } config && Exported().IsMatch(files.Text(config) ?? "");

    /// <summary>Node.js takes <c>node server</c> for server.js, and <c>node .</c> for the package's main.</summary>
    private static string FileOf(RepositoryFiles files, string program, string? main)
    {
        if (program is "." or "./")
        {
            return main is null or "." or "./" ? "index.js" : FileOf(files, main, null);
        }

        var file = program.StartsWith("./", StringComparison.Ordinal) ? program[2..] : program;
        return files.Has(file) ? file : files.FirstOf($"{file}.js", $"{file}/index.js", $"{file}.cjs", $"{file}.mjs") ?? (Path.HasExtension(file) ? file : $"{file}.js");
    }

    private static HashSet<string> ToolsOf(string script) => [.. Word().Matches(script).Select(word => word.Value), "typescript"];

    [GeneratedRegex(@"^(?:cross-env\s+)?(?:NODE_ENV=\w{1,20}\s+)?node\s+(?<flags>(?:--?[A-Za-z][\w.=/@-]{0,80}\s+){0,5})(?<file>[\w./-]{1,120})(?<more>(?:\s+[\w.=/@:-]{1,80}){0,5})$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"(^|\s|/)(vite|react-scripts|ng|webpack|webpack-dev-server|vue-cli-service|parcel|gatsby|astro|eleventy|docusaurus|vitepress|http-server|live-server|rollup|esbuild|expo|storybook|electron|serve)(\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Development();

    [GeneratedRegex(@"^[\w./-]{1,120}$", RegexOptions.CultureInvariant)]
    private static partial Regex Safe();

    [GeneratedRegex(@"\.listen\(|Deno\.serve|serve\(", RegexOptions.CultureInvariant)]
    private static partial Regex Listens();

    [GeneratedRegex(@"^(?:cross-env\s+)?(?:NODE_ENV=\w{1,20}\s+)?(?<tool>remix-serve|react-router-serve)\s+(?<file>[\w./-]{1,120})$", RegexOptions.CultureInvariant)]
    private static partial Regex Remix();

    [GeneratedRegex(@"output\s{0,5}:\s{0,5}['""]export['""]", RegexOptions.CultureInvariant)]
    private static partial Regex Exported();

    [GeneratedRegex(@"@?[\w./-]{1,80}", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
