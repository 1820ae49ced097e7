namespace Slipway.Cli.Init;

/// <summary>Finds out what a folder is, from its files alone.</summary>
internal static class Recognition
{
    private const int Deepest = 3, MostCandidates = 30;

    /// <summary>The surer a sign is, the earlier.</summary>
    private static readonly Func<RepositoryFiles, Draft?>[] Detectors = [JavaBuild.Detect, GoModule.Detect, PythonProject.Detect, NodePackage.Detect, StaticSite.Detect, PlainCommand.Detect];

    private static readonly Dictionary<string, string> Unknown = new(StringComparer.Ordinal)
    {
        ["Cargo.toml"] = "Rust", ["Gemfile"] = "Ruby", ["composer.json"] = "PHP", ["mix.exs"] = "Elixir", ["build.sbt"] = "Scala", ["Package.swift"] = "Swift", ["deno.json"] = "Deno", ["bun.lock"] = "Bun",
        ["CMakeLists.txt"] = "CMake", ["Makefile"] = "make", ["Dockerfile"] = "a container image",
    };

    private static readonly string[] Signs = ["package.json", "pyproject.toml", "requirements.txt", "manage.py", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "index.html", "Procfile"];
    private static readonly string[] Apart = ["test", "tests", "example", "examples", "sample", "samples", "docs", "doc", "vendor", "fixtures", "benchmarks", "tools", "scripts", "public", "static", "templates", "src", "dist", "build"];

    public static Recognised Of(RepositoryFiles files)
    {
        if (DotNetFolder.Detect(files) is { } dotnet)
        {
            if (dotnet.Draft is { } service)
            {
                return new Recognised.As(Beside(service).Done());
            }

            if (dotnet.Candidates.Count > 0)
            {
                return new Recognised.OneOf(dotnet.Candidates);
            }
        }

        if (In(files) is { } draft)
        {
            return new Recognised.As(draft.Done());
        }

        return Below(files, apart: false) switch
        {
            [] => new Recognised.Nothing(Aside(files), [.. NodePackage.WhyNone(files) is { } why ? new[] { $"{files.NameOf("package.json")} ({why})" } : [], .. Unknown.Where(sign => files.Has(sign.Key)).Select(sign => $"{files.NameOf(sign.Key)} ({sign.Value})")]),
            [var only] => new Recognised.As(only.Draft.Done()),
            var several => new Recognised.OneOf([.. several.Select(one => one.Candidate)]),
        };
    }

    /// <summary>What the folder itself is: a server before pages, the surer sign before the weaker.</summary>
    private static Draft? In(RepositoryFiles files)
    {
        Draft[] found = [.. Detectors.Select(detect => detect(files)).OfType<Draft>()];
        var chosen = found.FirstOrDefault(draft => draft.IsServer) ?? found.FirstOrDefault();
        foreach (var other in found.Where(draft => draft != chosen && draft.IsServer && chosen!.IsServer))
        {
            _ = other.Started is { } started && PlainCommand.Starts(started, chosen!)
                ? chosen!.Found("its web process starts the same program", "Procfile")
                : chosen!.Check($"Two things fit: {chosen!.Kind}, which it was taken for, and {other.Sign ?? other.Kind}. If that is wrong, name the command with --command.");
        }

        if (chosen is not null && PlainCommand.Beside(files) is { Count: > 0 } beside)
        {
            var (are, them) = beside.Count == 1 ? ("is", "it") : ("are", "they");
            chosen.Check($"{string.Join(" and ", beside)} of the Procfile {are} not in the file: with processes in the place of run {them} can run as workers beside what serves requests.", "Procfile");
        }

        return chosen;
    }

    /// <summary>Says what else is there, for a monorepo's other services.</summary>
    private static Draft Beside(Draft draft)
    {
        foreach (var (_, candidate) in Below(draft.Files, apart: false).Where(one => one.Candidate.Kind.StartsWith("Node", StringComparison.Ordinal) || one.Candidate.Kind.StartsWith("Python", StringComparison.Ordinal)).Take(3))
        {
            draft.Check($"{candidate.Folder} looks like a service too ({candidate.Kind}): slipway init --path {Draft.Quote(candidate.Folder)}");
        }

        return draft;
    }

    /// <summary>Services in folders that are rarely what a repository is about: only a person can mean them.</summary>
    private static Candidate[] Aside(RepositoryFiles files) => [.. Below(files, apart: true).Where(one => one.Draft.IsServer).Select(one => one.Candidate)];

    /// <summary>Folders below that are services; none that lies in another one.</summary>
    /// <param name="apart">Whether those are looked at that hold examples, tests and the like, and not the others.</param>
    private static List<(Draft Draft, Candidate Candidate)> Below(RepositoryFiles files, bool apart)
    {
        List<(Draft, Candidate)> found = [];
        var folders = files.Paths
            .Where(path => path.Contains('/') && path.Count(c => c == '/') <= Deepest && (Signs.Contains(Path.GetFileName(path)) || DotNetProject.Extensions.Contains(Path.GetExtension(path))))
            .Select(path => path[..path.LastIndexOf('/')]).Distinct(StringComparer.Ordinal);
        List<string> taken = [];
        foreach (var folder in folders.Where(folder => folder.Split('/').Any(part => Apart.Contains(part.ToLowerInvariant())) == apart))
        {
            if (taken.Exists(one => folder.StartsWith(one + "/", StringComparison.Ordinal)) || found.Count >= MostCandidates)
            {
                continue;
            }

            var below = files.In(files.NameOf(folder));
            if ((DotNetFolder.Detect(below)?.Draft ?? In(below)) is { } draft)
            {
                taken.Add(folder);
                found.Add((draft, new(below.Folder, draft.Kind, below.NameOf(below.FirstOf(Signs) ?? below.Paths[0]))));
            }
        }

        return found;
    }
}
