using Slipway.Core.Definitions;
using Slipway.Core.Kernel;

namespace Slipway.Server.Environments;

/// <summary>Reads a platform folder's templates of checks: <c>checks/NAME.yaml</c>.</summary>
public static class CheckFiles
{
    /// <summary>The folder of checks beside a <c>platform.yaml</c>.</summary>
    public static string FolderBeside(string platformFile) => Path.Combine(Path.GetDirectoryName(platformFile) ?? "", "checks");

    /// <summary>In the order of their names, those that are not hidden; empty where there is no such folder. One with a wrong name is among them: whoever reads them says so.</summary>
    /// <param name="folder">Also what their paths begin with in messages.</param>
    /// <param name="root">What a relative folder is below; null: it is absolute.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<PlatformFile> In(string folder, string? root = null)
    {
        var place = new DirectoryInfo(root is null ? folder : Path.Combine(root, folder));
        return !place.Exists ? []
            : [.. place.EnumerateFiles().Where(f => f.Extension is ".yaml" or ".yml" && !f.Name.StartsWith('.')).OrderBy(f => f.Name, StringComparer.Ordinal).Take(Limits.CheckTemplates + 1).Select(f => new PlatformFile(Path.Combine(folder, f.Name), Text(f)))];
    }

    /// <summary>No more than a definition may have, and a little, so that who reads it says that it is too large.</summary>
    private static string Text(FileInfo file)
    {
        using var reader = new StreamReader(file.FullName);
        var buffer = new char[Math.Min(file.Length, Limits.DefinitionBytes) + 1];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}
