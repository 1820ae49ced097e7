using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Slipway.Engine.Ports;
using SQLitePCL;

namespace Slipway.Storage.Sqlite;

/// <summary>
/// The one connection that writes, on a thread of its own. Whatever has gathered while the last commit was being fsynced is committed together; nobody waits for a
/// batch to fill. Each request runs in a savepoint, so that one that fails harms no other. A request is answered only when its commit is durable.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Requests that may wait; further callers wait for a place.</summary>
    private const int QueueLength = 4096;

    /// <summary>Most requests in one commit, so that the first ones are not kept waiting.</summary>
    private const int GroupLimit = 512;

    /// <summary>Pages in the write-ahead log after which it is copied back.</summary>
    private const int CheckpointPages = 4000;
    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly Statements _statements;
    private readonly Action _beforeCommit;
    private readonly Action _afterCommit;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StoreUnavailableException? _failed;

    /// <param name="connection">Open; owned by the writer from now on.</param>
    /// <param name="statements">Of this connection; owned too.</param>
    /// <param name="beforeCommit">Runs inside each group's transaction, last: the ledger's sequencer.</param>
    /// <param name="afterCommit">Runs once a group is durable.</param>
    public SqliteWriter(SqliteConnection connection, Statements statements, Action beforeCommit, Action afterCommit)
    {
        _connection = connection;
        _statements = statements;
        _beforeCommit = beforeCommit;
        _afterCommit = afterCommit;
        _thread = new Thread(Run) { IsBackground = true, Name = "store writer" };
        _thread.Start();
    }

    /// <summary>Commits since the start, and requests in them.</summary>
    public long Commits { get; private set; }

    public long Written { get; private set; }

    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancel)
    {
        if (_failed is { } failed)
        {
            throw failed;
        }

        var request = new Request<T>(write);
        try
        {
            await _requests.Writer.WriteAsync(request, cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed)
        {
            throw _failed ?? new StoreUnavailableException("The store is closed.", retryable: false, closed);
        }

        return await request.Result.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _stopped.Task.ConfigureAwait(false);
        if (_failed is null)
        {
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        _statements.Dispose();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Run()
    {
        var group = new List<Request>();
        try
        {
            while (_requests.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                group.Clear();
                while (group.Count < GroupLimit && _requests.Reader.TryRead(out var request))
                {
                    group.Add(request);
                }

                CommitGroup(group);
            }
        }
        finally
        {
            _requests.Writer.TryComplete();
            while (_requests.Reader.TryRead(out var left))
            {
                left.Fail(_failed ?? new StoreUnavailableException("The store is closed.", retryable: false));
            }

            _stopped.TrySetResult();
        }
    }

    private void CommitGroup(List<Request> group)
    {
        try
        {
            Execute("BEGIN IMMEDIATE");
            foreach (var request in group)
            {
                RunOne(request);
            }

            _beforeCommit();
            Execute("COMMIT");
        }
        catch (SqliteException fault)
        {
            Abandon(group, fault);
            return;
        }

        Commits++;
        Written += group.Count;
        foreach (var request in group)
        {
            request.Succeed();
        }

        _afterCommit();
        Checkpoint();
    }

    private void RunOne(Request request)
    {
        Execute("SAVEPOINT request");
        try
        {
            request.Run(_connection);
            Execute("RELEASE request");
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            // The whole transaction may be gone already: the group is abandoned as one.
            throw;
        }
#pragma warning disable CA1031 // Whatever the request threw goes to whoever made it; the others of the group are not concerned.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Execute("ROLLBACK TO request");
            Execute("RELEASE request");
            request.Fault = fault;
        }
    }

    private void Abandon(List<Request> group, SqliteException fault)
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already, which is what we want.
        }

        var answer = Translate(fault);
        if (!answer.Retryable)
        {
            _failed = answer;
        }

        foreach (var request in group)
        {
            request.Fail(answer);
        }
    }

    /// <summary>A full disk heals when space returns. After a failed write or fsync nobody knows what is on disk: the store stops for good.</summary>
    internal static StoreUnavailableException Translate(SqliteException fault) => fault.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new StoreUnavailableException("The disk that holds the store is full. Free some space; nothing was lost.", retryable: true, fault) { Full = true },
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreUnavailableException("The store is locked by another process.", retryable: true, fault),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreUnavailableException("The store is damaged. Put a backup back with: slipway backup restore FILE", retryable: false, fault),
        _ => new StoreUnavailableException($"The store cannot be written: {fault.Message}", retryable: false, fault),
    };

    private void Checkpoint()
    {
        if (Commits % 256 != 0)
        {
            return;
        }

        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        using var reader = command.ExecuteReader();
        if (reader.Read() && reader.GetInt64(1) > CheckpointPages * 4 && reader.GetInt64(1) == reader.GetInt64(2))
        {
            reader.Close();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
        }
    }

    private void Execute(string sql) => _statements.Execute(sql);

    private abstract class Request
    {
        public Exception? Fault { get; set; }

        public abstract void Run(SqliteConnection connection);

        public abstract void Succeed();

        public abstract void Fail(Exception fault);
    }

    private sealed class Request<T>(Func<SqliteConnection, T> write) : Request
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;

        public Task<T> Result => _done.Task;

        public override void Run(SqliteConnection connection) => _value = write(connection);

        public override void Succeed()
        {
            if (Fault is { } fault)
            {
                _done.TrySetException(fault is SqliteException sqlite ? Translate(sqlite) : fault);
            }
            else
            {
                _done.TrySetResult(_value!);
            }
        }

        public override void Fail(Exception fault) => _done.TrySetException(fault);
    }
}
