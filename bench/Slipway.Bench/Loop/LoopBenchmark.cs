using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Kernel;
using Slipway.Engine;
using Slipway.Engine.Ports;
using Slipway.Storage.Sqlite;

namespace Slipway.Bench.Loop;

/// <summary>
/// The delivery loop on a real store, with a machine that does nothing but count: each transition writes a state of some hundred bytes, a fact and a message to its own
/// inbox, durably. Beside it the least that durable work on SQLite costs: rows of that size appended by as many writers, committed together.
/// </summary>
public sealed class LoopBenchmark : IBenchmark
{
    private const int Processes = 64, Rounds = 3;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(5);

    public string Name => "loop";
    public string Summary => "durable transitions per second with 64 concurrent processes, fsync on, beside plain batched appends to SQLite";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("slipway-bench-");
        try
        {
            List<double> loop = [], plain = [];
            await using var store = await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "slipway.db"), TimeProvider.System);
            using var appends = new PlainAppends(Path.Combine(folder.FullName, "plain.db"));
            for (var round = 0; round < Rounds; round++)
            {
                plain.Add(await appends.PerSecondAsync(Processes, RoundLength, cancel));
                loop.Add(await TransitionsAsync(store, round, cancel));
            }

            var transitions = new Figure("transitions per second", loop.Order().ElementAt(Rounds / 2), "transitions/s");
            var rows = new Figure("plain appends per second", plain.Order().ElementAt(Rounds / 2), "rows/s");
            return new Outcome([transitions, rows, new("plain appends per transition", rows.Value / transitions.Value, "ratio")], [Goal.Least(transitions, 5000)]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> TransitionsAsync(SqliteStore store, int round, CancellationToken cancel)
    {
        var machine = new CountingMachine();
        var machines = new Dictionary<string, IMachine> { [machine.Kind] = machine };
        // The counting machine has no effects, so nobody has to carry any out.
        var runner = new EffectRunner(null!, null!, null!, null!, null!, null!, null!, null!, null!, NullLogger<EffectRunner>.Instance);
        var loop = new DeliveryLoop(store, machines, runner, new LoopOptions(), TimeProvider.System, NullLogger<DeliveryLoop>.Instance);
        await store.AppendAsync(
            new Append { Events = [.. Enumerable.Range(0, Processes).Select(n => new NewMessage(new ProcessId(machine.Kind, $"{round}-{n}"), "first", machine.TimeCame))] }, cancel);

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watch = Stopwatch.StartNew();
        var running = loop.RunAsync(end.Token);
        await Task.Delay(RoundLength, cancel);
        var turns = loop.Turns;
        var elapsed = watch.Elapsed;
        await end.CancelAsync();
        await running;
        return turns / elapsed.TotalSeconds;
    }
}
