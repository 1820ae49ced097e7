using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>
/// Looks at the branches that services follow: those on this machine every few seconds, others every minute, not all at the same moment. What it sees once it tells once. Hosts that are
/// slow to answer hold up no folder of this machine: the two are looked at apart.
/// </summary>
public sealed partial class SourceWatch(IStore store, ISourceProvider sources, ISourceAccess access, TimeProvider time, ILogger<SourceWatch> log)
{
    private const int AtATime = 8;
    private static readonly TimeSpan Local = TimeSpan.FromSeconds(5), Remote = TimeSpan.FromSeconds(60), Longest = TimeSpan.FromMinutes(10), LongestLocal = TimeSpan.FromMinutes(1), Tick = TimeSpan.FromSeconds(1), RemoteTick = TimeSpan.FromSeconds(3);
    private readonly SourceFlow flow = new();
    private readonly ConcurrentDictionary<string, Look> looks = new(StringComparer.Ordinal);

    // Sources as they were at a step of theirs: most have not moved since the last look.
    private readonly ConcurrentDictionary<string, (long Sequence, SourceState State)> known = new(StringComparer.Ordinal);

    /// <summary>Why the service's branch could not be looked at the last time; null: it could, or was not yet.</summary>
    public string? ProblemOf(string service) => looks.GetValueOrDefault(service)?.Problem;

    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(RunAsync(local: true, Tick, cancel), RunAsync(local: false, RemoteTick, cancel));

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
        var now = time.GetUtcNow();
        var due = followed.Where(s => !looks.TryGetValue(s.Service, out var look) || look.Spec != s.State.Spec || look.NextAt <= now + (tick / 2)).ToList();
        foreach (var (service, state) in due)
        {
            looks[service] = looks.TryGetValue(service, out var before) && before.Spec == state.Spec ? before : new Look(state.Spec, now, 0, state.Head, null);
        }

        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancel }, async (source, stop) => await LookAsync(source.Service, source.State, looks[source.Service], now, stop));
    }

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

    private async Task LookAsync(string service, SourceState state, Look look, DateTimeOffset roundAt, CancellationToken cancel)
    {
        try
        {
            var head = await sources.HeadAsync(state.Spec, await access.FindAsync(service, state.Spec, cancel), cancel);
            look.Failures = 0;
            look.Problem = head is null ? $"{state.Spec.Repository} has no branch '{state.Spec.Branch}' any more" : null;
            if (head is not null && head != look.Told)
            {
                await store.AppendAsync(new Append { Events = [new NewMessage(SourceFlow.ProcessOf(service), $"head:{store.Now.ToUnixTimeMilliseconds()}:{head}", flow.WriteEvent(new HeadSeen(head) { Of = state.Spec }))] }, cancel);
                look.Told = head;
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

        // From the round on, not from the answer, so that a look stays with its tick; one that took long is not made up for.
        look.NextAt = (look.Failures > 0 ? time.GetUtcNow() : roundAt) + Pause(service, state.Spec, look.Failures);
    }

    /// <summary>Repositories of the same host are looked at one after the other over the minute; one that does not answer is asked ever less often.</summary>
    private static TimeSpan Pause(string service, SourceSpec spec, int failures)
    {
        var isLocal = RepositoryAddress.IsLocal(spec.Repository);
        var every = isLocal ? Local : Remote;
        var jitter = 0.8 + (0.4 * (StableHash(service) % 1000) / 1000);
        if (isLocal && failures == 0)
        {
            return Local;
        }

        var pause = every * jitter * Math.Pow(2, Math.Min(failures, 10));
        var longest = isLocal ? LongestLocal : Longest;
        return pause > longest ? longest : pause;
    }

    private static uint StableHash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);

    private sealed class Look(SourceSpec spec, DateTimeOffset nextAt, int failures, string? told, string? problem)
    {
        public SourceSpec Spec { get; } = spec;
        public DateTimeOffset NextAt { get; set; } = nextAt;
        public int Failures { get; set; } = failures;
        public string? Told { get; set; } = told;
        public string? Problem { get; set; } = problem;
    }

    [LoggerMessage(1301, LogLevel.Warning, "The repository of {Service} cannot be looked at: {Why}")]
    private partial void LogUnreadable(string service, string why);

    [LoggerMessage(1302, LogLevel.Warning, "The store is away; repositories are looked at again when it is back.")]
    private partial void LogStoreAway(Exception fault);
}
