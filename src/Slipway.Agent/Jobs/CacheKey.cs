using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Jobs;

/// <summary>
/// What decides whether a kept state fits: the cache's name and folders, the system that it was made on, and the contents of its key files. Taken before the first step, so that no step
/// has a hand in it.
/// </summary>
/// <param name="Digest">64 hex digits; null: there is no such key, see <paramref name="WhyNone"/>.</param>
/// <param name="Files">Its files, below the checkout.</param>
/// <param name="Missing">Files that are named one by one and are not there.</param>
internal sealed record CacheKey(string? Digest, IReadOnlyList<string> Files, IReadOnlyList<string> Missing, string? WhyNone)
{
    private const string Anywhere = "**/";
    private static readonly char[] Wildcards = ['*', '?'];

    /// <param name="workspace">The checkout.</param>
    /// <param name="path">The service's folder in it; null: the checkout.</param>
    public static CacheKey Of(string workspace, string? path, WantedCache cache)
    {
        if (ServiceFolder.Find(workspace, path) is null)
        {
            return new(null, [], [], $"the folder '{path}' is not there");
        }
        var (files, tooMany) = Find(workspace, path, cache.Key);
        if (files.Count == 0 && cache.Otherwise.Count > 0)
        {
            (files, tooMany) = Find(workspace, path, cache.Otherwise);
        }
        if (tooMany)
        {
            return new(null, [], [], $"more than {AgentLimits.CacheKeyFiles} files would be its key, or too many were looked through: name fewer");
        }
        var missing = cache.Key.Where(glob => IsPlain(glob) && !files.Contains(Below(path, glob))).ToList();
        return files.Count == 0
            ? new(null, [], missing, $"no file in the checkout is {string.Join(" or ", cache.Key.Concat(cache.Otherwise))}")
            : new(DigestOf(workspace, path, cache, files), [.. files], missing, null);
    }

    /// <summary>The system that what was compiled or fetched for it runs on.</summary>
    private static string SystemName()
    {
        const string Release = "/etc/os-release";
        var known = (File.Exists(Release) ? File.ReadLines(Release) : []).Where(line => line.StartsWith("ID=", StringComparison.Ordinal) || line.StartsWith("VERSION_ID=", StringComparison.Ordinal));
        return $"{RuntimeInformation.OSArchitecture} {string.Join(' ', known.Order(StringComparer.Ordinal))}";
    }

    private static string DigestOf(string workspace, string? path, WantedCache cache, SortedSet<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string[])["slipway-cache 1", cache.Name, cache.Variant, SystemName(), path ?? "", .. cache.Paths.Order(StringComparer.Ordinal)])
        {
            Add(part);
        }
        foreach (var file in files)
        {
            using var content = File.OpenRead(Path.Combine(workspace, file));
            Add(file);
            Add(Convert.ToHexStringLower(SHA256.HashData(content)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // With its length before it, so that no two lists of parts are the same bytes.
        void Add(string part)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }
    }

    private static (SortedSet<string> Files, bool TooMany) Find(string workspace, string? path, IReadOnlyList<string> globs)
    {
        var found = new SortedSet<string>(globs.Where(IsPlain).Select(glob => Below(path, glob)).Where(name => IsThere(workspace, name)), StringComparer.Ordinal);
        var patterns = globs.Where(glob => !IsPlain(glob)).Select(glob => ReportFiles.PatternOf(Below(path, glob))).ToList();
        var left = AgentLimits.ReportEntries;
        foreach (var name in patterns.Count == 0 ? [] : Walk(workspace, path is null ? "" : path + "/"))
        {
            if (--left < 0 || found.Count > AgentLimits.CacheKeyFiles)
            {
                return (found, true);
            }
            if (patterns.Exists(pattern => pattern.IsMatch(name)))
            {
                found.Add(name);
            }
        }
        foreach (var glob in globs.Where(glob => path is not null && glob.StartsWith(Anywhere, StringComparison.Ordinal)))
        {
            AddAbove(workspace, path!, glob[Anywhere.Length..], found);
        }
        return (found, false);
    }

    private static bool IsPlain(string glob) => glob.IndexOfAny(Wildcards) < 0;

    private static bool IsThere(string workspace, string name) =>
        ServiceFolder.Find(workspace, Path.GetDirectoryName(name)) is { } folder && Path.Combine(folder, Path.GetFileName(name)) is var file && Path.Exists(file) && FileKind.IsRegular(file);

    /// <summary>What a whole repository shares (its one lock file, its versions) lies in the folders above a service's.</summary>
    private static void AddAbove(string workspace, string path, string glob, SortedSet<string> found)
    {
        var pattern = ReportFiles.PatternOf(glob);
        var segments = path.Split('/');
        for (var depth = 0; depth < segments.Length; depth++)
        {
            var folder = string.Concat(segments.Take(depth).Select(segment => segment + "/"));
            foreach (var file in new DirectoryInfo(Path.Combine(workspace, folder)).EnumerateFiles().Where(file => pattern.IsMatch(file.Name) && FileKind.IsRegular(file.FullName)))
            {
                found.Add(folder + file.Name);
            }
        }
    }

    private static IEnumerable<string> Walk(string workspace, string prefix)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(workspace, prefix)).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (entry is FileInfo file && FileKind.IsRegular(file.FullName))
            {
                yield return prefix + file.Name;
            }
            else if (entry is DirectoryInfo && entry.Name != ".git")
            {
                foreach (var below in Walk(workspace, $"{prefix}{entry.Name}/"))
                {
                    yield return below;
                }
            }
        }
    }

    private static string Below(string? path, string glob) => path is null ? glob : $"{path}/{glob}";
}
