namespace Slipway.Agent;

/// <summary>A hierarchy of cgroups with the group that this process is in: the one of cgroup v2, or one of those of v1, each of which has some controllers.</summary>
/// <param name="IsUnified">It is that of cgroup v2.</param>
/// <param name="Controllers">What groups in it can limit; of v2, what groups below <paramref name="Own"/> may be given.</param>
/// <param name="Own">The group's folder. An agent that made room for other groups beside itself (<see cref="AgentsOwn"/>) is counted to the group above.</param>
/// <param name="IsTop">Nothing is above it that this process could see: the machine's, or a container's.</param>
internal sealed record ControlHierarchy(bool IsUnified, IReadOnlyList<string> Controllers, string Own, bool IsTop)
{
    /// <summary>Where an agent is when it has divided its group: v2 gives limits only to groups beside which no process is.</summary>
    public const string AgentsOwn = "slipway-agent";

    /// <param name="self">What the kernel says of this process; a test puts another machine in its place.</param>
    public static IReadOnlyList<ControlHierarchy> OfThisProcess(string self)
    {
        var groups = File.ReadLines(Path.Combine(self, "cgroup")).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        var found = new List<ControlHierarchy>();
        foreach (var fields in File.ReadLines(Path.Combine(self, "mountinfo")).Select(line => line.Split(' ')))
        {
            // Optional fields end with a dash; behind it the file system, its source, its options.
            var dash = Array.IndexOf(fields, "-");
            var kind = dash > 5 && fields.Length > dash + 3 ? fields[dash + 1] : "";
            var options = kind == "cgroup" ? fields[dash + 3].Split(',') : [];
            var group = kind == "cgroup2" ? groups.Find(parts => parts[0] == "0")
                : kind == "cgroup" ? groups.Find(parts => parts[1].Length > 0 && parts[1].Split(',').All(options.Contains))
                : null;
            if (group is not null && Folder(fields[3], fields[4], group[2], kind == "cgroup2") is var (folder, isTop) && Directory.Exists(folder))
            {
                found.Add(kind == "cgroup" ? new(false, group[1].Split(','), folder, isTop) : new(true, WordsIn(Path.Combine(folder, "cgroup.controllers")), folder, isTop));
            }
        }
        return found;
    }

    /// <summary>The words of a file such as <c>cgroup.controllers</c>; none when it is not there.</summary>
    public static IReadOnlyList<string> WordsIn(string file) => File.Exists(file) ? File.ReadAllText(file).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];

    private static (string Folder, bool IsTop) Folder(string root, string mount, string path, bool unified)
    {
        if (unified && path.EndsWith("/" + AgentsOwn, StringComparison.Ordinal))
        {
            path = path[..^(AgentsOwn.Length + 1)];
        }
        var below = root != "/" && (path == root || path.StartsWith(root + "/", StringComparison.Ordinal)) ? path[root.Length..] : path;
        return (mount + below.TrimEnd('/'), below.Trim('/').Length == 0);
    }
}
