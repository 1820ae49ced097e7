using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Init;

/// <summary>The repository, and the service's folder in it.</summary>
/// <param name="Root">Absolute.</param>
/// <param name="Folder">Relative to it, with <c>/</c>; empty: it is the repository.</param>
/// <param name="Shown">As a person calls it.</param>
/// <param name="Argument">What must stand before <c>--path</c> for the same place; it ends with a space, or is empty.</param>
internal sealed record InitPlace(string Root, string Folder, string Shown, string Argument)
{
    /// <exception cref="CliException">There is no such folder, it cannot be read, or the path leads out of it.</exception>
    public static InitPlace Of(Shell shell, string given, string? path)
    {
        var start = Path.TrimEndingDirectorySeparator(shell.FullPath(given));
        Look(start, given);
        if (path is not null && (Path.IsPathRooted(path) || path.Split('/').Contains("..")))
        {
            throw CliException.Usage($"--path: {path} must lie in the repository.", "Write it like --path services/shop, from the repository's own folder on.");
        }

        var root = RepositoryOf(start) ?? start;
        var service = path is null ? start : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, start));
        if (!Directory.Exists(service))
        {
            throw CliException.Usage($"--path: there is no folder {path} in {start}.", Nearest(start, path!) is { } near ? $"Did you mean {near}?" : "Write it like --path services/shop, from that folder on.");
        }

        Look(service, path ?? given);
        var folder = Path.GetRelativePath(root, service);
        return new(root, folder == "." ? "" : folder, service, given == "." ? "" : $"{Draft.Quote(given)} ");
    }

    private static void Look(string folder, string given)
    {
        if (File.Exists(folder))
        {
            throw CliException.Usage($"{given} is a file.", "Name the folder of the repository.");
        }

        if (!Directory.Exists(folder))
        {
            throw CliException.Usage($"There is no folder {folder}.", "Name the folder of the repository, or call it there.");
        }

        try
        {
            // It is opened at once; what is in it does not matter yet.
            using var entries = Directory.EnumerateFileSystemEntries(folder).GetEnumerator();
            entries.MoveNext();
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.NotAllowed, $"{folder} cannot be read.", "Call it as somebody who may read it.");
        }
    }

    /// <summary>The folder that Git keeps; null: it is in none.</summary>
    private static string? RepositoryOf(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            // A file in a work tree or a submodule.
            if (Path.Exists(Path.Combine(at, ".git")))
            {
                return at;
            }
        }

        return null;
    }

    private static string? Nearest(string root, string path)
    {
        var above = Path.GetDirectoryName(path) ?? "";
        var folder = Path.Combine(root, above);
        return Directory.Exists(folder) && Suggestions.Closest(Path.GetFileName(path), Directory.EnumerateDirectories(folder).Select(one => Path.GetFileName(one))) is { } near ? Path.Combine(above, near) : null;
    }
}
