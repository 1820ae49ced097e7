using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Slipway.Bench.Loop;

/// <summary>Many writers, one connection, write-ahead log, fsync at each commit: whoever waits is committed together.</summary>
internal sealed class PlainAppends : IDisposable
{
    private readonly SqliteConnection connection;

    public PlainAppends(string file)
    {
        connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");
        Execute("CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    }

    public async Task<double> PerSecondAsync(int writers, TimeSpan length, CancellationToken cancel)
    {
        var waiting = Channel.CreateUnbounded<TaskCompletionSource>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        end.CancelAfter(length);
        var watch = Stopwatch.StartNew();
        var committing = Task.Run(() => CommitAsync(waiting.Reader), CancellationToken.None);
        var appended = (await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => AppendAsync(waiting.Writer, end.Token)))).Sum();
        var perSecond = appended / watch.Elapsed.TotalSeconds;
        waiting.Writer.Complete();
        await committing;
        return perSecond;
    }

    public void Dispose() => connection.Dispose();

    private static async Task<long> AppendAsync(ChannelWriter<TaskCompletionSource> waiting, CancellationToken end)
    {
        long appended = 0;
        while (!end.IsCancellationRequested)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await waiting.WriteAsync(done, CancellationToken.None);
            await done.Task;
            appended++;
        }

        return appended;
    }

    private async Task CommitAsync(ChannelReader<TaskCompletionSource> waiting)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO row (body) VALUES ($body)";
        insert.Parameters.AddWithValue("$body", new string('x', 600));
        var batch = new List<TaskCompletionSource>();
        while (await waiting.WaitToReadAsync())
        {
            using (var transaction = connection.BeginTransaction())
            {
                insert.Transaction = transaction;
                while (waiting.TryRead(out var writer))
                {
                    insert.ExecuteNonQuery();
                    batch.Add(writer);
                }

                transaction.Commit();
            }

            batch.ForEach(writer => writer.SetResult());
            batch.Clear();
        }
    }

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
