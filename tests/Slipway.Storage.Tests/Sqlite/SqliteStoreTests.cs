using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;
using Slipway.Storage.Sqlite;

namespace Slipway.Storage.Tests.Sqlite;

public sealed class SqliteStoreTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly ProcessId Counter = new("counter", "a");
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-store-").FullName;
    private SqliteStore _store = null!;

    private string Database => Path.Combine(_folder, "slipway.db");

    public async ValueTask InitializeAsync() => _store = await SqliteStore.OpenAsync(Database, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_event_arrives_once_whatever_is_sent()
    {
        await Send("one", "k1");
        await Send("one again", "k1");
        var claim = (await _store.ClaimAsync("me", 10, Lease, None)).ShouldHaveSingleItem();
        claim.Id.ShouldBe(Counter);
        claim.State.ShouldBeNull();
        claim.Inbox.ShouldHaveSingleItem().Event.ShouldBe("one");
    }

    [Fact]
    public async Task A_leased_process_is_nobody_elses_and_a_turn_under_a_lost_lease_changes_nothing()
    {
        await Send("one", "k1");
        var first = (await _store.ClaimAsync("a", 10, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        await Task.Delay(5, TestContext.Current.CancellationToken);
        var second = (await _store.ClaimAsync("b", 10, Lease, None)).ShouldHaveSingleItem();
        (await _store.ClaimAsync("c", 10, Lease, None)).ShouldBeEmpty();
        (await _store.CommitTurnAsync(Turn(first, "1"), None)).ShouldBeFalse();
        (await _store.ReadProcessAsync(Counter, None)).ShouldBeNull();
        (await _store.CommitTurnAsync(Turn(second, "1"), None)).ShouldBeTrue();
        (await _store.ReadProcessAsync(Counter, None))!.State.ShouldBe("1");
        (await _store.ClaimAsync("c", 10, Lease, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_turn_commits_state_facts_effects_and_messages_as_one()
    {
        await Send("one", "k1");
        var claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        var other = new ProcessId("counter", "b");
        await _store.CommitTurnAsync(
            Turn(claim, "1") with
            {
                Facts = [FactOf("counter.counted")],
                Effects = [new NewEffect("e1", "ring", "reconcile", "{}"), new NewEffect("e2", "ring", "reconcile", "{}")],
                Messages = [new NewMessage(other, "m1", "hello")],
            },
            None);
        (await _store.ReadLedgerAsync(0, 10, null, None)).ShouldHaveSingleItem().Type.ShouldBe("counter.counted");
        (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem().Id.ShouldBe(other);

        // One effect of a process at a time, in order; its outcome comes back as an event.
        var effect = (await _store.ClaimEffectsAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        effect.Id.ShouldBe("e1");
        (await _store.CompleteEffectAsync(effect, "rang", None)).ShouldBeTrue();
        (await _store.CompleteEffectAsync(effect, "rang", None)).ShouldBeFalse();
        (await _store.ClaimEffectsAsync("a", 10, Lease, None)).ShouldHaveSingleItem().Id.ShouldBe("e2");
        (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem().Inbox.ShouldHaveSingleItem().Event.ShouldBe("rang");
    }

    [Fact]
    public async Task A_store_that_closes_leaves_the_readers_of_another_alone()
    {
        using var stop = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    (await _store.ListDocumentsAsync("nothing", null, 10, newestFirst: false, None)).ShouldBeEmpty();
                }
            },
            None)));
        for (var n = 0; n < 20; n++)
        {
            await using var other = await SqliteStore.OpenAsync(Path.Combine(_folder, $"other-{n}.db"), TimeProvider.System);
            await other.ListDocumentsAsync("nothing", null, 10, newestFirst: false, None);
        }

        await stop.CancelAsync();
        await reading;
        File.Exists(Path.Combine(_folder, "other-19.db-wal")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_due_is_claimed_when_its_time_has_come()
    {
        await Send("one", "k1");
        var claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        await _store.CommitTurnAsync(Turn(claim, "1") with { DueAt = _store.Now.AddMilliseconds(300) }, None);
        (await _store.ClaimAsync("a", 10, Lease, None)).ShouldBeEmpty();
        await Task.Delay(400, TestContext.Current.CancellationToken);
        (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem().Due.ShouldBeTrue();
    }

    [Fact]
    public async Task An_attempt_begins_once()
    {
        await Send("one", "k1");
        var claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        await _store.CommitTurnAsync(Turn(claim, "1") with { Effects = [new NewEffect("e1", "ring", "attempt", "{}")] }, None);
        var effect = (await _store.ClaimEffectsAsync("a", 10, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        (await _store.BeginAttemptAsync(effect, None)).ShouldBeTrue();
        (await _store.BeginAttemptAsync(effect, None)).ShouldBeFalse();
        await Task.Delay(5, TestContext.Current.CancellationToken);
        (await _store.ClaimEffectsAsync("b", 10, Lease, None)).ShouldHaveSingleItem().Started.ShouldBeTrue();
    }

    [Fact]
    public async Task Whether_an_event_was_folded_is_known_whatever_arrived_before_and_after_it()
    {
        await Send("one", "k1");
        var append = new Append { Events = [new NewMessage(Counter, "k2", "two")] };
        var sent = await _store.AppendAsync(append, None);
        await Send("three", "k3");
        var claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        await _store.CommitTurnAsync(Turn(claim, "1") with { Consumed = [claim.Inbox[0].Number] }, None);
        (await _store.HasFoldedAsync(Counter, sent.Number, None)).ShouldBeFalse();

        claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        await _store.CommitTurnAsync(Turn(claim, "2") with { Consumed = [claim.Inbox[0].Number] }, None);
        (await _store.HasFoldedAsync(Counter, sent.Number, None)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_renewed_effect_is_nobody_elses_and_one_that_was_lost_is_not_renewed()
    {
        await Send("one", "k1");
        var claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        await _store.CommitTurnAsync(Turn(claim, "1") with { Effects = [new NewEffect("e1", "ring", "reconcile", "{}")] }, None);
        var effect = (await _store.ClaimEffectsAsync("a", 10, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        (await _store.RenewEffectAsync(effect, Lease, None)).ShouldBeTrue();
        await Task.Delay(5, TestContext.Current.CancellationToken);
        (await _store.ClaimEffectsAsync("b", 10, Lease, None)).ShouldBeEmpty();

        (await _store.RenewEffectAsync(effect, TimeSpan.Zero, None)).ShouldBeTrue();
        await Task.Delay(5, TestContext.Current.CancellationToken);
        var successor = (await _store.ClaimEffectsAsync("b", 10, Lease, None)).ShouldHaveSingleItem();
        (await _store.RenewEffectAsync(effect, Lease, None)).ShouldBeFalse();
        (await _store.CompleteEffectAsync(successor, null, None)).ShouldBeTrue();
        (await _store.RenewEffectAsync(successor, Lease, None)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_older_token_writes_nothing_wanted()
    {
        WantedRow Row(string body, long generation, long counter) => new("local", "route/a/b", body, new FencingToken(generation, counter), Counter);
        (await _store.WriteWantedAsync(null, [Row("new", 1, 5)], None)).ShouldBeEmpty();
        (await _store.WriteWantedAsync(null, [Row("old", 1, 4)], None)).ShouldHaveSingleItem().Body.ShouldBe("old");
        (await _store.ReadWantedAsync("local", None)).ShouldHaveSingleItem().Body.ShouldBe("new");
        (await _store.WriteWantedAsync(null, [Row("restored", 2, 1)], None)).ShouldBeEmpty();
        (await _store.ReadWantedAsync(null, None)).ShouldHaveSingleItem().Body.ShouldBe("restored");
    }

    [Fact]
    public async Task What_is_wanted_is_read_by_the_beginning_of_its_resources()
    {
        WantedRow Row(string agent, string resource) => new(agent, resource, "{}", new FencingToken(1, 1), Counter);
        await _store.WriteWantedAsync(null, [Row("b", "set/shop/prod/x"), Row("a", "set/shop/prod/y"), Row("a", "set/shop/prod2/x"), Row("a", "set/shop/pro/x"), Row("a", "route/shop/prod")], None);
        (await _store.ReadWantedBelowAsync("set/shop/prod/", None)).Select(r => (r.Agent, r.Resource)).ShouldBe([("a", "set/shop/prod/y"), ("b", "set/shop/prod/x")]);
        (await _store.ReadWantedBelowAsync("set/", None)).Count.ShouldBe(4);
        (await _store.ReadWantedBelowAsync("set/shop/test/", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_lost_the_lease_of_an_effect_writes_nothing_wanted_even_under_an_equal_token()
    {
        WantedRow Row(string body) => new("local", "versionset/a/b/c", body, new FencingToken(1, 5), Counter);
        await Send("first", "k1");
        var claim = (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem();
        await _store.CommitTurnAsync(Turn(claim, "1") with { Effects = [new NewEffect("e1", "place", "ensure", "{}")] }, None);
        var frozen = (await _store.ClaimEffectsAsync("a", 10, TimeSpan.Zero, None)).ShouldHaveSingleItem();
        await Task.Delay(5, TestContext.Current.CancellationToken);
        var successor = (await _store.ClaimEffectsAsync("b", 10, Lease, None)).ShouldHaveSingleItem();
        (await _store.WriteWantedAsync(successor, [Row("from the successor")], None)).ShouldBeEmpty();
        (await _store.WriteWantedAsync(frozen, [Row("from the frozen one")], None)).ShouldHaveSingleItem();
        await _store.CompleteEffectAsync(successor, null, None);
        (await _store.WriteWantedAsync(successor, [Row("after its end")], None)).ShouldHaveSingleItem();
        (await _store.ReadWantedAsync("local", None)).ShouldHaveSingleItem().Body.ShouldBe("from the successor");
    }

    [Fact]
    public async Task A_document_of_another_revision_undoes_the_whole_append()
    {
        (await _store.AppendAsync(new Append { Documents = [new DocumentWrite("freeze", "f1", new JsonObject { ["a"] = 1 }, 0)] }, None)).Done.ShouldBeTrue();
        var refused = await _store.AppendAsync(
            new Append
            {
                Documents = [new DocumentWrite("freeze", "f2", new JsonObject(), 0), new DocumentWrite("freeze", "f1", new JsonObject(), 0)],
                Facts = [FactOf("freeze.added")],
            },
            None);
        refused.Done.ShouldBeFalse();
        refused.Conflict.ShouldBe("freeze/f1");
        (await _store.ListDocumentsAsync("freeze", null, 10, newestFirst: false, None)).ShouldHaveSingleItem().Key.ShouldBe("f1");
        _store.LedgerHead.ShouldBe(0);
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer()
    {
        var append = new Append { IdempotencyKey = "r1", Answer = "first", Facts = [FactOf("counter.counted")] };
        (await _store.AppendAsync(append, None)).Done.ShouldBeTrue();
        var again = await _store.AppendAsync(append with { Answer = "second" }, None);
        again.Repeated.ShouldBeTrue();
        again.Stored.ShouldBe("first");
        _store.LedgerHead.ShouldBe(1);
    }

    [Fact]
    public async Task Everything_is_there_after_reopening_and_a_second_server_is_refused()
    {
        await Send("one", "k1");
        await Should.ThrowAsync<StoreUnavailableException>(() => SqliteStore.OpenAsync(Database, TimeProvider.System));
        await _store.DisposeAsync();
        _store = await SqliteStore.OpenAsync(Database, TimeProvider.System);
        (await _store.ClaimAsync("a", 10, Lease, None)).ShouldHaveSingleItem().Inbox.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("UPDATE ledger_entry SET body = '{}' WHERE idx = 7", 7)]
    [InlineData("UPDATE ledger_entry SET actor = 'mallory' WHERE idx = 3", 3)]
    [InlineData("UPDATE ledger_entry SET header = replace(header, 'counter', 'kounter') WHERE idx = 5", 5)]
    [InlineData("DELETE FROM ledger_entry WHERE idx = 4", 4)]
    [InlineData("DELETE FROM ledger_entry WHERE idx = 20", 19)]
    public async Task The_ledger_verifies_and_names_the_entry_that_was_changed(string tampering, long entry)
    {
        for (var i = 0; i < 20; i++)
        {
            await _store.AppendAsync(new Append { Facts = [FactOf($"counter.counted{i}")] }, None);
        }

        var whole = await _store.VerifyLedgerAsync(None);
        whole.Wrong.ShouldBeNull();
        whole.Entries.ShouldBe(20);
        await using (var connection = new SqliteConnection($"Data Source={Database}"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = tampering;
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        var tampered = await _store.VerifyLedgerAsync(None);
        tampered.Wrong.ShouldNotBeNull();
        tampered.Entries.ShouldBe(entry);
    }

    [Fact]
    public async Task A_restored_backup_holds_what_was_there_and_outranks_what_agents_were_told()
    {
        await _store.AppendAsync(new Append { Facts = [FactOf("counter.counted")] }, None);
        var backup = Path.Combine(_folder, "backup.db");
        var restored = Path.Combine(_folder, "restored", "slipway.db");
        await _store.BackupAsync(backup, None);
        await Should.ThrowAsync<IOException>(() => _store.BackupAsync(backup, None));
        await SqliteStore.RestoreAsync(backup, restored, force: false, TimeProvider.System);
        await using var store = await SqliteStore.OpenAsync(restored, TimeProvider.System);
        store.Generation.ShouldBe(_store.Generation + 1);
        store.Installation.ShouldBe(_store.Installation);
        (await store.ReadLedgerAsync(0, 10, null, None)).Select(e => e.Type).ShouldBe(["counter.counted", "installation.restored"]);
        (await store.VerifyLedgerAsync(None)).Wrong.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_no_backup_or_a_damaged_one_is_refused_by_name_and_leaves_nothing()
    {
        await _store.AppendAsync(new Append { Facts = [FactOf("counter.counted")] }, None);
        var backup = Path.Combine(_folder, "backup.db");
        await _store.BackupAsync(backup, None);
        var yaml = Path.Combine(_folder, "some.yaml");
        await File.WriteAllTextAsync(yaml, "service: shop\n", TestContext.Current.CancellationToken);
        var foreign = Path.Combine(_folder, "foreign.db");
        await using (var connection = new SqliteConnection($"Data Source={foreign};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE songs (name TEXT)";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var broken = Path.Combine(_folder, "broken.db");
        var bytes = await File.ReadAllBytesAsync(backup, TestContext.Current.CancellationToken);
        Array.Fill(bytes, (byte)0x5a, 100, bytes.Length - 100);
        await File.WriteAllBytesAsync(broken, bytes, TestContext.Current.CancellationToken);
        var newer = Path.Combine(_folder, "newer.db");
        File.Copy(backup, newer);
        await SetSchemaAsync(newer, 999);
        var target = Path.Combine(_folder, "target", "slipway.db");
        foreach (var (file, says) in ((string, string)[])[(newer, "made by a newer Slipway (schema 999;"), (yaml, "no backup of Slipway"), (foreign, "another program's database"), (broken, "damaged")])
        {
            var refused = await Should.ThrowAsync<BackupUnusableException>(() => SqliteStore.RestoreAsync(file, target, force: false, TimeProvider.System));
            refused.Message.ShouldContain(file);
            refused.Message.ShouldContain(says);
            Directory.GetFiles(Path.GetDirectoryName(target)!).Select(Path.GetFileName).ShouldBeSubsetOf(["slipway.db.lock"]);
        }
    }

    [Fact]
    public async Task A_damaged_file_is_refused_with_the_way_back()
    {
        await _store.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(Database, TestContext.Current.CancellationToken);
        Array.Fill(bytes, (byte)0x5a, 0, Math.Min(8192, bytes.Length));
        await File.WriteAllBytesAsync(Database, bytes, TestContext.Current.CancellationToken);
        var refused = await Should.ThrowAsync<StoreUnavailableException>(() => SqliteStore.OpenAsync(Database, TimeProvider.System));
        refused.Message.ShouldContain("backup restore");
        File.Delete(Database);
        _store = await SqliteStore.OpenAsync(Database, TimeProvider.System);
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing_and_the_index_is_dense()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _store.AppendAsync(new Append { Facts = [FactOf($"counter.counted{i}")] }, None)));
        _store.LedgerHead.ShouldBe(500);
        (await _store.ReadLedgerAsync(0, 1000, null, None)).Select(e => e.Index).ShouldBe(Enumerable.Range(1, 500).Select(i => (long)i));
        (await _store.VerifyLedgerAsync(None)).Wrong.ShouldBeNull();
    }

    private static Fact FactOf(string type) => new(type, new FactSubject { Service = "storefront" }, "ada", new JsonObject { ["n"] = 1 });

    private static ProcessTurn Turn(ClaimedProcess claim, string state) => new()
    {
        Claim = claim,
        State = state,
        StateVersion = 1,
        Folded = claim.Inbox.Count,
        Consumed = [.. claim.Inbox.Select(e => e.Number)],
        Facts = [],
        Effects = [],
        Messages = [],
        DueAt = null,
        Ended = false,
    };

    private Task<AppendResult> Send(string @event, string key) => _store.AppendAsync(new Append { Events = [new NewMessage(Counter, key, @event)] }, None);

    [Fact]
    public async Task A_store_of_a_newer_program_is_left_alone()
    {
        var file = Path.Combine(_folder, "newer", "slipway.db");
        await using (await SqliteStore.OpenAsync(file, TimeProvider.System))
        {
        }

        await SetSchemaAsync(file, 999);
        var before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        var refused = await Should.ThrowAsync<StoreUnavailableException>(() => SqliteStore.OpenAsync(file, TimeProvider.System));

        refused.Message.ShouldContain("newer Slipway (schema 999;");
        (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    private static async Task SetSchemaAsync(string file, int version)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA user_version = {version}";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
