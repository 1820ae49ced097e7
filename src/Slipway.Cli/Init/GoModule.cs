using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>A folder with a go.mod: the main package that serves.</summary>
internal static partial class GoModule
{
    private static readonly string[] AtRunTime = ["templates", "static", "public", "web", "assets", "views", "config", "migrations"];

    /// <summary>Null: no module, or no program in it.</summary>
    public static Draft? Detect(RepositoryFiles files)
    {
        if (!files.Has("go.mod"))
        {
            return null;
        }

        var module = Module().Match(files.Text("go.mod") ?? "");
        var name = module.Success ? MajorVersion().Replace(module.Groups["path"].Value, "") : null;
        var packages = files.Paths
            .Where(path => path.EndsWith(".go", StringComparison.Ordinal) && !path.EndsWith("_test.go", StringComparison.Ordinal) && !path.StartsWith("vendor/", StringComparison.Ordinal))
            .Where(path => files.Text(path) is { } text && MainPackage().IsMatch(text) && MainFunction().IsMatch(text))
            .GroupBy(path => path.Contains('/') ? path[..path.LastIndexOf('/')] : "")
            .Select(group => (Folder: group.Key, File: group.First(), Serves: Serves(files, group.Key)))
            .OrderByDescending(package => package.Serves).ThenByDescending(package => package.Folder.Split('/')[^1] == ServiceName.From(name)).ThenBy(package => package.Folder.Length)
            .ToList();
        if (packages.Count == 0)
        {
            return null;
        }

        var main = packages[0];
        var draft = new Draft(files, "go", "Go service") { Name = name };
        draft.Found($"module {name}", "go.mod").Found("the main package", main.File);
        if (packages.Count > 1)
        {
            draft.Guess($"of {packages.Count} main packages {(main.Folder.Length == 0 ? "the folder's own" : main.Folder)}{(main.Serves ? ", which uses net/http" : "")}; the others: {string.Join(", ", packages.Skip(1).Take(5).Select(package => package.Folder.Length == 0 ? "." : package.Folder))}");
        }

        Build(draft, main.Folder);
        Run(draft, new SourceCode(files, main.File, "", ".go"));
        return draft.Check("The agents need Go to build; what runs needs nothing.");
    }

    private static void Build(Draft draft, string folder)
    {
        var files = draft.Files;
        draft.As("go@1").With("package", folder.Length == 0 ? "." : $"./{folder}");
        draft.Network = files.Has("go.sum") && !files.HasFolder("vendor");
        draft.Cache = new("go", "Kept from run to run: modules, and what was compiled before.");
        if (files.Paths.Any(path => path.EndsWith("_test.go", StringComparison.Ordinal)))
        {
            draft.Found("tests", files.Paths.First(path => path.EndsWith("_test.go", StringComparison.Ordinal)));
            draft.Step("test", "go test ./...", "No report: Go writes no JUnit XML by itself. With gotestsum it does: name the file in `report: { junit: … }`.");
            draft.Check("No test report: Go writes no JUnit XML by itself.");
        }
        else
        {
            draft.With("tests", false, "No _test.go was seen.");
        }

        if (!draft.Network)
        {
            draft.With("network", false, "Nothing is fetched.");
        }

        draft.Step("build", $"mkdir -p {Draft.ArtifactFolder}\ngo build -trimpath -o {Draft.ArtifactFolder}/serve {Draft.Quote(folder.Length == 0 ? "." : $"./{folder}")}");
        string[] beside = [.. AtRunTime.Where(one => files.HasFolder(one) && !files.Paths.Any(path => path.StartsWith(one + "/", StringComparison.Ordinal) && path.EndsWith(".go", StringComparison.Ordinal)))];
        if (beside.Length > 0)
        {
            draft.With("files", beside, "Guessed: these folders may be read when it runs; what is embedded need not be here.");
            draft.Step("package", $"cp -r {string.Join(' ', beside)} {Draft.ArtifactFolder}/", "Guessed: these folders may be read when it runs; what is embedded need not be here.");
            draft.Guess($"{string.Join(", ", beside)} may be read when it runs");
        }
    }

    private static void Run(Draft draft, SourceCode source)
    {
        draft.Health = source.Health(draft);
        if (source.ReadsPort() is null && source.First(AddressFlag()) is { } flag)
        {
            var name = flag.Match.Groups["name"].Value;
            var value = name.Contains("port", StringComparison.Ordinal) ? "\"$PORT\"" : "\"$HOST:$PORT\"";
            draft.Guess($"-{name} says where to listen: {draft.Files.NameOf(flag.File)} line {flag.Line}");
            draft.Command = new(Draft.Shell($"exec ./serve -{name} {value}"), $"Guessed: {draft.Files.NameOf(flag.File)} line {flag.Line} has the flag -{name}.");
            return;
        }

        draft.Command = new("./serve", source.Listening(draft, "`http.ListenAndServe(os.Getenv(\"HOST\")+\":\"+os.Getenv(\"PORT\"), nil)`."));
    }

    private static bool Serves(RepositoryFiles files, string folder) => files.Paths.Any(path =>
        path.EndsWith(".go", StringComparison.Ordinal) && (folder.Length == 0 ? !path.Contains('/') : path.StartsWith(folder + "/", StringComparison.Ordinal)) && Server().IsMatch(files.Text(path) ?? ""));

    [GeneratedRegex(@"^module\s{1,5}""?(?<path>[^\s""]{1,200})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Module();

    [GeneratedRegex(@"/v\d{1,3}$", RegexOptions.CultureInvariant)]
    private static partial Regex MajorVersion();

    [GeneratedRegex(@"^package main\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MainPackage();

    [GeneratedRegex(@"^func main\(\)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MainFunction();

    [GeneratedRegex(@"""net/http""|gin-gonic/gin|labstack/echo|gofiber/fiber|go-chi/chi", RegexOptions.CultureInvariant)]
    private static partial Regex Server();

    [GeneratedRegex(@"flag\.(String|Int)(Var)?\((&\w{1,60}(\.\w{1,60})?,\s{0,5})?""(?<name>addr|address|listen|listen-addr|http|bind|port|http-port)""", RegexOptions.CultureInvariant)]
    private static partial Regex AddressFlag();
}
