using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>How a Python program serves.</summary>
/// <param name="Missing">A package that the command needs and no list names; null: none.</param>
/// <param name="SourceFolder">Where its modules are, when not in the artifact itself.</param>
internal sealed partial record PythonServer(Line Command, string? Framework, Line Health, string? Missing = null, string? SourceFolder = null)
{
    private const string Bound = "\"$HOST:$PORT\"";
    private static readonly string[] Lists = ["requirements.txt", "pyproject.toml"];
    private static readonly string[] UsualFiles = ["main.py", "app.py", "server.py", "wsgi.py", "asgi.py", "application.py", "run.py", "__main__.py"];

    /// <param name="names">Whether a package is among what it needs.</param>
    /// <returns>Null: nothing in it serves.</returns>
    public static PythonServer? Of(Draft draft, Func<string, bool> names)
    {
        var source = new SourceCode(draft.Files, UsualFiles.FirstOrDefault(draft.Files.Has), "", ".py");
        return Django(draft, source, names) ?? Asgi(draft, source, names) ?? Flask(draft, source, names) ?? Plain(draft, source);
    }

    private static PythonServer? Django(Draft draft, SourceCode source, Func<string, bool> names)
    {
        if (!draft.Files.Has("manage.py") || (!names("django") && !(draft.Files.Text("manage.py") ?? "").Contains("django", StringComparison.Ordinal)))
        {
            return null;
        }

        draft.Found("Django", "manage.py").Check("No step runs migrations: run them by hand, or in a step of your own.").Check("ALLOWED_HOSTS must have 127.0.0.1 and .localhost.");
        var health = source.First(AdminPage()) is { } urls && source.First(HealthPage()) is null
            ? new Line("/admin/login/", $"Guessed: {draft.Files.NameOf(urls.File)} has the admin pages, and no health page was seen. Must answer GET with 200 to 399.")
            : source.Health(draft);
        if (health.Value == "/admin/login/")
        {
            draft.Guess("health path /admin/login/: the admin pages are there, no health page was seen");
        }

        var application = draft.Files.Paths.FirstOrDefault(path => path.EndsWith("/wsgi.py", StringComparison.Ordinal) && Module().IsMatch(path));
        if (application is null || !names("gunicorn"))
        {
            draft.Check("It runs with Django's development server: add gunicorn to the packages and run that.");
            return new(new(Draft.Shell($"exec python3 manage.py runserver --noreload {Bound}"), "Guessed: the development server, since gunicorn is not among the packages."), "Django", health);
        }

        return new(new(Draft.Shell($"exec python3 -m gunicorn --bind {Bound} {ModuleOf(application)}:application"), $"gunicorn is among the packages, and {application} is Django's own."), "Django", health);
    }

    private static PythonServer? Asgi(Draft draft, SourceCode source, Func<string, bool> names)
    {
        if (source.First(AsgiApplication()) is not { } found || !Module().IsMatch(found.File))
        {
            return null;
        }

        var framework = found.Match.Groups["framework"].Value;
        draft.Found($"{framework} application {found.Match.Groups["name"].Value}", found.File);
        var listed = names("uvicorn") || (names("fastapi") && HasStandard(draft.Files));
        if (!listed)
        {
            draft.Guess("uvicorn serves it; it is not among the packages and is added in the pipeline");
        }

        var (folder, module) = Split(found.File);
        return new(
            new(Draft.Shell($"exec python3 -m uvicorn --host \"$HOST\" --port \"$PORT\" {module}:{found.Match.Groups["name"].Value}"), listed ? "uvicorn is among the packages." : "Guessed: uvicorn serves it."),
            framework, source.Health(draft), listed ? null : "uvicorn", folder);
    }

    private static PythonServer? Flask(Draft draft, SourceCode source, Func<string, bool> names)
    {
        if (source.First(FlaskApplication()) is not { } found || !Module().IsMatch(found.File))
        {
            return null;
        }

        draft.Found($"Flask application {found.Match.Groups["name"].Value}", found.File);
        var (folder, module) = Split(found.File);
        var application = $"{module}:{found.Match.Groups["name"].Value}";
        if (found.Match.Groups["indent"].Length > 0)
        {
            // Made by a function: gunicorn calls it, and so does flask.
            var factory = FlaskFactory().Match(draft.Files.Text(found.File) ?? "");
            if (!factory.Success)
            {
                return null;
            }

            application = $"{module}:{factory.Groups["name"].Value}()";
            draft.Guess($"{factory.Groups["name"].Value}() makes the application");
        }

        var health = source.Health(draft);
        if (names("gunicorn"))
        {
            return new(new(Draft.Shell($"exec python3 -m gunicorn --bind {Bound} {Draft.Quote(application)}"), "gunicorn is among the packages."), "Flask", health, null, folder);
        }

        if (names("waitress"))
        {
            var call = application.EndsWith("()", StringComparison.Ordinal) ? $"--call {application[..^2]}" : application;
            return new(new(Draft.Shell($"exec python3 -m waitress --listen={Bound} {call}"), "waitress is among the packages."), "Flask", health, null, folder);
        }

        draft.Check("It runs with Flask's development server: add gunicorn to the packages and run that.");
        return new(new(Draft.Shell($"exec python3 -m flask --app {Draft.Quote(application)} run --host \"$HOST\" --port \"$PORT\""), "Guessed: the development server, since neither gunicorn nor waitress is among the packages."),
            "Flask", health, names("flask") ? null : "flask", folder);
    }

    /// <summary>A program that listens by itself.</summary>
    private static PythonServer? Plain(Draft draft, SourceCode source)
    {
        if (source.First(Listens()) is not { } listens || (MainFile(draft.Files, listens.File) is not { } main))
        {
            return null;
        }

        draft.Found("listens", listens.File);
        var run = $"exec python3 {Draft.Quote(main)}";
        var text = draft.Files.Text(main) ?? "";
        if (source.ReadsPort() is null && PortOption().IsMatch(text))
        {
            var host = HostOption().Match(text);
            draft.Guess($"--port{(host.Success ? $" and {host.Groups["name"].Value}" : "")} say where to listen: {draft.Files.NameOf(main)} has them");
            return new(new(Draft.Shell($"{run} --port \"$PORT\"{(host.Success ? $" {host.Groups["name"].Value} \"$HOST\"" : "")}"), $"Guessed: {draft.Files.NameOf(main)} has these options."), null, source.Health(draft));
        }

        if (source.ReadsPort() is null && FirstArgument().IsMatch(text))
        {
            draft.Guess($"the first argument is the port: {draft.Files.NameOf(main)} takes one");
            return new(new(Draft.Shell($"{run} \"$PORT\""), $"Guessed: {draft.Files.NameOf(main)} takes a number as its argument."), null, source.Health(draft));
        }

        return new(new($"python3 {Draft.Quote(main)}", source.Listening(draft, "`(os.environ[\"HOST\"], int(os.environ[\"PORT\"]))`.")), null, source.Health(draft));
    }

    private static string? MainFile(RepositoryFiles files, string listens) =>
        Starts().IsMatch(files.Text(listens) ?? "") ? listens : UsualFiles.Concat(files.OfItself.Where(path => path.EndsWith(".py", StringComparison.Ordinal))).FirstOrDefault(path => files.Has(path) && Starts().IsMatch(files.Text(path) ?? "")) ?? listens;

    private static bool HasStandard(RepositoryFiles files) => Lists.Any(path => (files.Text(path) ?? "").Contains("fastapi[", StringComparison.OrdinalIgnoreCase));

    /// <summary>The folder that Python must know of, and the module in it.</summary>
    private static (string? Folder, string Module) Split(string path) => path.StartsWith("src/", StringComparison.Ordinal) ? ("src", ModuleOf(path[4..])) : (null, ModuleOf(path));

    private static string ModuleOf(string path) => path.EndsWith("/__init__.py", StringComparison.Ordinal) ? path[..^12].Replace('/', '.') : path[..^3].Replace('/', '.');

    [GeneratedRegex(@"^[A-Za-z0-9_/]{1,150}\.py$", RegexOptions.CultureInvariant)]
    private static partial Regex Module();

    [GeneratedRegex(@"^(?<name>[A-Za-z_]\w{0,60})(\s{0,5}:\s{0,5}\w{1,40})?\s{0,5}=\s{0,5}(?<framework>FastAPI|Starlette|Litestar|Quart|Sanic)\(", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex AsgiApplication();

    [GeneratedRegex(@"^(?<indent>[ \t]{0,40})(?<name>[A-Za-z_]\w{0,60})(\s{0,5}:\s{0,5}\w{1,40})?\s{0,5}=\s{0,5}(flask\.)?Flask\(", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex FlaskApplication();

    [GeneratedRegex(@"^def (?<name>(create|make|build|get)_app(lication)?)\(", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex FlaskFactory();

    [GeneratedRegex(@"HTTPServer\(|TCPServer\(|serve_forever\(|make_server\(|web\.run_app\(|uvicorn\.run\(|run_simple\(|\.listen\(\s{0,5}\d|bottle\.run\(|tornado\.", RegexOptions.CultureInvariant)]
    private static partial Regex Listens();

    [GeneratedRegex(@"__name__\s{0,5}==\s{0,5}['""]__main__['""]|serve_forever\(\)", RegexOptions.CultureInvariant)]
    private static partial Regex Starts();

    [GeneratedRegex(@"add_argument\([^)]{0,80}['""]--port['""]|['""]--port['""]", RegexOptions.CultureInvariant)]
    private static partial Regex PortOption();

    [GeneratedRegex(@"['""](?<name>--(host|bind|address))['""]", RegexOptions.CultureInvariant)]
    private static partial Regex HostOption();

    [GeneratedRegex(@"int\(\s{0,5}(sys\.)?argv\[1\]\s{0,5}\)", RegexOptions.CultureInvariant)]
    private static partial Regex FirstArgument();

    [GeneratedRegex(@"path\(\s{0,5}['""]admin/['""]\s{0,5},\s{0,5}admin\.site\.urls", RegexOptions.CultureInvariant)]
    private static partial Regex AdminPage();

    [GeneratedRegex(@"path\(\s{0,5}['""](health|ping|status|['""])", RegexOptions.CultureInvariant)]
    private static partial Regex HealthPage();
}
