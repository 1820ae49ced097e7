namespace Slipway.Cli.Init;

/// <summary>What is known of a folder's files: their names, and the text of those that are small enough to be written by people.</summary>
/// <param name="paths">Relative to the repository, with <c>/</c>; without control characters.</param>
/// <param name="read">The first bytes of a file as text, at most so many; null: it cannot be read.</param>
internal sealed class RepositoryFiles(IReadOnlyList<string> paths, Func<string, int, string?> read)
{
    /// <summary>What is larger is generated; characters.</summary>
    public const int LongestText = 256 * 1024;
    private const int Head = 4096;
    private readonly Dictionary<string, string?> texts = new(StringComparer.Ordinal);
    private readonly List<string> problems = [];
    private IReadOnlyList<string>? here;

    private RepositoryFiles(RepositoryFiles whole, string folder)
        : this(whole.All, (_, _) => null)
    {
        Whole = whole;
        Folder = folder;
    }

    /// <summary>The service's folder in the repository; empty: it is the repository.</summary>
    public string Folder { get; } = "";

    /// <summary>Relative to the repository.</summary>
    public IReadOnlyList<string> All => paths;

    private RepositoryFiles? Whole { get; }

    /// <summary>Files below <see cref="Folder"/>, relative to it; those nearest to it first.</summary>
    public IReadOnlyList<string> Paths => here ??=
        [.. All.Where(path => Folder.Length == 0 || path.StartsWith(Folder + "/", StringComparison.Ordinal))
            .Select(path => Folder.Length == 0 ? path : path[(Folder.Length + 1)..])
            .OrderBy(path => path.Count(c => c == '/')).ThenBy(path => path, StringComparer.Ordinal)];

    /// <summary>What could not be read or understood, as sentences; each once.</summary>
    public IReadOnlyList<string> Problems => Whole?.Problems ?? problems;

    public RepositoryFiles In(string folder) => new(Whole ?? this, folder.Trim('/'));

    public bool Has(string path) => Paths.Contains(path);

    /// <summary>The first of these that is there.</summary>
    public string? FirstOf(params IEnumerable<string> names) => names.FirstOrDefault(Has);

    public bool HasFolder(string folder) => Paths.Any(path => path.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>Files of <see cref="Folder"/> itself.</summary>
    public IEnumerable<string> OfItself => Paths.Where(path => !path.Contains('/'));

    /// <summary>The text of a file of <see cref="Paths"/>; null: there is none, or it is too large or cannot be read, which is then among the problems.</summary>
    public string? Text(string path) => TextOf(Folder.Length == 0 ? path : $"{Folder}/{path}");

    /// <summary>As <see cref="Text"/>, of a file of <see cref="All"/>.</summary>
    public string? TextOf(string path)
    {
        if (Whole is not null)
        {
            return Whole.TextOf(path);
        }

        if (!texts.TryGetValue(path, out var text))
        {
            text = All.Contains(path) ? read(path, LongestText + 1) : "";
            if (text is null)
            {
                Problem($"{path} cannot be read.");
            }
            else if (text.Length > LongestText)
            {
                Problem($"{path} is larger than {LongestText / 1024} KiB and was not looked into.");
                text = null;
            }
            else if (!All.Contains(path))
            {
                text = null;
            }

            texts[path] = text;
        }

        return text;
    }

    /// <summary>The beginning of a file of <see cref="Paths"/>, however large it is; empty: there is none.</summary>
    public string BeginningOf(string path) => Has(path) ? (Whole ?? this).Begin(Folder.Length == 0 ? path : $"{Folder}/{path}") : "";

    /// <summary>Tells of something that is not as it should be, and is gone on without.</summary>
    public void Problem(string sentence)
    {
        var told = Whole?.problems ?? problems;
        if (!told.Contains(sentence))
        {
            told.Add(sentence);
        }
    }

    /// <summary>How a file is called in messages: from the repository on.</summary>
    /// <param name="path">From <see cref="Folder"/> on; it may lead out of it.</param>
    public string NameOf(string path) => Path.GetFullPath($"/{Folder}/{path}")[1..];

    private string Begin(string path) => read(path, Head) ?? "";
}
