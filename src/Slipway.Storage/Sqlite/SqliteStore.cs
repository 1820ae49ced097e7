using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

/// <summary>The store in one SQLite file, for one server process. Writes go through <see cref="SqliteWriter"/>; reads use connections of their own.</summary>
public sealed partial class SqliteStore : IStore, IAsyncDisposable
{
    /// <summary>How long keys of events and answers to repeated requests are remembered.</summary>
    private static readonly TimeSpan KeyRetention = TimeSpan.FromDays(7);
    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly FileStream _lock;
    private readonly Statements _statements;
    private readonly SqliteWriter _writer;
    private readonly LedgerSequencer _sequencer = new();
    private readonly StoreSignal _work = new();
    private readonly StoreSignal _ledger = new();
    private readonly StoreClock _clock;
    private long _lease;
    private bool _workInGroup;

    private SqliteStore(string file, TimeProvider time, FileStream fileLock, SqliteConnection connection)
    {
        _file = file;
        _time = time;
        _lock = fileLock;
        _clock = new StoreClock(time, long.Parse(Meta(connection, "clock") ?? "0", CultureInfo.InvariantCulture));
        Generation = long.Parse(Meta(connection, "generation")!, CultureInfo.InvariantCulture);
        Installation = Meta(connection, "installation")!;
        _sequencer.Load(connection);
        _statements = new Statements(connection);
        _writer = new SqliteWriter(connection, _statements, BeforeCommit, AfterCommit);
    }

    public long Generation { get; }

    public string Installation { get; }

    public long LedgerHead => _sequencer.Head;

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_clock.Now);

    /// <summary>Opens the store in <paramref name="file"/>, making it if it is not there.</summary>
    /// <exception cref="StoreUnavailableException">Another process has it open, or it is damaged.</exception>
    public static Task<SqliteStore> OpenAsync(string file, TimeProvider time)
    {
        SQLitePCL.Batteries_V2.Init();
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var fileLock = Lock(file);
        SqliteConnection? connection = null;
        try
        {
            // SQLite gives the files beside the store the store's own permissions when it makes them.
            foreach (var own in new[] { file + "-wal", file + "-shm" }.Where(File.Exists).Prepend(file))
            {
                OwnFiles.Touch(own);
            }

            connection = Connect(file, SqliteOpenMode.ReadWriteCreate);
            Prepare(connection, time);
            var store = new SqliteStore(file, time, fileLock, connection);
            return Task.FromResult(store);
        }
        catch (SqliteException fault)
        {
            connection?.Dispose();
            fileLock.Dispose();
            throw SqliteWriter.Translate(fault);
        }
        catch
        {
            connection?.Dispose();
            fileLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Readers first: the last connection to close must be the one that can copy the write-ahead log back. This store's alone: those of another one may be just in use.
        await using (var reader = new SqliteConnection(ConnectionString(_file, SqliteOpenMode.ReadOnly)))
        {
            SqliteConnection.ClearPool(reader);
        }

        await _writer.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancel) => _work.WaitAsync(atMost, _time, cancel);

    public async Task WaitForLedgerAsync(long after, CancellationToken cancel)
    {
        while (LedgerHead <= after)
        {
            await _ledger.WaitAsync(TimeSpan.FromSeconds(5), _time, cancel).ConfigureAwait(false);
        }
    }

    private static FileStream Lock(string file)
    {
        try
        {
            return new FileStream(file + ".lock", new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnFiles.OwnerOnly });
        }
        catch (IOException fault)
        {
            throw new StoreUnavailableException($"Another server has {file} open. Stop it first, or choose another data directory with --data.", retryable: false, fault);
        }
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(ConnectionString(file, mode));
        connection.Open();
        if (mode != SqliteOpenMode.ReadOnly)
        {
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA foreign_keys = ON;");
        }

        return connection;
    }

    private static string ConnectionString(string file, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = mode == SqliteOpenMode.ReadOnly }.ToString();

    private static void Prepare(SqliteConnection connection, TimeProvider time)
    {
        var check = connection.ExecuteScalar<string>("PRAGMA quick_check(1)");
        if (check != "ok")
        {
            throw new StoreUnavailableException($"The store is damaged ({check}). Put a backup back with: slipway backup restore FILE", retryable: false);
        }

        var version = connection.ExecuteScalar<long>("PRAGMA user_version");
        if (version > NewestSchema)
        {
            throw new StoreUnavailableException(
                $"The store was written by a newer Slipway (schema {version}; this one knows up to {NewestSchema}). Start that one again, or put back a backup of before the upgrade with: slipway backup restore FILE --force", retryable: false);
        }

        foreach (var (number, sql) in Schema().Where(s => s.Number > version))
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(sql, transaction: transaction);
            connection.Execute($"PRAGMA user_version = {number}", transaction: transaction);
            transaction.Commit();
        }

        connection.Execute(
            "INSERT OR IGNORE INTO meta (name, value) VALUES ('installation', @installation), ('generation', '1'), ('clock', @clock)",
            new { installation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), clock = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) });

        // The file lock says that nobody else is there: what was leased died with its owner.
        connection.Execute("UPDATE process SET lease_until = 0 WHERE lease_until > 0; UPDATE outbox SET lease_until = 0 WHERE lease_until > 0;");
    }

    private static int NewestSchema => Schema().Max(s => s.Number);

    private static IEnumerable<(int Number, string Sql)> Schema()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var file = name[(name.IndexOf(".Schema.", StringComparison.Ordinal) + ".Schema.".Length)..];
            yield return (int.Parse(file[..3], CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }

    private static string? Meta(SqliteConnection connection, string name) =>
        connection.ExecuteScalar<string?>("SELECT value FROM meta WHERE name = @name", new { name });

    private void BeforeCommit()
    {
        _sequencer.Sequence(_statements);
        _statements.Execute("UPDATE meta SET value = @clock WHERE name = 'clock'", ("@clock", _clock.Now.ToString(CultureInfo.InvariantCulture)));
    }

    private void AfterCommit()
    {
        var before = _sequencer.Head;
        _sequencer.Publish();
        if (_sequencer.Head != before)
        {
            _ledger.Pulse();
        }

        if (_workInGroup)
        {
            _workInGroup = false;
            _work.Pulse();
        }
    }

    private async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read)
    {
        await Task.Yield();
        try
        {
            using var connection = Connect(_file, SqliteOpenMode.ReadOnly);
            return read(connection);
        }
        catch (SqliteException fault)
        {
            throw SqliteWriter.Translate(fault);
        }
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } m ? Time(m) : null;
}
