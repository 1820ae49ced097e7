using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Simulation;

/// <summary>
/// The store as a model: the rules of the SQLite store without its I/O, so that thousands of histories can be played. Every call completes at once. It outlives the nodes that use it, as a
/// disk does. What the invariants look at is public here and only here.
/// </summary>
internal sealed partial class MemoryStore(VirtualTime time, Mutation mutation) : IStore
{
    private readonly Dictionary<ProcessId, StoredRow> processes = [];
    private readonly List<StoredRow> inOrder = [];
    private readonly HashSet<(ProcessId Process, string Key)> seenKeys = [];
    private DateTimeOffset clock = VirtualTime.Start;
    private TimeSpan clockReadAt;
    private long lease;
    private long inboxNumber;
    private long commits;

    public DateTimeOffset Now
    {
        get
        {
            var on = clock + (time.Elapsed - clockReadAt);
            clockReadAt = time.Elapsed;
            return clock = time.GetUtcNow() > on ? time.GetUtcNow() : on;
        }
    }

    public long Generation => 1;

    public string Installation => "simulated";

    /// <summary>Processes that changed since the invariants looked last.</summary>
    public HashSet<StoredRow> Changed { get; } = [];

    public IReadOnlyList<StoredRow> Processes => inOrder;

    public List<OutboxRow> Outbox { get; } = [];

    public StoredRow? Find(ProcessId process) => processes.GetValueOrDefault(process);

    public bool IsQuiet(ProcessId process) => (Find(process)?.Inbox.Count ?? 0) == 0 && Outbox.TrueForAll(o => o.Process != process);

    /// <summary>When there is something to claim again; null: never without something new.</summary>
    public DateTimeOffset? NextWork()
    {
        DateTimeOffset? next = null;
        foreach (var row in inOrder.Where(p => p.WakeAt is not null && p.Quarantined is null))
        {
            next = Earlier(next, Later(row.WakeAt!.Value, row.LeaseUntil));
        }

        foreach (var effect in Outbox.Where(e => FirstOf(e.Process) == e))
        {
            next = Earlier(next, Later(effect.NotBefore, effect.LeaseUntil));
        }

        return next;

        static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset lease) => a > lease ? a : lease + TimeSpan.FromMilliseconds(1);
        static DateTimeOffset Earlier(DateTimeOffset? a, DateTimeOffset b) => a is { } known && known < b ? known : b;
    }

    /// <summary>The only node died and is started again: what was leased died with it.</summary>
    public void ForgetLeases()
    {
        inOrder.ForEach(p => p.LeaseUntil = DateTimeOffset.MinValue);
        Outbox.ForEach(e => e.LeaseUntil = DateTimeOffset.MinValue);
    }

    public Task<IReadOnlyList<ClaimedProcess>> ClaimAsync(string owner, int max, TimeSpan lease, CancellationToken cancel)
    {
        var now = Now;
        List<ClaimedProcess> claimed = [];
        foreach (var row in inOrder.Where(p => p.WakeAt <= now && (p.LeaseUntil < now || mutation == Mutation.LeasesIgnored) && p.Quarantined is null).OrderBy(p => p.WakeAt).Take(max).ToList())
        {
            (row.LeaseId, row.LeaseUntil) = (++this.lease, now + lease);
            claimed.Add(new ClaimedProcess(row.Id, row.State, row.StateVersion, row.Sequence, [.. row.Inbox.Take(100).Select(i => new InboxEvent(i.Number, i.Event))], row.DueAt <= now, row.LeaseId));
        }

        return Task.FromResult<IReadOnlyList<ClaimedProcess>>(claimed);
    }

    public Task<bool> CommitTurnAsync(ProcessTurn turn, CancellationToken cancel)
    {
        var row = processes[turn.Claim.Id];
        var owned = mutation == Mutation.LeasesIgnored || (row.LeaseId == turn.Claim.LeaseId && row.Sequence == turn.Claim.Sequence);
        if (!owned || row.Quarantined is not null)
        {
            return Task.FromResult(false);
        }

        if (mutation == Mutation.CommitNotKept && ++commits % 20 == 0)
        {
            return Task.FromResult(true);
        }

        var now = Now;
        row.Write(turn, now);
        row.Inbox.RemoveAll(i => mutation != Mutation.EventFoldedTwice && turn.Consumed.Contains(i.Number));
        row.WakeAt = row.Inbox.Count > 0 ? now : row.DueAt;
        Changed.Add(row);
        Insert(turn.Facts);
        Outbox.AddRange(turn.Effects.Select(e => new OutboxRow(e, row.Id)).Where(e => !Drops(e)));
        Deliver(turn.Messages);
        return Task.FromResult(true);
    }

    public Task ReleaseAsync(ClaimedProcess process, CancellationToken cancel)
    {
        if (processes[process.Id] is var row && row.LeaseId == process.LeaseId)
        {
            row.LeaseUntil = DateTimeOffset.MinValue;
        }

        return Task.CompletedTask;
    }

    public Task QuarantineAsync(ClaimedProcess process, string reason, CancellationToken cancel)
    {
        var row = processes[process.Id];
        row.Quarantined = reason;
        Changed.Add(row);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OutboxEffect>> ClaimEffectsAsync(string owner, int max, TimeSpan lease, CancellationToken cancel)
    {
        var now = Now;
        List<OutboxEffect> claimed = [];
        foreach (var row in Outbox.Where(e => e.NotBefore <= now && e.LeaseUntil < now && FirstOf(e.Process) == e).Take(max).ToList())
        {
            (row.LeaseId, row.LeaseUntil, row.Tries) = (++this.lease, now + lease, row.Tries + 1);
            claimed.Add(new OutboxEffect(row.Effect.Id, row.Process, row.Effect.Type, row.Effect.Class, row.Effect.Payload, row.Tries, row.Started, row.LeaseId));
        }

        return Task.FromResult<IReadOnlyList<OutboxEffect>>(claimed);
    }

    public Task<bool> RenewEffectAsync(OutboxEffect effect, TimeSpan lease, CancellationToken cancel)
    {
        if (Held(effect) is not { } row)
        {
            return Task.FromResult(false);
        }

        row.LeaseUntil = Now + lease;
        return Task.FromResult(true);
    }

    public Task<bool> BeginAttemptAsync(OutboxEffect effect, CancellationToken cancel)
    {
        var row = Held(effect);
        if (row is null || row.Started)
        {
            return Task.FromResult(false);
        }

        row.Started = true;
        return Task.FromResult(true);
    }

    public Task<bool> CompleteEffectAsync(OutboxEffect effect, string? outcomeEvent, CancellationToken cancel)
    {
        if (Held(effect) is not { } row)
        {
            return Task.FromResult(false);
        }

        Outbox.Remove(row);
        if (outcomeEvent is not null)
        {
            Deliver([new NewMessage(effect.Process, effect.Id, Falsified(outcomeEvent))]);
        }

        return Task.FromResult(true);
    }

    public Task DeferEffectAsync(OutboxEffect effect, DateTimeOffset at, string why, CancellationToken cancel)
    {
        if (Held(effect) is { } row)
        {
            (row.NotBefore, row.LeaseUntil) = (at, DateTimeOffset.MinValue);
        }

        return Task.CompletedTask;
    }

    public Task<StoredProcess?> ReadProcessAsync(ProcessId process, CancellationToken cancel) => Task.FromResult(Find(process) is { State: not null } row ? row.Stored() : null);

    public Task<IReadOnlyList<StoredProcess>> ListProcessesAsync(string kind, string? keyPrefix, bool activeOnly, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<StoredProcess>>([.. inOrder.AsEnumerable().Reverse()
            .Where(p => p.State is not null && p.Id.Kind == kind && p.Id.Key.StartsWith(keyPrefix ?? "", StringComparison.Ordinal) && !(activeOnly && p.Ended))
            .Take(limit).Select(p => p.Stored())]);

    public async Task<IReadOnlyList<ProcessHead>> ListProcessHeadsAsync(string kind, string? keyPrefix, CancellationToken cancel) =>
        [.. (await ListProcessesAsync(kind, keyPrefix, activeOnly: false, int.MaxValue, cancel).ConfigureAwait(false)).Select(p => new ProcessHead(p.Id, p.Sequence))];

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancel) => Task.FromResult(NextWork());

    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancel) => Task.CompletedTask;

    private OutboxRow? Held(OutboxEffect effect) => Outbox.Find(e => e.Effect.Id == effect.Id && e.LeaseId == effect.LeaseId);

    private OutboxRow FirstOf(ProcessId process) => Outbox.First(e => e.Process == process);

    private void Deliver(IReadOnlyList<NewMessage> messages)
    {
        var now = Now;
        foreach (var message in messages)
        {
            if (!seenKeys.Add((message.To, message.Key)))
            {
                continue;
            }

            if (!processes.TryGetValue(message.To, out var row))
            {
                row = new StoredRow(message.To, now);
                processes[message.To] = row;
                inOrder.Add(row);
            }

            row.Inbox.Add(new InboxRow(++inboxNumber, message.Event));
            row.WakeAt = row.WakeAt is { } wake && wake <= now ? wake : now;
        }
    }
}

internal sealed record InboxRow(long Number, string Event);

internal sealed class OutboxRow(NewEffect effect, ProcessId process)
{
    public NewEffect Effect { get; } = effect;
    public ProcessId Process { get; } = process;
    public int Tries { get; set; }
    public bool Started { get; set; }
    public DateTimeOffset NotBefore { get; set; } = DateTimeOffset.MinValue;
    public long LeaseId { get; set; }
    public DateTimeOffset LeaseUntil { get; set; } = DateTimeOffset.MinValue;
}

internal sealed class StoredRow(ProcessId id, DateTimeOffset createdAt)
{
    private DateTimeOffset? changedAt;

    public ProcessId Id { get; } = id;
    public string? State { get; private set; }
    public int StateVersion { get; private set; }
    public long Sequence { get; private set; }
    public DateTimeOffset? DueAt { get; private set; }
    public DateTimeOffset? WakeAt { get; set; }
    public long LeaseId { get; set; }
    public DateTimeOffset LeaseUntil { get; set; } = DateTimeOffset.MinValue;
    public bool Ended { get; private set; }
    public string? Quarantined { get; set; }
    public List<InboxRow> Inbox { get; } = [];

    public void Write(ProcessTurn turn, DateTimeOffset now)
    {
        (State, StateVersion, Sequence) = (turn.State, turn.StateVersion, Sequence + turn.Folded);
        (DueAt, Ended, LeaseUntil, changedAt) = (turn.DueAt, turn.Ended, DateTimeOffset.MinValue, now);
    }

    public StoredProcess Stored() => new(Id, State!, StateVersion, Sequence, createdAt, changedAt ?? createdAt, DueAt, Ended, Quarantined);
}
