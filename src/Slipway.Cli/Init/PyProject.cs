using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>What init needs of a pyproject.toml: the tables that are there, its name, and which packages are named in it. No more of TOML is read than that.</summary>
internal sealed partial class PyProject
{
    private readonly Dictionary<string, string> tables = new(StringComparer.Ordinal);

    /// <summary>Null: it has none.</summary>
    public string? Name => Value("project", "name") ?? Value("tool.poetry", "name");

    public string? RequiresPython => Value("project", "requires-python") ?? Value("tool.poetry.dependencies", "python");

    public bool HasDependencies => Value("project", "dependencies", List()) is { Length: > 0 } || tables.ContainsKey("tool.poetry.dependencies");

    /// <summary>Null: there is none, or it is not TOML, which is then among the problems.</summary>
    public static PyProject? Of(RepositoryFiles files)
    {
        if (files.Text("pyproject.toml") is not { } text)
        {
            return null;
        }

        var project = new PyProject();
        var (table, number, depth) = ("", 0, 0);
        foreach (var line in text.Split('\n'))
        {
            number++;
            var content = line.Trim();
            if (depth == 0 && content.StartsWith('['))
            {
                if (Header().Match(content) is not { Success: true } header)
                {
                    files.Problem($"{files.NameOf("pyproject.toml")} is not TOML: it breaks on line {number}.");
                    return null;
                }

                table = header.Groups["name"].Value.Replace(" ", "", StringComparison.Ordinal);
                project.tables.TryAdd(table, "");
                continue;
            }

            // Brackets in texts are rare there, and balanced where they come: "uvicorn[standard]".
            depth = Math.Max(0, depth + content.Count(c => c == '[') - content.Count(c => c == ']'));
            project.tables[table] = project.tables.GetValueOrDefault(table) + content + "\n";
        }

        if (depth > 0)
        {
            files.Problem($"{files.NameOf("pyproject.toml")} is not TOML: a list in [{table}] has no end.");
            return null;
        }

        return project;
    }

    public bool Has(string table) => tables.ContainsKey(table);

    /// <summary>Whether a package is named anywhere in it as a dependency, of whatever group.</summary>
    public bool Names(string package) => tables.Any(table => Dependencies().IsMatch(table.Key)
        && Regex.IsMatch(table.Value, $@"(^|[\[""',\s]){Regex.Escape(package)}([\s""'\[\]<>=!~;@,(]|$)", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));

    private string? Value(string table, string key, Regex? form = null) =>
        tables.TryGetValue(table, out var text) && Regex.Match(text, $@"^{Regex.Escape(key)}\s*=\s*", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) is { Success: true } at
        && (form ?? Quoted()).Match(text, at.Index + at.Length) is { Success: true } value && value.Index == at.Index + at.Length
            ? value.Groups["value"].Value.Trim()
            : null;

    [GeneratedRegex(@"^\[\[?(?<name>[^\[\]#]{1,200})\]\]?\s*(#.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex(@"^(project|project\.optional-dependencies|dependency-groups|tool\.poetry.*dependencies|tool\.pdm\.dev-dependencies|tool\.uv)$", RegexOptions.CultureInvariant)]
    private static partial Regex Dependencies();

    [GeneratedRegex(@"[""'](?<value>[^""'\n]{1,200})[""']", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[(?<value>[^\]]*)\]", RegexOptions.CultureInvariant)]
    private static partial Regex List();
}
