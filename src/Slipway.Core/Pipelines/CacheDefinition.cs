namespace Slipway.Core.Pipelines;

/// <summary>Folders of a job that are kept from run to run.</summary>
/// <param name="Key">Globs of files whose content decides which kept state fits: below the service's folder; what begins with <c>**/</c> is looked for in the folders above it too.</param>
/// <param name="Paths">Below the service's folder in the checkout, or below the home directory if they begin with <c>~/</c>.</param>
public sealed record CacheDefinition(IReadOnlyList<string> Key, IReadOnlyList<string> Paths)
{
    /// <summary>The tool's name; of a cache that names its own files and folders, the folders.</summary>
    public string Name { get; init => field = value ?? NameOf(Paths); } = NameOf(Paths);

    /// <summary>Globs that count where <see cref="Key"/> finds no file.</summary>
    public IReadOnlyList<string> Otherwise { get; init => field = value ?? []; } = [];

    /// <summary>Variables without which the tool would keep it elsewhere; a <c>~</c> in a value is the home directory.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Its folders hold what any version of a tool can use, so that the combinations of a matrix share it.</summary>
    public bool IsShared { get; init; } = true;

    /// <summary>A cache that a definition describes itself. What is in it may be made for one combination of a matrix only.</summary>
    public static CacheDefinition Own(IReadOnlyList<string> key, IReadOnlyList<string> paths) => new(key, paths) { IsShared = false };

    private static string NameOf(IReadOnlyList<string> paths) => string.Join(", ", paths);
}
