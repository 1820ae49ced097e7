using Slipway.Core.Kernel;
using Slipway.Storage.Sqlite;

namespace Slipway.Server;

/// <summary>How the start of a server went.</summary>
public abstract record ServerStart
{
    private ServerStart() { }

    public sealed record Started(RunningServer Running) : ServerStart;

    /// <param name="Reason">One sentence.</param>
    /// <param name="NextStep">What to do; null: nothing in particular.</param>
    /// <param name="Problems">What is wrong in a file, if that is the reason.</param>
    public sealed record Refused(string Reason, string? NextStep, IReadOnlyList<Problem>? Problems = null) : ServerStart;
}

/// <summary>A server with the store that it owns.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly SqliteStore store;

    internal RunningServer(SlipwayServer server, SqliteStore store)
    {
        Server = server;
        this.store = store;
    }

    public SlipwayServer Server { get; }

    /// <summary>Takes no new requests, ends what is under way, closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync();
        await Server.DisposeAsync();
        await store.DisposeAsync();
    }
}
