using System.Text;

namespace Slipway.Cli.Init;

/// <summary>Looks at a folder on disk. Links are not followed; what tools make and what is fetched is left out; it is bounded, so that any folder may be given.</summary>
internal static class RepositoryScan
{
    private const int MostFiles = 20_000, Deepest = 8, LongestPath = 300;

    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal)
    {
        "node_modules", "bower_components", "obj", "target", "venv", "env", "__pycache__", "site-packages", "TestResults", "coverage",
    };

    /// <param name="root">The repository.</param>
    /// <param name="folder">The service's folder in it, which is looked at first; empty: the repository.</param>
    public static RepositoryFiles Of(string root, string folder)
    {
        List<string> paths = [];
        List<string> problems = [];
        Walk(root, folder, paths, problems);
        if (folder.Length > 0)
        {
            // The rest tells of workspaces and of test projects beside it.
            Walk(root, "", paths, []);
        }

        var files = new RepositoryFiles([.. paths.Distinct(StringComparer.Ordinal)], (path, most) => Read(Path.Combine(root, path), most));
        foreach (var problem in problems)
        {
            files.Problem(problem);
        }

        return files.In(folder);
    }

    private static void Walk(string root, string from, List<string> paths, List<string> problems)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var count = 0;
        Queue<(string Path, int Depth)> folders = new([(from, 0)]);
        while (folders.TryDequeue(out var next))
        {
            FileSystemInfo[] entries = [.. new DirectoryInfo(Path.Combine(root, next.Path)).EnumerateFileSystemInfos("*", options).OrderBy(e => e.Name, StringComparer.Ordinal)];
            var isDotNet = entries.Any(entry => DotNetProject.Extensions.Contains(entry.Extension));
            foreach (var entry in entries)
            {
                var path = next.Path.Length == 0 ? entry.Name : $"{next.Path}/{entry.Name}";
                if (path.Length > LongestPath || path.Any(char.IsControl) || path.Contains('�'))
                {
                    continue;
                }

                if (entry is DirectoryInfo)
                {
                    // .yarn holds a program that a package.json may name.
                    if (next.Depth < Deepest && !LeftOut.Contains(entry.Name) && !(isDotNet && entry.Name == "bin") && (entry.Name[0] != '.' || entry.Name == ".yarn"))
                    {
                        folders.Enqueue((path, next.Depth + 1));
                    }

                    continue;
                }

                if (++count > MostFiles)
                {
                    problems.Add($"There are more than {MostFiles} files; only so many were looked at.");
                    return;
                }

                paths.Add(path);
            }
        }
    }

    private static string? Read(string file, int most)
    {
        try
        {
            // A pipe would be waited for; it and its like have no length.
            if (new FileInfo(file).Length == 0)
            {
                return "";
            }

            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[(int)Math.Min(most, stream.Length)];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(bytes, 0, length).TrimStart('﻿');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
