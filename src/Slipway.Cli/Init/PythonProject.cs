using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>A folder with a Python program: how its packages are put beside it, and what serves it.</summary>
internal sealed partial class PythonProject
{
    /// <summary>Packages that the program imports; it finds them by PYTHONPATH, wherever the artifact is unpacked. A virtual environment would hold its own path.</summary>
    public const string Packages = ".packages";

    /// <summary>Tools that only the pipeline needs.</summary>
    private const string Tools = ".tools";
    private const string Pip = "python3 -m pip install --no-compile --disable-pip-version-check --quiet";
    private static readonly string[] Lists = ["requirements.txt", "requirements/prod.txt", "requirements/production.txt", "requirements/base.txt"];
    private static readonly string[] TestLists = ["requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt", "test-requirements.txt", "requirements/dev.txt", "requirements/test.txt"];
    private readonly Draft draft;
    private readonly RepositoryFiles files;
    private readonly PyProject? project;
    private readonly string? list;

    /// <summary>Whether the template installs and tests as the steps do: with pip, and with what it calls itself.</summary>
    private bool isUsual = true;

    private PythonProject(Draft draft, PyProject? project)
    {
        this.draft = draft;
        this.project = project;
        files = draft.Files;
        list = files.FirstOf(Lists);
    }

    /// <summary>Null: there is no Python program, or none that could serve.</summary>
    public static Draft? Detect(RepositoryFiles files)
    {
        var signs = files.FirstOf(["pyproject.toml", "Pipfile", "setup.py", "manage.py", .. Lists]);
        if (signs is null && !files.OfItself.Any(path => path.EndsWith(".py", StringComparison.Ordinal)))
        {
            return null;
        }

        var pyProject = PyProject.Of(files);
        var draft = new Draft(files, "python", "Python service") { Name = pyProject?.Name };
        return new PythonProject(draft, pyProject).Describe();
    }

    /// <summary>Whether a package is among what it needs, of whatever list.</summary>
    public bool Names(string package) => project?.Names(package) == true
        || Lists.Concat(TestLists).Append("Pipfile").Where(files.Has).Any(path => NamedIn(files.Text(path) ?? "", package));

    private Draft? Describe()
    {
        if (PythonServer.Of(draft, Names) is not { } server)
        {
            return null;
        }

        draft.Kind = $"Python service{server.Framework switch { null => "", var framework => $" ({framework})" }}";
        var install = Install(server.Missing);
        if (install is null)
        {
            draft.Network = false;
        }
        else
        {
            draft.Cache = new("pip", "Kept from run to run, so that packages are not fetched again.");
            draft.Step("install", install.Value.Run, install.Value.Comment);
            _ = server.Missing is { } missing ? draft.With("packages", [missing], "Guessed: what serves it is not in the list.") : draft;
            draft.Check("The agents need python3 with pip, of one version where it is built and where it runs: packages in C are made for one.");
        }

        if (project?.RequiresPython is { } version)
        {
            draft.Found($"Python {version}: the agents' must fit", "pyproject.toml");
        }

        Test();
        _ = draft.Network ? draft : draft.With("network", false, "Nothing is fetched.");
        draft.As(isUsual ? "python@1" : null).PackCheckout((draft.Uses(Tools) ? $"rm -rf {Tools}\n" : "") + (draft.Uses("python3 ") ? "find . -name __pycache__ -prune -exec rm -rf {} +\n" : ""));
        draft.Command = server.Command;
        if (install is not null)
        {
            draft.Set("PYTHONPATH", server.SourceFolder is { } source ? $"{Packages}:{source}" : Packages, "Where the packages are, in the artifact.");
        }
        else if (server.SourceFolder is { } source)
        {
            draft.Set("PYTHONPATH", source);
        }

        draft.Set("PYTHONUNBUFFERED", "1", "What it prints is seen at once.");
        draft.Health = server.Health;
        return draft;
    }

    /// <param name="missing">What serves it, where the lists do not name it.</param>
    /// <returns>Null: it needs nothing but Python.</returns>
    private (string Run, string Comment)? Install(string? missing)
    {
        var into = $"{Pip} --target {Packages}";
        var further = missing is null ? "" : $" {missing}";
        var extra = missing is null ? "" : $" {missing} is added: what serves it is not in the list.";
        if (files.Has("uv.lock"))
        {
            isUsual = false;
            draft.Found("installed with uv", "uv.lock");
            draft.Kind += " with uv";
            return ($"{Pip} --target {Tools} uv\nPYTHONPATH={Tools} python3 -m uv export --frozen --no-dev --no-hashes --no-emit-project --output-file {Tools}/requirements.txt\n{into} --requirement {Tools}/requirements.txt{further}",
                $"Exactly the versions of uv.lock, in a folder that goes with the program.{extra}");
        }

        if (files.Has("poetry.lock"))
        {
            isUsual = false;
            draft.Found("installed with Poetry", "poetry.lock");
            draft.Kind += " with Poetry";
            return ($"{Pip} --target {Tools} poetry poetry-plugin-export\nPYTHONPATH={Tools} python3 -m poetry export --without-hashes --output {Tools}/requirements.txt\n{into} --requirement {Tools}/requirements.txt{further}",
                $"Exactly the versions of poetry.lock, in a folder that goes with the program.{extra}");
        }

        isUsual = list is not null || (project?.HasDependencies != true && !files.Has("Pipfile"));
        if (list is not null && (files.Text(list) is not { } text || Requirement().IsMatch(text)))
        {
            draft.Found("installed with pip", list);
            _ = list == Lists[0] ? draft : draft.With("requirements", list);
            return ($"{into} --requirement {list}{further}", $"In a folder that goes with the program: a virtual environment could not be moved.{extra}");
        }

        if (project?.HasDependencies == true)
        {
            draft.Found("installed with pip", "pyproject.toml").Check("There is no lock file: every run takes the newest versions that pyproject.toml allows, and the same commit can give another release.");
            return ($"{into} .{further}", $"Guessed: the project itself is installed too, with the newest versions that it allows.{extra}");
        }

        if (files.Has("Pipfile"))
        {
            draft.Found("installed with Pipenv", "Pipfile");
            return ($"{Pip} --target {Tools} pipenv\nPYTHONPATH={Tools} python3 -m pipenv requirements > {Tools}/requirements.txt\n{into} --requirement {Tools}/requirements.txt{further}",
                $"Guessed: the versions of Pipfile.lock.{extra}");
        }

        return missing is null ? null : ($"{into}{further}", $"Guessed:{extra}");
    }

    private void Test()
    {
        string[] tests = [.. files.Paths.Where(path => TestFile().IsMatch(path))];
        if (tests.Length == 0)
        {
            draft.Guess("no tests: no test_….py was seen").With("tests", "none", "No test_….py was seen.");
            return;
        }

        draft.Found("tests", tests[0]);
        var path = $"{(draft.Uses(Packages) ? $"{Packages}:" : "")}.{(files.HasFolder("src") ? ":src" : "")}";
        var byPytest = Names("pytest") || files.FirstOf("pytest.ini", "conftest.py", "tests/conftest.py") is not null || project?.Has("tool.pytest.ini_options") == true
            || tests.Any(test => PytestStyle().IsMatch(files.Text(test) ?? ""));
        if (files.Has("manage.py") && !byPytest)
        {
            isUsual = false;
            draft.Step("test", $"PYTHONPATH={path} python3 manage.py test", "No report: Django's tests write none by themselves.").Check("No test report: Django's tests write no JUnit XML by themselves.");
            return;
        }

        if (!byPytest)
        {
            var within = tests[0].Contains('/') ? tests[0][..tests[0].LastIndexOf('/')] : ".";
            draft.With("tests", "unittest", "No report: unittest writes none. Pytest runs the same tests and does.").With("tests-folder", within);
            var folder = within == "." ? " -p '*test*.py'" : $" -s {Draft.Quote(within)} -p '*test*.py'";
            draft.Step("test", $"PYTHONPATH={path} python3 -m unittest discover{folder}", "No report: unittest writes none. Pytest runs the same tests and does, with --junitxml.").Check("No test report: unittest writes no JUnit XML.");
            return;
        }

        draft.Network = true;
        draft.Cache ??= new("pip", "Kept from run to run, so that packages are not fetched again.");
        var listed = files.FirstOf(TestLists);
        draft.With("tests", "pytest").With("tests-folder", ".");
        _ = listed is null ? draft : draft.With("test-requirements", [listed]);
        draft.Step("test", $"mkdir -p test-results\n{Pip} --target {Tools} pytest{(listed is null ? "" : $" --requirement {listed}")}\nPYTHONPATH={Tools}:{path} python3 -m pytest --junitxml=test-results/pytest.xml",
            listed is null ? "Guessed: the tests need nothing but pytest beside the program's own packages." : $"With what {listed} names.", new TestReport("junit", "test-results/*.xml"));
    }

    private static bool NamedIn(string text, string package) =>
        Regex.IsMatch(text, $@"^\s*[""']?{Regex.Escape(package)}[""']?\s*($|[\[<>=!~;@# ])", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    [GeneratedRegex(@"^\s*[A-Za-z0-9-]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Requirement();

    [GeneratedRegex(@"(^|/)(test_[^/]*|[^/]*_test|tests)\.py$", RegexOptions.CultureInvariant)]
    private static partial Regex TestFile();

    [GeneratedRegex(@"^\s*(import pytest|from pytest)|^def test_", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PytestStyle();
}
