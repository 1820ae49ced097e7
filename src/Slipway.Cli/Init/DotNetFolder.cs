using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>A folder with .NET projects or a solution: the project that serves, and those that test it.</summary>
internal sealed partial class DotNetFolder
{
    private const string Results = "test-results";
    private const string PagesFolder = $"{Draft.ArtifactFolder}/wwwroot";
    private const int MostTests = 20;
    private static readonly string[] Apart = ["sample", "samples", "example", "examples", "test", "tests", "benchmark", "benchmarks", "bench", "tools", "docs", "playground"];
    private static readonly string[] Vague = ["web", "api", "app", "server", "host", "webapi", "service", "worker", "website"];
    private static readonly string[] Extensions = [".cs", ".fs", ".vb"];

    /// <summary>The first call of `dotnet` in a new home greets with a page of text.</summary>
    private static readonly Dictionary<string, string> Quiet = new(StringComparer.Ordinal) { ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" };
    private readonly RepositoryFiles files;
    private readonly IReadOnlyList<DotNetProject> all, here;

    private DotNetFolder(RepositoryFiles files)
    {
        this.files = files;
        all = [.. files.All.Where(IsProject).Select(path => DotNetProject.Read(files, path)).OfType<DotNetProject>()];
        here = [.. all.Where(project => files.Folder.Length == 0 || project.Path.StartsWith(files.Folder + "/", StringComparison.Ordinal))];
    }

    /// <summary>Several candidates: the folder holds several services. Null: it is no .NET folder, or nothing in it runs.</summary>
    public static (Draft? Draft, IReadOnlyList<Candidate> Candidates)? Detect(RepositoryFiles files)
    {
        if (!files.OfItself.Any(path => IsProject(path) || IsSolution(path)) && !files.Paths.Any(path => path.StartsWith("src/", StringComparison.Ordinal) && path.Count(c => c == '/') == 1 && IsSolution(path)))
        {
            return null;
        }

        var folder = new DotNetFolder(files);
        // Whatever serves comes before what only works, and that before a plain program.
        foreach (var role in new[] { DotNetRole.Web, DotNetRole.Pages, DotNetRole.Worker, DotNetRole.Program })
        {
            DotNetProject[] found = [.. folder.here.Where(project => project.Role == role)];
            DotNetProject[] main = [.. found.Where(project => !folder.PathHere(project).Split('/')[..^1].Any(part => Apart.Contains(part.ToLowerInvariant())))];
            DotNetProject[] chosen = main.Length > 0 ? main : found;
            if (chosen.Length == 1)
            {
                return (folder.Describe(chosen[0]), []);
            }

            if (chosen.Length > 1)
            {
                return (null, [.. chosen.Select(project => new Candidate(project.Folder, $".NET {Word(role)}", project.Path))]);
            }
        }

        return (null, []);
    }

    private static bool IsProject(string path) => DotNetProject.Extensions.Contains(Path.GetExtension(path));

    private static bool IsSolution(string path) => Path.GetExtension(path) is ".sln" or ".slnx";

    /// <summary>From the service's folder on; it may lead out of it.</summary>
    private string PathHere(DotNetProject project) => files.Folder.Length == 0 ? project.Path : Path.GetRelativePath($"/{files.Folder}", $"/{project.Path}");

    private static string Word(DotNetRole role) => role switch { DotNetRole.Web => "web project", DotNetRole.Pages => "Blazor WebAssembly project", DotNetRole.Worker => "worker", _ => "program" };

    private Draft Describe(DotNetProject project)
    {
        var kind = project.Role switch
        {
            DotNetRole.Web => "ASP.NET Core service",
            DotNetRole.Pages => "Blazor WebAssembly pages",
            DotNetRole.Worker => ".NET worker",
            _ => ".NET program",
        };
        var draft = new Draft(files, "dotnet", kind)
        {
            Name = Vague.Contains(project.Name.ToLowerInvariant()) ? null : project.Name,
            Cache = new("nuget", "Kept from run to run, so that packages are not fetched again."),
        };
        var others = here.Count(one => one != project && !one.IsTest);
        draft.Found($"{Word(project.Role)}{(project.Framework.Length == 0 ? "" : $", {project.Framework}")}{(others == 0 ? "" : $": of {others + 1} projects the one that {(project.Role == DotNetRole.Web ? "serves" : "runs")}")}", PathHere(project));
        if (project.Framework.Length > 0)
        {
            draft.Check($"The agents need {(project.OwnHost ? $"an SDK that builds {project.Framework}" : $"an SDK and a runtime for {project.Framework}")}.");
        }

        draft.As("dotnet@1", project.Role == DotNetRole.Pages ? PagesFolder : null).With("project", PathHere(project));
        Test(draft, project);
        draft.Step("publish", $"dotnet publish {Draft.Quote(PathHere(project))} --configuration Release --output {Draft.ArtifactFolder}", env: Quiet);
        Run(draft, project);
        return draft;
    }

    private void Run(Draft draft, DotNetProject project)
    {
        var program = project.OwnHost ? Draft.Quote($"./{project.Assembly}") : $"dotnet {Draft.Quote($"{project.Assembly}.dll")}";
        var source = new SourceCode(files, null, files.Folder.Length == 0 ? project.Folder : Path.GetDirectoryName(PathHere(project)) ?? "", Extensions);
        switch (project.Role)
        {
            case DotNetRole.Web:
                draft.Command = new(Draft.Shell($"exec env ASPNETCORE_URLS=\"http://$HOST:$PORT\" {program}"), ListensElsewhere(draft, source) ?? "Where to listen, in ASP.NET Core's words.");
                draft.Health = source.Health(draft);
                break;
            case DotNetRole.Pages:
                draft.IsServer = false;
                draft.Artifact = PagesFolder;
                draft.Command = StaticSite.Server;
                draft.Health = new("/", "Guessed: index.html.");
                draft.Guess("health path /: index.html").Guess("served by Python's http.server").Check("Paths that are no file are answered 404 by it; a single-page application that has such paths needs another server.");
                break;
            default:
                Work(draft, project, source, program);
                break;
        }
    }

    private static void Work(Draft draft, DotNetProject project, SourceCode source, string program)
    {
        if (source.First(OwnListener()) is not null)
        {
            draft.Command = new(program, source.Listening(draft, "read the variables HOST and PORT."));
            draft.Health = source.Health(draft);
            return;
        }

        // The agent sees a process that ends; that is all a worker's health can be known by from outside.
        draft.TakesTraffic = false;
        draft.StepOfItsOwn("package", $"mkdir -p {Draft.ArtifactFolder}/alive", "What answers for a worker's health, which has no page to ask for.");
        draft.Command = new(Draft.Shell($"python3 -m http.server \"$PORT\" --bind \"$HOST\" --directory alive & exec {program}"),
            "Guessed: it answers no requests, and health is asked by HTTP. An empty folder's listing answers as long as it runs; a small health page of its own would say more.");
        draft.Health = new("/", "Guessed: the listing.");
        draft.Guess("it listens nowhere, so Python's http.server answers for its health; when the worker ends, so does the instance")
            .Check("The agents need python3.")
            .Check(project.Role == DotNetRole.Worker ? "A worker runs twice in prod: it must bear that." : "Is this program meant to run on? One that ends is started again and again.");
    }

    private static string? ListensElsewhere(Draft draft, SourceCode source)
    {
        if (source.ReadsPort() is { } file)
        {
            draft.Found("reads PORT", file);
            if (source.First(AllAddresses()) is { } open)
            {
                draft.Check($"line {open.Line} listens on all addresses of the machine, so past the router too. Take it out: ASPNETCORE_URLS says where.", open.File);
                return $"Line {open.Line} of {draft.Files.NameOf(open.File)} binds all addresses, over what ASPNETCORE_URLS asks for. Take it out.";
            }

            return $"{draft.Files.NameOf(file)} reads PORT itself; ASPNETCORE_URLS says the same.";
        }

        if (source.First(FixedUrl()) is not { } found)
        {
            return null;
        }

        draft.Check($"line {found.Line} says where to listen, over what ASPNETCORE_URLS asks for. Take it out, or read the variables HOST and PORT there.", found.File);
        return $"Guessed: {draft.Files.NameOf(found.File)} line {found.Line} says where to listen, over this. It must be $HOST:$PORT.";
    }

    /// <summary>Test projects below the service's folder; those beside it where they use its project.</summary>
    private void Test(Draft draft, DotNetProject project)
    {
        DotNetProject[] tests = [.. all.Where(one => one.IsTest && (here.Contains(one) || one.References.Contains(Path.GetFileName(project.Path))))];
        foreach (var skipped in tests.Where(one => one.Role == DotNetRole.BrowserTest))
        {
            draft.Check($"{skipped.Path} tests in a browser, so no step runs it.");
        }

        DotNetProject[] run = [.. tests.Where(one => one.Role == DotNetRole.Test).Take(MostTests)];
        if (run.Length == 0)
        {
            draft.Guess("no tests: no test project was seen");
            return;
        }

        var platform = files.All.Contains("global.json") && files.TextOf("global.json") is { } global && global.Contains("Microsoft.Testing.Platform", StringComparison.Ordinal);
        var report = new TestReport("trx", $"{Results}/*.trx");
        _ = platform ? draft.As(null) : draft.With("tests", run.Select(PathHere));
        var unreported = platform ? run.Where(one => TrxOption(one) is null).ToArray() : [];
        var lines = run.Select(one => platform
            ? $"dotnet test --project {Draft.Quote(PathHere(one))} --configuration Release --results-directory {Results}{(TrxOption(one) is { } option ? $" {option}" : "")}"
            : $"dotnet test {Draft.Quote(PathHere(one))} --configuration Release --logger trx --results-directory {Results}");
        foreach (var one in run)
        {
            draft.Found("tests", PathHere(one));
        }

        if (unreported.Length > 0)
        {
            draft.Check($"No test report of {string.Join(", ", unreported.Select(one => one.Name))}: on Microsoft.Testing.Platform a TRX file needs the package Microsoft.Testing.Extensions.TrxReport.");
        }

        draft.Step("test", string.Join('\n', lines), unreported.Length == run.Length ? "No report: none of them can write TRX." : null, unreported.Length == run.Length ? null : report, Quiet);
    }

    /// <summary>How a project on Microsoft.Testing.Platform writes TRX; null: it cannot.</summary>
    private static string? TrxOption(DotNetProject project) =>
        project.Packages.Any(package => package.StartsWith("xunit.v3", StringComparison.OrdinalIgnoreCase)) ? "--report-xunit-trx"
        : project.Packages.Any(package => package is "Microsoft.Testing.Extensions.TrxReport" or "TUnit" or "MSTest") ? "--report-trx"
        : null;

    [GeneratedRegex(@"\.UseUrls\(|\.Urls\.Add\(|\bapp\.Run\(\s{0,5}\$?""http|\.Listen(AnyIP|Localhost)?\(|""Kestrel""", RegexOptions.CultureInvariant)]
    private static partial Regex FixedUrl();

    [GeneratedRegex(@"https?://(0\.0\.0\.0|\*|\+|\[::\]):|\.ListenAnyIP\(", RegexOptions.CultureInvariant)]
    private static partial Regex AllAddresses();

    [GeneratedRegex(@"HttpListener|TcpListener|WebApplication\.Create|Kestrel", RegexOptions.CultureInvariant)]
    private static partial Regex OwnListener();
}
