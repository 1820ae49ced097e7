using System.Diagnostics;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;
using Slipway.Storage.Sqlite;

namespace Slipway.Storage.Tests.Sqlite;

public sealed class JobQueueTests : IAsyncLifetime
{
    private const string Anywhere = "{}", Gpu = """{"gpu":"yes"}""";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-queue-").FullName;
    private SqliteStore _store = null!;
    private OutboxEffect _effect = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(Path.Combine(_folder, "slipway.db"), TimeProvider.System);
        _effect = await EffectOf("asker");
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Services_take_turns_and_one_with_running_jobs_comes_after_those_with_fewer()
    {
        foreach (var run in new[] { "a-1", "a-2", "a-3", "b-1", "c-1", "c-2" })
        {
            await Queue(run, run[..1]);
        }

        (await Order()).ShouldBe(["a-1", "b-1", "c-1", "a-2", "c-2", "a-3"]);
        (await Assign("a-1", "a")).ShouldBeTrue();
        (await Assign("c-1", "c")).ShouldBeTrue();
        (await Order()).ShouldBe(["b-1", "a-2", "c-2", "a-3"]);
        (await _store.BeforeAsync("a-3", "build", None)).ShouldBe(3);
        (await _store.BeforeAsync("a-1", "build", None)).ShouldBeNull();
        (await _store.RunningAsync(None)).ShouldBe(new Dictionary<string, int> { ["local"] = 2 });
    }

    [Fact]
    public async Task Only_jobs_that_ask_for_these_labels_are_next()
    {
        await Queue("a-1", "a", labels: Gpu);
        await Queue("a-2", "a");
        (await _store.WaitingLabelsAsync(None)).ShouldBe([Gpu, Anywhere], ignoreOrder: true);
        (await _store.NextAsync([Anywhere], 10, None)).ShouldHaveSingleItem().Run.ShouldBe("a-2");
        (await _store.NextAsync([Anywhere, Gpu], 10, None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_job_is_given_out_once_and_row_and_event_go_with_it()
    {
        await Queue("a-1", "a");
        (await Assign("a-1", "a")).ShouldBeTrue();
        (await Assign("a-1", "a")).ShouldBeFalse();
        (await _store.ReadWantedAsync("local", None)).ShouldHaveSingleItem().Resource.ShouldBe("job/a-1/1/build");
        (await _store.ClaimAsync("me", 10, Lease, None)).Single(p => p.Id.Key == "a-1").Inbox.ShouldHaveSingleItem().Event.ShouldBe("assigned");
    }

    [Fact]
    public async Task What_is_withdrawn_waits_nowhere_and_is_wanted_nowhere_and_a_newer_attempt_stays()
    {
        await Queue("a-1", "a");
        await Assign("a-1", "a");
        await _store.WithdrawAsync(_effect, "a-1", "build", 1, None);
        (await _store.ReadWantedAsync(null, None)).ShouldBeEmpty();
        (await _store.RunningAsync(None)).ShouldBeEmpty();
        await Queue("a-1", "a", attempt: 2);
        await _store.WithdrawAsync(_effect, "a-1", "build", 1, None);
        (await _store.NextAsync([Anywhere], 10, None)).ShouldHaveSingleItem().Attempt.ShouldBe(2);
    }

    [Fact]
    public async Task An_attempt_that_is_queued_again_changes_nothing_and_an_older_one_neither()
    {
        await Queue("a-1", "a", attempt: 2);
        await Assign("a-1", "a", attempt: 2);
        await Queue("a-1", "a", attempt: 2);
        await Queue("a-1", "a", attempt: 1);
        (await Order()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_lost_the_lease_of_the_effect_changes_nothing()
    {
        await Queue("a-1", "a");
        await _store.CompleteEffectAsync(_effect, null, None);
        await Queue("a-2", "a");
        await _store.WithdrawAsync(_effect, "a-1", "build", 1, None);
        (await Order()).ShouldBe(["a-1"]);
    }

    [Fact]
    public async Task Ten_thousand_waiting_jobs_are_looked_through_at_once()
    {
        for (var n = 0; n < 10_000; n += 100)
        {
            await Task.WhenAll(Enumerable.Range(n, 100).Select(i => Queue($"s{i % 50}-{i}", $"s{i % 50}")));
        }

        // Services take turns: what runs of one counts as served.
        foreach (var round in Enumerable.Range(0, 4))
        {
            var watch = Stopwatch.StartNew();
            var next = await _store.NextAsync([Anywhere], 50, None);
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
            next.Select(j => j.Service).Distinct().Count().ShouldBe(50);
            next.ShouldAllBe(j => int.Parse(j.Run.Split('-')[1]) / 50 == round, "the longest waiting of each");
            foreach (var job in next)
            {
                (await Assign(job.Run, job.Service)).ShouldBeTrue();
            }
        }
    }

    private async Task<OutboxEffect> EffectOf(string key)
    {
        await _store.AppendAsync(new Append { Events = [new NewMessage(new ProcessId("asker", key), "k", "go")] }, None);
        var claim = (await _store.ClaimAsync("me", 10, Lease, None)).Single(p => p.Id.Key == key);
        await _store.CommitTurnAsync(
            new ProcessTurn
            {
                Claim = claim, State = "{}", StateVersion = 1, Folded = 1, Consumed = [.. claim.Inbox.Select(e => e.Number)], Facts = [], Effects = [new NewEffect($"e-{key}", "queueJob", "reconcile", "{}")],
                Messages = [], DueAt = null, Ended = false,
            },
            None);
        return (await _store.ClaimEffectsAsync("me", 10, Lease, None)).Single(e => e.Id == $"e-{key}");
    }

    private Task Queue(string run, string service, int attempt = 1, string labels = Anywhere) => _store.QueueAsync(_effect, new QueuedJob(run, "build", attempt, service, labels), None);

    private Task<bool> Assign(string run, string service, int attempt = 1)
    {
        var job = new QueuedJob(run, "build", attempt, service, Anywhere);
        return _store.AssignAsync(job, new WantedRow("local", job.Resource, "{}", new FencingToken(1, attempt), job.Owner), new NewMessage(job.Owner, $"assigned:{attempt}", "assigned"), None);
    }

    private async Task<IEnumerable<string>> Order() => (await _store.NextAsync([Anywhere], 100, None)).Select(j => j.Run);
}
