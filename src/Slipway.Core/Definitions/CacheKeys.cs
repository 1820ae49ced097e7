using Slipway.Core.Pipelines;

namespace Slipway.Core.Definitions;

/// <summary>What <c>cache</c> of a job may say: a tool by its name, files and folders of one's own, or a list of both.</summary>
internal static class CacheKeys
{
    private const string TakeAway = "Take one of the two away.";

    private static readonly MapShape Own = new(
        new("key", new ListShape(new RelativePathShape(), 20, 1), "Files whose content decides what fits, by globs.", Required: true),
        new("paths", new ListShape(new RelativePathShape(Home: true), 20, 1), "Folders in the checkout, or in the home directory as ~/….", Required: true));

    public static readonly Shape Shape = new OneOrMoreShape(new EitherShape(new ChoiceShape("tool cache", [.. ToolCaches.Names]), Own));

    public static readonly string About = $"Folders kept from run to run: {string.Join(", ", ToolCaches.Names)}, or key and paths, or a list of those.";

    /// <summary>What of a job's caches is right by itself and cannot be meant.</summary>
    public static void Check(MapNode job, Findings findings)
    {
        List<(string Path, string In)> taken = [];
        foreach (var node in NodesOf(job["cache"]))
        {
            // What is neither is told of by its shape.
            var paths = node switch
            {
                Scalar tool when ToolCaches.Find(tool.Text) is { } known => known.Paths.Select(path => (Node: (Node)tool, Path: path)).ToList(),
                MapNode own => [.. own.List("paths").OfType<Scalar>().Where(p => !p.IsEmpty).Select(p => (Node: (Node)p, Path: PipelineReader.PathOf(p)))],
                _ => [],
            };
            foreach (var (place, path) in paths)
            {
                if (WhyNot(path) is { } why)
                {
                    findings.Add(place, $"{why}.", "Name the folder that the tool fills, such as ~/.cache/tool or node_modules.");
                }
                else if (taken.Find(t => Overlap(t.Path, path)) is { Path: { } other, In: var before })
                {
                    findings.Add(place, other == path ? $"{Quoted(path)} is kept twice, here and in {before}." : $"{Quoted(path)} and {Quoted(other)} of {before} overlap: each folder is kept once.", TakeAway);
                }
            }

            taken.AddRange(paths.Select(p => (p.Path, node is Scalar tool ? tool.Text : "another cache")));
        }
    }

    public static IReadOnlyList<CacheDefinition> Read(Node? cache) => [.. NodesOf(cache).Select(node => node is MapNode own
        ? CacheDefinition.Own([.. own.List("key").Select(PipelineReader.PathOf)], [.. own.List("paths").Select(PipelineReader.PathOf)])
        : ToolCaches.Find(((Scalar)node).Text)!)];

    private static IEnumerable<Node> NodesOf(Node? cache) => cache switch
    {
        null => [],
        ListNode several => several.Items,
        var one => [one],
    };

    private static string? WhyNot(string path) =>
        path is "." or "~" ? $"{(path is "." ? "The whole checkout" : "The whole home directory")} cannot be kept"
        : path == ".git" || path.StartsWith(".git/", StringComparison.Ordinal) ? $"{Quoted(path)} is what git keeps of the commit; it comes with the checkout"
        : path.IndexOfAny(['*', '?']) >= 0 ? $"{Quoted(path)} is a pattern; paths are folders"
        : null;

    private static bool Overlap(string a, string b) => a == b || a.StartsWith(b + "/", StringComparison.Ordinal) || b.StartsWith(a + "/", StringComparison.Ordinal);

    private static string Quoted(string path) => $"'{path}'";
}
