using System.Text;
using System.Text.RegularExpressions;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Jobs;

/// <summary>Finds the reports of a step. No link is followed: a step chooses where they lead.</summary>
internal static class ReportFiles
{
    /// <param name="root">Where globs begin.</param>
    /// <param name="globs"><c>*</c> and <c>?</c> within a name, <c>**</c> for any folders.</param>
    /// <param name="since">Files that were not written since are from before: checked in, or of an earlier try.</param>
    /// <returns>Sorted by name; at most <see cref="AgentLimits.ReportFiles"/>.</returns>
    public static IReadOnlyList<string> Find(string root, IReadOnlyList<string> globs, DateTime since)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var left = AgentLimits.ReportEntries;
        foreach (var glob in globs.Select(glob => glob.StartsWith("./", StringComparison.Ordinal) ? glob[2..] : glob))
        {
            var pattern = PatternOf(glob);
            // What stands before the first wildcard is a folder to begin in: a whole tree of dependencies is not walked for one folder of reports.
            var segments = glob.Split('/');
            var plain = segments[..^1].TakeWhile(segment => segment.IndexOfAny(['*', '?']) < 0).ToList();
            if (!plain.Select((_, i) => Path.Combine([root, .. plain.Take(i + 1)])).All(IsRealDirectory))
            {
                continue;
            }
            foreach (var file in Walk(new DirectoryInfo(Path.Combine([root, .. plain])), string.Concat(plain.Select(segment => segment + "/")), segments.Contains("**") ? int.MaxValue : segments.Length - plain.Count))
            {
                if (--left < 0 || found.Count >= AgentLimits.ReportFiles)
                {
                    return [.. found];
                }
                if (pattern.IsMatch(file.Name) && file.Info.LastWriteTimeUtc >= since && FileKind.IsRegular(file.Info.FullName))
                {
                    found.Add(file.Info.FullName);
                }
            }
        }
        return [.. found];
    }

    private static IEnumerable<(string Name, FileInfo Info)> Walk(DirectoryInfo directory, string prefix, int depth)
    {
        var flat = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var entry in directory.EnumerateFileSystemInfos("*", flat))
        {
            if (entry is FileInfo file)
            {
                yield return (prefix + file.Name, file);
            }
            else if (depth > 1)
            {
                foreach (var below in Walk((DirectoryInfo)entry, $"{prefix}{entry.Name}/", depth - 1))
                {
                    yield return below;
                }
            }
        }
    }

    private static bool IsRealDirectory(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    /// <summary>Of names below the root; see <see cref="Find"/>.</summary>
    public static Regex PatternOf(string glob)
    {
        var pattern = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob.AsSpan(i).StartsWith("**/"))
            {
                pattern.Append("(?:[^/]+/)*");
                i += 2;
            }
            else if (glob[i] == '*')
            {
                pattern.Append("[^/]*");
            }
            else if (glob[i] == '?')
            {
                pattern.Append("[^/]");
            }
            else
            {
                pattern.Append(Regex.Escape(glob[i].ToString()));
            }
        }
        return new(pattern.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }
}
