using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>A folder with a package.json: a server that Node.js runs, or pages that a build makes.</summary>
internal sealed partial class NodePackage
{
    private static readonly string[] Extensions = [".js", ".mjs", ".cjs", ".ts", ".mts", ".jsx", ".tsx"];
    private readonly Draft draft;
    private readonly RepositoryFiles files;
    private readonly JsonElement package;
    private readonly HashSet<string> needed, neededToBuild;
    private readonly NodePackageManager manager;

    private NodePackage(Draft draft, JsonElement package)
    {
        this.draft = draft;
        files = draft.Files;
        this.package = package;
        needed = [.. package.Member("dependencies").Names(), .. package.Member("optionalDependencies").Names()];
        neededToBuild = [.. package.Member("devDependencies").Names()];
        manager = NodePackageManager.Of(draft, package, NeedsAnything);
    }

    private string? Script(string name) => package.Text("scripts", name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private bool Needs(string name) => needed.Contains(name) || neededToBuild.Contains(name);

    private bool NeedsAnything => needed.Count + neededToBuild.Count > 0;

    public static Draft? Detect(RepositoryFiles files) => Of(files)?.Describe(command: null);

    /// <summary>Its packages, tests and build, with a command that a person gave; null: there is no package.json.</summary>
    public static Draft? Detect(RepositoryFiles files, string command) => Of(files)?.Describe(command);

    /// <summary>What is to be said of a package.json in which nothing serves that is known; null: there is none.</summary>
    public static string? WhyNone(RepositoryFiles files)
    {
        if (Of(files) is not { } node)
        {
            return null;
        }

        var workspaces = node.package.Member("workspaces") is { ValueKind: JsonValueKind.Array } listed ? [.. listed.EnumerateArray().Select(one => one.ToString())] : Array.Empty<string>();
        return workspaces.Length > 0 ? $"Node.js, a workspace of {Short(string.Join(", ", workspaces))}: choose the one that serves with --path"
            : (node.Script("start") ?? node.Script("serve")) is { } start ? $"Node.js, whose start script `{Short(start)}` is a development server: name what starts the build's result"
            : "Node.js, without a start script and without a usual file that listens";
    }

    private static NodePackage? Of(RepositoryFiles files) => files.Has("package.json") && JsonFile.Object(files, "package.json") is { } package
        ? new NodePackage(new Draft(files, "node", "Node.js service") { Name = package.Text("name") }, package) : null;

    /// <param name="command">What starts it, for a shell; null: that is to be found.</param>
    /// <returns>Null: nothing in it serves.</returns>
    private Draft? Describe(string? command)
    {
        // A development server is no way to serve what is built; a framework's own server is.
        var given = command is null ? null : new NodeServer(Draft.Shell($"exec {command}"), null, null, "--command", "It must listen on $HOST:$PORT.", new HashSet<string>());
        if ((given ?? NodeServer.Of(files, Script("start") ?? Script("serve"), package.Text("main"), Script("build"), Needs)) is not { } server)
        {
            return Script("build") is null || NodeSite.OutputOf(files, Script("build")!, Needs) is not { } site ? null : DescribeSite(site);
        }

        draft.Kind = $"Node.js service with {manager.Name}{(server.Framework is null ? "" : $" ({server.Framework})")}";
        Install();
        Test();
        Build(always: server.Program is not { } program || !files.Has(program));
        var prune = manager.Prune is not null && neededToBuild.Count > 0 && !neededToBuild.Any(server.Tools.Contains) ? manager.Prune + "\n" : "";
        if (manager.Name == "npm")
        {
            draft.As("node@1");
            _ = prune.Length > 0 || neededToBuild.Count == 0 ? draft : draft.With("prune", false, "What starts it is among the packages that only the build needs.");
            _ = draft.Network ? draft : draft.With("network", false, "Nothing is fetched: it needs no packages.");
        }

        draft.PackCheckout(prune, prune.Length > 0 ? "What runs is the checkout with its packages, without those that only the build needs and without Git's own files." : null);
        var source = new SourceCode(files, server.Program, "", Extensions);
        _ = given is null ? draft.Found(server.Because, "package.json") : draft;
        var comment = server.Comment ?? source.Listening(draft, "`server.listen(process.env.PORT, process.env.HOST)`.");
        if (server.Program is { } file && !files.Has(file) && Script("build") is null)
        {
            draft.Check($"{file} is not there, and no build script makes it.", "package.json");
        }

        draft.Command = new(server.Command, comment);
        draft.Set("NODE_ENV", "production", "Guessed: most packages are quieter and faster with it.");
        draft.Health = server.Framework is null ? source.Health(draft) : FrameworkHealth(source);
        Engines();
        return draft;
    }

    private Draft DescribeSite(NodeSite site)
    {
        draft.Kind = $"static site built with {site.Tool}, by Node.js with {manager.Name}";
        draft.IsServer = false;
        Install();
        Test();
        Build(always: true);
        draft.Found($"the build script runs {site.Tool}", "package.json").Guess($"the build writes {site.Output}");
        draft.Step("package", $"mkdir -p {Draft.ArtifactFolder}\ncp -r {Draft.Quote(site.Output)} {Draft.ArtifactFolder}/site\nnpm install --prefix {Draft.ArtifactFolder} --no-save --no-package-lock --no-audit --no-fund serve@14",
            $"Guessed: {site.Tool} writes {site.Output}. The web server `serve` goes with the pages, so that nothing is fetched when they start.");
        draft.Command = new(
            Draft.Shell($"exec node node_modules/serve/build/main.js {(site.IsOnePage ? "--single " : "")}--no-clipboard --no-port-switching --listen \"tcp://$HOST:$PORT\" site"),
            site.IsOnePage ? "Guessed: every path that is no file gets index.html, as single-page applications need it (--single)." : "Guessed: a plain web server; any other that listens on $HOST:$PORT will do.");
        draft.Health = new("/", "Guessed: index.html.");
        draft.Guess("health path /: index.html");
        Engines();
        return draft;
    }

    private void Install()
    {
        if (!NeedsAnything)
        {
            draft.Network = false;
            return;
        }

        draft.Cache = manager.Cache;
        draft.Step("install", manager.Install, manager.LockFile is null ? "Guessed: no lock file, so the newest versions that package.json allows." : $"Exactly the versions of {files.NameOf(manager.LockFile)}.");
    }

    private void Test()
    {
        if (Script("test") is not { } script || NoTests().IsMatch(script))
        {
            draft.Guess("no tests: package.json has no test script").With("tests", false, "package.json has no test script.");
            return;
        }

        draft.Found($"tests: {Short(script)}", "package.json");
        var test = NodeTests.Of(script, Needs);
        if (test.Report is null)
        {
            draft.Check($"No test report: {test.Why}.");
        }

        if (test.Arguments.Length > 0)
        {
            draft.With("test-arguments", test.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), test.Why);
        }

        if (test.Env.TryGetValue("NODE_OPTIONS", out var options))
        {
            draft.With("test-options", options, test.Why);
        }

        draft.Step("test", test.Report is null ? manager.Run("test") : $"mkdir -p {NodeTests.Folder}\n{manager.Run("test", test.Arguments)}",
            test.Report is null ? $"No report: {test.Why}." : test.Why, test.Report, new Dictionary<string, string>(test.Env) { ["CI"] = "true" });
    }

    private void Build(bool always)
    {
        if (Script("build") is { } script)
        {
            draft.Found($"build: {Short(script)}", "package.json");
            draft.Step("build", manager.Run("build"), always ? null : "Guessed: the build script is run, though what starts is there without it.");
        }
    }

    private void Engines()
    {
        if (package.Text("engines", "node") is { Length: > 0 and <= 60 } version)
        {
            draft.Found($"Node.js {version}: the agents' must fit", "package.json");
        }
    }

    private Line FrameworkHealth(SourceCode source)
    {
        var health = source.Health(draft);
        return health.Value.Contains("health", StringComparison.Ordinal) ? health : new("/", "Guessed: the start page. Must answer GET with 200 to 399.");
    }

    private static string Short(string script) => script.Length <= 60 ? script : script[..60] + "…";

    [GeneratedRegex(@"no test specified|^exit 0$|^true$|^echo [^&|;]{0,100}$", RegexOptions.CultureInvariant)]
    private static partial Regex NoTests();
}
