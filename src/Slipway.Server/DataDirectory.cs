using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Storage.Sqlite;

namespace Slipway.Server;

/// <summary>Where things lie in a server's data directory.</summary>
public static class DataDirectory
{
    /// <summary>The name under which the agent beside the server is enrolled.</summary>
    public static string LocalAgent => TokenFile.LocalAgentName;

    public static string StoreIn(string directory) => Path.Combine(directory, "slipway.db");

    /// <summary>The admin's token; there once a server has started on the directory.</summary>
    public static string AdminTokenIn(string directory) => Path.Combine(directory, TokenFile.Admin);

    /// <summary>The token of <see cref="LocalAgent"/>.</summary>
    public static string AgentTokenIn(string directory) => Path.Combine(directory, TokenFile.LocalAgent);

    /// <summary>Puts a backup in the place of the store. No server may run on the directory.</summary>
    /// <param name="force">Over a store that is there.</param>
    /// <exception cref="ServerStartException">The backup or the directory cannot be used; nothing has changed.</exception>
    public static async Task RestoreAsync(string backup, string directory, bool force, TimeProvider time)
    {
        if (!File.Exists(backup))
        {
            throw new ServerStartException($"There is no file {backup}.", "Name what `slipway backup create` wrote.");
        }

        try
        {
            await SqliteStore.RestoreAsync(backup, StoreIn(directory), force, time);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException(fault.Message, "See to the file's and the directory's permissions and space, or give --force where the message says so.", inner: fault);
        }
        catch (StoreUnavailableException fault)
        {
            throw new ServerStartException(fault.Message, "Stop the server first: slipway up and slipway server end with Ctrl-C.", inner: fault);
        }
    }
}
