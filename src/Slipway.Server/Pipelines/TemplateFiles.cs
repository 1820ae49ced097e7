using System.Text;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Server.Pipelines;

/// <summary>Reads a folder of templates: <c>NAME/VERSION/template.yaml</c> and <c>NAME/rollout.yaml</c>.</summary>
public static class TemplateFiles
{
    private const string Template = "template.yaml", Rollout = "rollout.yaml";

    /// <summary>The folder of templates beside a <c>platform.yaml</c>.</summary>
    public static string FolderBeside(string platformFile) => Path.Combine(Path.GetDirectoryName(platformFile)!, "templates");

    /// <summary>In the order of their paths; empty where there is no such folder.</summary>
    /// <exception cref="IOException">It cannot be read, or has more versions than <see cref="Limits.TemplateVersions"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<TemplateFile> In(string folder) => [.. Find(folder).Select(f => new TemplateFile(Path.GetRelativePath(folder, f.FullName), Text(f)))];

    /// <summary>Changes when a file comes, goes or is written.</summary>
    internal static string StampOf(string folder)
    {
        var stamp = new StringBuilder();
        foreach (var file in Find(folder))
        {
            stamp.Append(file.FullName).Append(' ').Append(file.Length).Append(' ').Append(file.LastWriteTimeUtc.Ticks).Append('\n');
        }

        return stamp.ToString();
    }

    private static List<FileInfo> Find(string folder)
    {
        List<FileInfo> found = [];
        if (!Directory.Exists(folder))
        {
            return found;
        }

        foreach (var template in Visible(new DirectoryInfo(folder)))
        {
            foreach (var file in Visible(template).Select(version => new FileInfo(Path.Combine(version.FullName, Template))).Append(new FileInfo(Path.Combine(template.FullName, Rollout))).Where(f => f.Exists))
            {
                found.Add(file);
                if (found.Count > Limits.TemplateVersions)
                {
                    throw new IOException($"'{folder}' has more than {Limits.TemplateVersions} versions of templates.");
                }
            }
        }

        return found;
    }

    /// <summary>Folders that are not hidden, as Git's own is.</summary>
    private static IEnumerable<DirectoryInfo> Visible(DirectoryInfo folder) =>
        folder.EnumerateDirectories().Where(d => !d.Name.StartsWith('.')).OrderBy(d => d.Name, StringComparer.Ordinal);

    /// <summary>No more than a definition may have, and a little, so that who reads it says that it is too large.</summary>
    private static string Text(FileInfo file)
    {
        using var reader = new StreamReader(file.FullName);
        var buffer = new char[Math.Min(file.Length, Limits.DefinitionBytes) + 1];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}
