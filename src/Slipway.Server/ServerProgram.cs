using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;
using Slipway.Server.Access;
using Slipway.Storage.Sqlite;

namespace Slipway.Server;

/// <summary>The server's role of the program: a data directory becomes a running server, or the reason why not.</summary>
public static class ServerProgram
{
    private const string StoreFile = "slipway.db", PlatformFile = "platform.yaml";

    /// <summary>The name under which the agent beside the server is enrolled.</summary>
    public static string LocalAgent => TokenFile.LocalAgentName;

    /// <summary>The admin's token; there once a server has started on the directory.</summary>
    public static string AdminTokenIn(string dataDirectory) => Path.Combine(dataDirectory, TokenFile.Admin);

    /// <summary>The token of <see cref="LocalAgent"/>.</summary>
    public static string AgentTokenIn(string dataDirectory) => Path.Combine(dataDirectory, TokenFile.LocalAgent);

    /// <summary>Opens the store, reads the platform's definition (writing the default one at the first start) and starts the server.</summary>
    public static async Task<ServerStart> StartAsync(ServerOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        SqliteStore? store = null;
        try
        {
            Directory.CreateDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var (platform, file, problems) = await ReadPlatformAsync(options, cancel);
            if (platform is null)
            {
                return new ServerStart.Refused($"{file} is not valid.", "Mend it and start again; `slipway docs platform` prints every key.", problems);
            }

            store = await SqliteStore.OpenAsync(Path.Combine(options.DataDirectory, StoreFile), options.Time);
            var parts = new ServerParts { Store = store, Platform = platform, ReadDefinition = Reader(platform) };
            return new ServerStart.Started(new RunningServer(await SlipwayServer.StartAsync(options, parts, cancel), store));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            return fault is IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException }
                ? new ServerStart.Refused($"Port {options.Port} is taken by another program.", "Stop what listens there (ss -ltnp shows it), or choose another one with --port.")
                : new ServerStart.Refused(fault.Message, fault is StoreUnavailableException ? $"Is another server running on {options.DataDirectory}?" : null);
        }
    }

    /// <summary>Puts a backup in the place of a data directory's store. No server may run on it.</summary>
    /// <param name="force">Over a store that is there.</param>
    /// <returns>Null: done.</returns>
    public static async Task<ServerStart.Refused?> RestoreAsync(string backup, string dataDirectory, bool force, TimeProvider time)
    {
        if (!File.Exists(backup))
        {
            return new ServerStart.Refused($"There is no file {backup}.", null);
        }

        try
        {
            await SqliteStore.RestoreAsync(backup, Path.Combine(dataDirectory, StoreFile), force, time);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            return new ServerStart.Refused(fault.Message, fault is StoreUnavailableException ? "Stop the server first: slipway up and slipway server end with Ctrl-C." : null);
        }
    }

    private static async Task<(PlatformDefinition? Platform, string File, IReadOnlyList<Problem> Problems)> ReadPlatformAsync(ServerOptions options, CancellationToken cancel)
    {
        var folder = options.PlatformDirectory ?? Path.Combine(options.DataDirectory, "platform");
        var file = Path.Combine(folder, PlatformFile);
        if (options.PlatformDirectory is null && !File.Exists(file))
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(file + ".new", PlatformDefaults.Yaml, cancel);
            File.Move(file + ".new", file, overwrite: true);
        }

        var read = PlatformDefinitionReader.Read(await File.ReadAllTextAsync(file, cancel), file);
        return (read.Definition, file, read.Problems);
    }

    private static Engine.Releases.ReadDefinition Reader(PlatformDefinition platform) => (string text, string file, out Core.Releases.ServiceDefinition? definition) =>
    {
        var read = ServiceDefinitionReader.Read(text, file, platform);
        definition = read.Definition;
        return read.Problems;
    };
}
