using Slipway.Engine.Environments;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Server.Environments;
using Slipway.Server.Pipelines;
using Slipway.Server.Secrets;
using Slipway.Storage.Sqlite;

namespace Slipway.Server;

/// <summary>Where things lie in a server's data directory.</summary>
public static class DataDirectory
{
    /// <summary>The name under which the agent beside the server is enrolled.</summary>
    public static string LocalAgent => TokenFile.LocalAgentName;

    public static string StoreIn(string directory) => Path.Combine(directory, "slipway.db");

    /// <summary>The releases' artifacts, by digest.</summary>
    public static string ArtifactsIn(string directory) => Path.Combine(directory, "artifacts");

    /// <summary>What jobs keep from run to run, by digest.</summary>
    public static string CachesIn(string directory) => Path.Combine(directory, "caches");

    /// <summary>Mirrors of the services' repositories.</summary>
    public static string SourcesIn(string directory) => Path.Combine(directory, "sources");

    /// <summary>The key of secrets; there once the first one was given.</summary>
    public static string SecretKeyIn(string directory) => Path.Combine(directory, SecretKeyFile.Name);

    /// <summary>The admin's token; there once a server has started on the directory.</summary>
    public static string AdminTokenIn(string directory) => Path.Combine(directory, TokenFile.Admin);

    /// <summary>The token of <see cref="LocalAgent"/>.</summary>
    public static string AgentTokenIn(string directory) => Path.Combine(directory, TokenFile.LocalAgent);

    /// <summary>Makes the directory, for its owner alone, if it is not there.</summary>
    /// <exception cref="ServerStartException">It cannot be made.</exception>
    public static void Make(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var why = fault is UnauthorizedAccessException ? "this user may not write there"
                : File.Exists(directory) ? "there is a file of that name"
                : fault is FileNotFoundException or DirectoryNotFoundException ? "its parent takes no directories"
                : fault.Message.TrimEnd('.');
            throw new ServerStartException($"The data directory {directory} cannot be made: {why}.", "Choose another one with --data.", inner: fault);
        }
    }

    /// <summary>Puts a backup in the place of the store, and the platform's definition that was in force then where there is none. No server may run on the directory.</summary>
    /// <returns>Where the platform's definition was written; null: there is one already, or the backup has none.</returns>
    /// <param name="force">Over a store that is there.</param>
    /// <exception cref="ServerStartException">The backup or the directory cannot be used; nothing has changed.</exception>
    public static async Task<string?> RestoreAsync(string backup, string directory, bool force, TimeProvider time)
    {
        if (!File.Exists(backup))
        {
            throw new ServerStartException($"There is no file {backup}.", "Name what `slipway backup create` wrote.") { IsWrongUsage = true };
        }

        if (File.Exists(StoreIn(directory)) && !force)
        {
            throw new ServerStartException($"There is a store in {directory} already.", "Replace it with --force, or restore into another directory with --data.");
        }

        var (made, hadLock, restored) = (MissingOf(directory), File.Exists(LockIn(directory)), false);
        Make(directory);
        try
        {
            await SqliteStore.RestoreAsync(backup, StoreIn(directory), force, time);
            restored = true;
            return await RestorePlatformAsync(directory, time);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException(fault.Message, "See to the file's and the directory's permissions and space.", inner: fault);
        }
        catch (BackupUnusableException fault)
        {
            throw new ServerStartException(fault.Message, "Name another file that `slipway backup create` wrote; nothing has changed.", inner: fault);
        }
        catch (StoreUnavailableException fault)
        {
            throw new ServerStartException(fault.Message, "Stop the server first: slipway up and slipway server end with Ctrl-C.", inner: fault);
        }
        finally
        {
            if (!restored)
            {
                RemoveTraces(directory, made, hadLock);
            }
        }
    }

    private static async Task<string?> RestorePlatformAsync(string directory, TimeProvider time)
    {
        var file = PlatformFolder.FileIn(directory);
        if (File.Exists(file))
        {
            return null;
        }

        await using var store = await SqliteStore.OpenAsync(StoreIn(directory), time);
        if (await KeptPlatform.ReadAsync(store, CancellationToken.None) is not { } text)
        {
            return null;
        }

        PlatformFolder.Write(file, text);
        foreach (var (name, check) in await KeptPlatform.ReadChecksAsync(store, CancellationToken.None))
        {
            var kept = Path.Combine(CheckFiles.FolderBeside(file), name);
            if (!File.Exists(kept))
            {
                PlatformFolder.Write(kept, check);
            }
        }

        foreach (var (path, template) in await KeptTemplates.ReadAsync(store, CancellationToken.None))
        {
            var kept = Path.Combine(TemplateFiles.FolderBeside(file), path);
            if (!File.Exists(kept))
            {
                PlatformFolder.Write(kept, template);
            }
        }

        return file;
    }

    private static string LockIn(string directory) => StoreIn(directory) + ".lock";

    /// <summary>The directory and those above it that are not there, the innermost first.</summary>
    private static List<DirectoryInfo> MissingOf(string directory)
    {
        var missing = new List<DirectoryInfo>();
        for (var at = new DirectoryInfo(Path.GetFullPath(directory)); at is { Exists: false }; at = at.Parent)
        {
            missing.Add(at);
        }

        return missing;
    }

    /// <summary>Of a restoration that was refused: what it made goes, what was there stays.</summary>
    private static void RemoveTraces(string directory, IEnumerable<DirectoryInfo> made, bool hadLock)
    {
        if (!hadLock && Directory.Exists(directory))
        {
            File.Delete(LockIn(directory));
        }

        foreach (var folder in made)
        {
            folder.Refresh();
            if (folder.Exists && !folder.EnumerateFileSystemInfos().Any())
            {
                folder.Delete();
            }
        }
    }
}
