using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Slipway.Core.Pipelines;
using Slipway.Engine.Hooks;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>
/// Looks at the branches that services follow: those on this machine every few seconds, others every minute, not all at the same moment; those whose pushes are told by a webhook when they are,
/// and else rarely. What it sees once it tells once. Hosts that are slow to answer hold up no folder of this machine: the two are looked at apart. All pauses are counted by a clock that nobody sets.
/// </summary>
public sealed partial class SourceWatch(IStore store, ISourceProvider sources, ISourceAccess access, KeptHooks hooks, TimeProvider time, ILogger<SourceWatch> log)
{
    private const int AtATime = 8;

    /// <summary>Each service waits in it at most once, so that it is never full before there are as many.</summary>
    private const int MostTold = 10_000;
    private static readonly TimeSpan Local = TimeSpan.FromSeconds(5), Remote = TimeSpan.FromSeconds(60), Rarely = TimeSpan.FromHours(1), Longest = TimeSpan.FromMinutes(10), LongestLocal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1), RemoteTick = TimeSpan.FromSeconds(3);
    private readonly SourceFlow flow = new();
    private readonly long startedAt = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, Look> looks = new(StringComparer.Ordinal);
    private readonly Channel<string> told = Channel.CreateBounded<string>(new BoundedChannelOptions(MostTold) { FullMode = BoundedChannelFullMode.Wait });
    private readonly ConcurrentDictionary<string, bool> waiting = new(StringComparer.Ordinal);

    // Sources as they were at a step of theirs: most have not moved since the last look.
    private readonly ConcurrentDictionary<string, (long Sequence, SourceState State)> known = new(StringComparer.Ordinal);

    private TimeSpan Now => time.GetElapsedTime(startedAt);

    /// <summary>Why the service's branch could not be looked at the last time; null: it could, or was not yet.</summary>
    public string? ProblemOf(string service) => looks.GetValueOrDefault(service)?.Problem;

    /// <summary>Says that a service's branch may have moved, or how it is to be looked at: it is looked at now. Said again before that look begins, it is the same look.</summary>
    public void Tell(string service)
    {
        if (waiting.TryAdd(service, true) && !told.Writer.TryWrite(service))
        {
            waiting.TryRemove(service, out _);
        }
    }

    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(
        [RunAsync(local: true, Tick, cancel), RunAsync(local: false, RemoteTick, cancel), .. Enumerable.Range(0, AtATime).Select(_ => FollowToldAsync(cancel))]);

    /// <summary>One look at all that is due.</summary>
    public Task RoundAsync(bool local, CancellationToken cancel) => RoundAsync(local, local ? Tick : RemoteTick, cancel);

    /// <summary>Looks at what has been told and not been looked at yet.</summary>
    public async Task LookAtToldAsync(CancellationToken cancel)
    {
        while (told.Reader.TryRead(out var service))
        {
            await LookAtToldAsync(service, cancel);
        }
    }

    private async Task FollowToldAsync(CancellationToken cancel)
    {
        while (await told.Reader.WaitToReadAsync(cancel))
        {
            await LookAtToldAsync(cancel);
        }
    }

    private async Task LookAtToldAsync(string service, CancellationToken cancel)
    {
        try
        {
            if (await store.ReadProcessAsync(SourceFlow.ProcessOf(service), cancel) is { } read && flow.ReadState(read.State, read.StateVersion) is { Removed: false } state)
            {
                await LookAsync(service, LookOf(service, state), Now, isTold: true, cancel);
            }
            else
            {
                waiting.TryRemove(service, out _);
            }
        }
        catch (StoreUnavailableException away) when (away.Retryable)
        {
            LogStoreAway(away);
            waiting.TryRemove(service, out _);
            if (looks.TryGetValue(service, out var look))
            {
                look.NextAt = TimeSpan.Zero;
            }
        }
    }

    private async Task RunAsync(bool local, TimeSpan tick, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(tick, time);
        do
        {
            try
            {
                await RoundAsync(local, tick, cancel);
            }
            catch (StoreUnavailableException away) when (away.Retryable)
            {
                LogStoreAway(away);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task RoundAsync(bool local, TimeSpan tick, CancellationToken cancel)
    {
        var followed = (await FollowedAsync(cancel)).Where(s => RepositoryAddress.IsLocal(s.State.Spec.Repository) == local).ToList();

        // What is due before the middle of the way to the next round is due now: else a tick that is a moment early would put it off by a whole one.
        var now = Now;
        var due = followed.Select(s => (s.Service, Look: LookOf(s.Service, s.State))).Where(s => s.Look.NextAt <= now + (tick / 2)).ToList();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancel }, async (source, stop) => await LookAsync(source.Service, source.Look, now, isTold: false, stop));
    }

    private Look LookOf(string service, SourceState state) =>
        looks.AddOrUpdate(service, _ => new Look(state.Spec, state.Head), (_, before) => before.Spec == state.Spec ? before : new Look(state.Spec, state.Head));

    /// <summary>All sources; only those that have moved are read.</summary>
    private async Task<List<(string Service, SourceState State)>> FollowedAsync(CancellationToken cancel)
    {
        var heads = await store.ListProcessHeadsAsync(SourceFlow.ProcessKind, null, cancel);
        var followed = new List<(string Service, SourceState State)>(heads.Count);
        foreach (var (process, sequence) in heads)
        {
            if (!known.TryGetValue(process.Key, out var at) || at.Sequence != sequence)
            {
                if (await store.ReadProcessAsync(process, cancel) is not { } read)
                {
                    continue;
                }

                known[process.Key] = at = (read.Sequence, flow.ReadState(read.State, read.StateVersion));
            }

            if (!at.State.Removed)
            {
                followed.Add((process.Key, at.State));
            }
        }

        var services = followed.Select(s => s.Service).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in looks.Keys.Where(service => !services.Contains(service)))
        {
            looks.TryRemove(gone, out _);
        }

        return followed;
    }

    private async Task LookAsync(string service, Look look, TimeSpan roundAt, bool isTold, CancellationToken cancel)
    {
        // One look at a branch after the other: an answer that was slow must not bring back what a later one has replaced.
        await look.Turn.WaitAsync(cancel);
        try
        {
            if (isTold)
            {
                // What is told from here on may not be seen by this look, and causes another one.
                waiting.TryRemove(service, out _);
            }

            await LookInTurnAsync(service, look, roundAt, isTold, cancel);
        }
        finally
        {
            look.Turn.Release();
        }
    }

    private async Task LookInTurnAsync(string service, Look look, TimeSpan roundAt, bool isTold, CancellationToken cancel)
    {
        var hasMoved = false;
        try
        {
            var head = await sources.HeadAsync(look.Spec, await access.FindAsync(service, look.Spec, cancel), cancel);
            look.Failures = 0;
            look.Problem = head is null ? $"{look.Spec.Repository} has no branch '{look.Spec.Branch}' any more" : null;
            if (head is not null && head != look.Told)
            {
                await store.AppendAsync(new Append { Events = [new NewMessage(SourceFlow.ProcessOf(service), $"head:{store.Now.ToUnixTimeMilliseconds()}:{head}", flow.WriteEvent(new HeadSeen(head) { Of = look.Spec }))] }, cancel);
                look.Told = head;
                hasMoved = true;
            }
        }
        catch (SourceUnavailableException away)
        {
            look.Failures++;
            if (look.Problem != away.Message)
            {
                LogUnreadable(service, away.Message);
            }

            look.Problem = away.Message;
        }

        // A webhook that did not tell of what a rare look found is not relied on until it tells again.
        look.IsUntold = !isTold && (look.IsUntold || (look.IsRare && hasMoved));

        // A host may tell of a push a moment before it shows it: what was told and not seen is looked for again soon.
        look.IsRare = look.Failures == 0 && !look.IsUntold && !(isTold && !hasMoved) && await hooks.TellsAsync(service, look.Spec, cancel);

        // From the round on, not from the answer, so that a look stays with its tick; one that took long is not made up for.
        look.NextAt = (look.Failures > 0 ? Now : roundAt) + (look.IsRare ? Rarely * JitterOf(service) : Pause(service, look.Spec, look.Failures));
    }

    /// <summary>Repositories of the same host are looked at one after the other over the minute; one that does not answer is asked ever less often.</summary>
    private static TimeSpan Pause(string service, SourceSpec spec, int failures)
    {
        var isLocal = RepositoryAddress.IsLocal(spec.Repository);
        var every = isLocal ? Local : Remote;
        if (isLocal && failures == 0)
        {
            return Local;
        }

        var pause = every * JitterOf(service) * Math.Pow(2, Math.Min(failures, 10));
        var longest = isLocal ? LongestLocal : Longest;
        return pause > longest ? longest : pause;
    }

    private static double JitterOf(string service) => 0.8 + (0.4 * (StableHash(service) % 1000) / 1000);

    private static uint StableHash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);

    private sealed class Look(SourceSpec spec, string? head)
    {
        public SourceSpec Spec { get; } = spec;
        public SemaphoreSlim Turn { get; } = new(1);

        /// <summary>By <see cref="Now"/>.</summary>
        public TimeSpan NextAt { get; set; }
        public int Failures { get; set; }
        public string? Told { get; set; } = head;
        public string? Problem { get; set; }

        /// <summary>The next look by itself is the rare one of a branch whose pushes are told.</summary>
        public bool IsRare { get; set; }

        /// <summary>It moved, and nobody told.</summary>
        public bool IsUntold { get; set; }
    }

    [LoggerMessage(1301, LogLevel.Warning, "The repository of {Service} cannot be looked at: {Why}")]
    private partial void LogUnreadable(string service, string why);

    [LoggerMessage(1302, LogLevel.Warning, "The store is away; repositories are looked at again when it is back.")]
    private partial void LogStoreAway(Exception fault);
}
