using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>The tool that a package.json is installed with, and how it is called where only Node.js and npm are installed.</summary>
/// <param name="Name">npm, pnpm or yarn.</param>
/// <param name="Install">With exactly what the lock file says, where there is one.</param>
/// <param name="Prune">Takes away again what only the build needs; null: it cannot.</param>
/// <param name="Program">Calls it.</param>
internal sealed partial record NodePackageManager(string Name, string Install, string? Prune, string Program, Line Cache, string? LockFile)
{
    private const string YarnClassic = "1.22.22";
    private static readonly string[] All = ["npm", "pnpm", "yarn"];

    /// <summary>A script of package.json with further arguments.</summary>
    public string Run(string script, string arguments = "") =>
        $"{Program} run {script}{(arguments.Length == 0 ? "" : Name == "npm" ? $" -- {arguments}" : $" {arguments}")}";

    /// <param name="package">The package.json.</param>
    /// <param name="installs">Whether there is anything to install.</param>
    public static NodePackageManager Of(Draft draft, JsonElement package, bool installs)
    {
        var files = draft.Files;
        var pinned = Pinned().Match(package.Text("packageManager") ?? "");
        string? LockOf(string name) => name switch
        {
            "npm" => files.FirstOf("package-lock.json", "npm-shrinkwrap.json"),
            "pnpm" => files.FirstOf("pnpm-lock.yaml"),
            _ => files.FirstOf("yarn.lock"),
        };
        string[] locked = [.. All.Where(name => LockOf(name) is not null)];
        var wanted = pinned.Success ? pinned.Groups["name"].Value : null;
        var name = wanted is not null && (locked.Contains(wanted) || locked.Length == 0) ? wanted : locked.LastOrDefault() ?? "npm";
        if (locked.Length > 1 && installs)
        {
            draft.Check($"There are lock files of {string.Join(" and ", locked)}: {name}'s is used. Remove the one that is not.");
        }

        if (locked.Length == 0 && installs && files.FirstOf("bun.lock", "bun.lockb") is { } bun)
        {
            draft.Check("Bun is not known here, so it is installed with npm, and without Bun's lock file.", bun);
        }

        var version = pinned.Success && pinned.Groups["name"].Value == name ? pinned.Groups["version"].Value : null;
        var file = LockOf(name);
        if (file is not null)
        {
            draft.Found($"installed with {name}{(version is null ? "" : $" {version}, as package.json's packageManager says")}", file);
        }

        return name switch { "npm" => Npm(draft, file, installs), "pnpm" => Pnpm(files, file, version), _ => Yarn(draft, file, version) };
    }

    private static NodePackageManager Npm(Draft draft, string? file, bool installs)
    {
        var cache = new Line("npm", "Kept from run to run, so that packages are not fetched again.");
        if (file is not null)
        {
            return new("npm", "npm ci --no-audit --no-fund", "npm prune --omit=dev --no-audit --no-fund", "npm", cache, file);
        }

        // npm would take the lock file of a workspace's root, and install there.
        var isMember = draft.Files.Folder.Length > 0 && draft.Files.All.Any(path => path is "package-lock.json" or "pnpm-lock.yaml" or "yarn.lock" or "pnpm-workspace.yaml");
        _ = !installs ? draft : draft.Check(isMember
            ? "The lock file is that of the repository's root; here the packages are installed by themselves, in the newest versions that package.json allows. Packages of the same repository cannot be had so."
            : "There is no lock file: every run takes the newest versions that package.json allows, and the same commit can give another release. Commit a package-lock.json.");
        return new("npm", $"npm install --no-audit --no-fund --no-package-lock{(isMember ? " --workspaces=false" : "")}", "npm prune --omit=dev --no-audit --no-fund --no-package-lock", "npm", cache, null);
    }

    private static NodePackageManager Pnpm(RepositoryFiles files, string? file, string? version)
    {
        var format = LockVersion().Match(file is null ? "" : files.BeginningOf(file));
        var major = version ?? (format.Groups["major"].Value switch { "5" => "7", "6" => "8", _ => "9" });
        var program = $"npx --yes pnpm@{major}";
        // Hoisted: what is packed holds few links then, and none that leads out.
        return new("pnpm", $"{program} install --frozen-lockfile --config.node-linker=hoisted", $"CI=true {program} prune --prod --config.node-linker=hoisted", program,
            new("pnpm", "Kept from run to run, so that packages are not fetched again: pnpm itself, and its store."), file);
    }

    private static NodePackageManager Yarn(Draft draft, string? file, string? version)
    {
        var files = draft.Files;
        var modern = version is not null ? !version.StartsWith("1.", StringComparison.Ordinal)
            : files.Has(".yarnrc.yml") || (file is not null && files.BeginningOf(file).Contains("__metadata:", StringComparison.Ordinal));
        if (!modern)
        {
            var classic = $"npx --yes yarn@{version ?? YarnClassic}";
            return new("yarn", $"{classic} install --frozen-lockfile --non-interactive", $"{classic} install --frozen-lockfile --non-interactive --production --ignore-scripts --prefer-offline", classic,
                new("yarn", "Kept from run to run, so that packages are not fetched again."), file);
        }

        var own = YarnPath().Match(files.Text(".yarnrc.yml") ?? "");
        var program = $"env YARN_NODE_LINKER=node-modules {(own.Success && files.Has(own.Groups["path"].Value) ? $"node {own.Groups["path"].Value}" : $"npx --yes @yarnpkg/cli-dist@{version ?? "4"}")}";
        draft.Guess("Yarn writes a node_modules folder in the pipeline, so that Node.js finds the packages without Yarn");
        return new("yarn", $"{program} install --immutable", null, program,
            new("yarn", "Kept from run to run, so that packages are not fetched again."), file);
    }

    [GeneratedRegex(@"^(?<name>npm|pnpm|yarn)@(?<version>\d{1,4}\.\d{1,4}\.\d{1,4})(?![\w.-])", RegexOptions.CultureInvariant)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^lockfileVersion:\s{0,5}['""]?(?<major>\d{1,2})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LockVersion();

    [GeneratedRegex(@"^yarnPath:\s{0,5}""?(?<path>\.yarn/releases/[A-Za-z0-9._-]{1,80})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex YarnPath();
}
