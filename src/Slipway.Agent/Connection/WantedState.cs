using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Client.Agents;

namespace Slipway.Agent.Connection;

/// <summary>
/// All that the agent has accepted as wanted, swapped whole and kept on disk. Its rule is the fence: for each resource the newest token accepted is kept for
/// ever, and what comes with an older one is refused, be it a change or part of a snapshot.
/// </summary>
internal sealed record WantedState
{
    public static WantedState Empty { get; } = new();
    public ImmutableSortedDictionary<string, WantedVersionSet> VersionSets { get; init; } = Sorted<WantedVersionSet>();
    public ImmutableSortedDictionary<string, WantedRoute> Routes { get; init; } = Sorted<WantedRoute>();

    /// <summary>Attempts of jobs, by <see cref="NameOf"/>. A file that was written before there were any has none; the generated reader then gives null.</summary>
    public ImmutableSortedDictionary<string, WantedJob> Jobs { get; init => field = value ?? Sorted<WantedJob>(); } = Sorted<WantedJob>();

    /// <summary>Attempts that were taken back: they are not begun a second time. Kept apart, since there are many of them and they would push out the fences of what serves.</summary>
    public ImmutableList<RetiredFence> RetiredJobs { get; init => field = value ?? []; } = [];

    /// <summary>Tokens of resources that are no longer kept, by <see cref="KeyOf(WantedVersionSet)"/>: an old message must not bring them back.</summary>
    public ImmutableList<RetiredFence> Retired { get; init; } = [];

    /// <summary>What the server wants and cannot have, by key, until it wants something possible.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<string, InstanceFailure> Refused { get; init; } = Sorted<InstanceFailure>();

    /// <summary>Attempts that the server wants and that cannot be run, by <see cref="NameOf"/>.</summary>
    [JsonIgnore]
    public ImmutableSortedDictionary<string, RefusedJob> RefusedJobs { get; init; } = Sorted<RefusedJob>();

    /// <summary><c>run/attempt/job</c>; the job's name comes last since it may hold anything.</summary>
    public static string NameOf(WantedJob job) => $"{job.Run}/{job.Attempt.ToString(CultureInfo.InvariantCulture)}/{job.Job}";
    public static string KeyOf(WantedJob job) => "job/" + NameOf(job);
    public static string KeyOf(WantedVersionSet set) => "versionset/" + set.VersionSet;
    public static string KeyOf(WantedRoute route) => "route/" + route.Lane;

    /// <summary>Pure. Takes what may be taken of a message.</summary>
    /// <param name="runs">Whether a version set has instances: such a one is never forgotten.</param>
    /// <returns>The state after it, and what is to be said about the rest.</returns>
    public (WantedState Next, IReadOnlyList<WantedRemark> Remarks) Accept(ServerWanted message, Func<string, bool> runs)
    {
        var remarks = new List<WantedRemark>();
        var next = this;
        foreach (var set in message.VersionSets)
        {
            next = next.Take(KeyOf(set), set.Token, next.VersionSets.TryGetValue(set.VersionSet, out var held) ? held.Token : null, WantedCheck.WhyNot(set), remarks,
                state => state with { VersionSets = state.VersionSets.SetItem(set.VersionSet, set) });
        }
        foreach (var route in message.Routes)
        {
            next = next.Take(KeyOf(route), route.Token, next.Routes.TryGetValue(route.Lane, out var held) ? held.Token : null, WantedCheck.WhyNot(route), remarks,
                state => state with { Routes = state.Routes.SetItem(route.Lane, route) });
        }
        foreach (var job in message.Jobs)
        {
            next = next.TakeJob(job, remarks);
        }
        return (message.Full ? next.WithoutMissing(message, runs, remarks) : next, remarks);
    }

    private WantedState Take(string key, Token token, Token? held, string? whyNot, List<WantedRemark> remarks, Func<WantedState, WantedState> set)
    {
        var fence = held ?? Retired.Find(retired => retired.Key == key)?.Token;
        if (fence is { } newest && token < newest)
        {
            remarks.Add(new(key, $"its token {token} is older than {newest}, which this agent has accepted before"));
            return this;
        }
        if (whyNot is not null)
        {
            remarks.Add(new(key, whyNot));
            return this with { Refused = Refused.SetItem(key, new("agentFault", $"The agent cannot do what the server wants: {whyNot}.", "Bring agent and server to the same version of Slipway; it is kept as it was.")) };
        }
        return set(this) with { Refused = Refused.Remove(key), Retired = Retired.RemoveAll(retired => retired.Key == key) };
    }

    private WantedState TakeJob(WantedJob job, List<WantedRemark> remarks)
    {
        var name = NameOf(job);
        var held = Jobs.GetValueOrDefault(name)?.Token;
        var retired = RetiredJobs.Find(fence => fence.Key == name)?.Token;
        if ((held ?? retired) is { } newest && job.Token < newest)
        {
            remarks.Add(new(KeyOf(job), $"its token {job.Token} is older than {newest}, which this agent has accepted before"));
            return this;
        }
        if ((held is null && retired == job.Token ? "it was taken back from this agent before, and is not begun a second time" : WantedCheck.WhyNot(job)) is { } whyNot)
        {
            remarks.Add(new(KeyOf(job), whyNot));
            return this with { RefusedJobs = RefusedJobs.SetItem(name, new(job, $"the agent cannot do what the server wants: {whyNot}", MayHaveRun: retired is not null)) };
        }
        return this with { Jobs = Jobs.SetItem(name, job), RefusedJobs = RefusedJobs.Remove(name), RetiredJobs = RetiredJobs.RemoveAll(fence => fence.Key == name) };
    }

    // A job serves nobody, and only a snapshot can say that one is taken back.
    private WantedState WithoutMissingJobs(ServerWanted message)
    {
        var named = message.Jobs.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var gone = Jobs.Where(held => !named.Contains(held.Key)).ToList();
        var retired = RetiredJobs.AddRange(gone.Select(held => new RetiredFence(held.Key, held.Value.Token)));
        return this with
        {
            Jobs = Jobs.RemoveRange(gone.Select(held => held.Key)),
            RefusedJobs = RefusedJobs.RemoveRange(RefusedJobs.Keys.Where(name => !named.Contains(name))),
            RetiredJobs = retired.RemoveRange(0, Math.Max(0, retired.Count - AgentLimits.RetiredJobs)),
        };
    }

    // Something that a snapshot does not name is not stopped: a snapshot may be short because of a fault, and stopping what serves cannot be undone in time.
    // What is wanted with count 0 (or no weights) and is gone has nothing left to keep but its fence.
    private WantedState WithoutMissing(ServerWanted message, Func<string, bool> runs, List<WantedRemark> remarks)
    {
        var next = WithoutMissingJobs(message);
        foreach (var set in VersionSets.Values.ExceptBy(message.VersionSets.Select(named => named.VersionSet), set => set.VersionSet))
        {
            if (set.Count == 0 && !runs(set.VersionSet))
            {
                next = next with { VersionSets = next.VersionSets.Remove(set.VersionSet), Retired = next.Retired.Add(new(KeyOf(set), set.Token)) };
            }
            else if (set.Count > 0)
            {
                remarks.Add(new(KeyOf(set), null));
            }
        }
        foreach (var route in Routes.Values.ExceptBy(message.Routes.Select(named => named.Lane), route => route.Lane))
        {
            if (route.Weights.Count == 0)
            {
                next = next with { Routes = next.Routes.Remove(route.Lane), Retired = next.Retired.Add(new(KeyOf(route), route.Token)) };
            }
            else
            {
                remarks.Add(new(KeyOf(route), null));
            }
        }
        var tooMany = next.Retired.Count - AgentLimits.RetiredTokens;
        return tooMany > 0 ? next with { Retired = next.Retired.RemoveRange(0, tooMany) } : next;
    }

    private static ImmutableSortedDictionary<string, T> Sorted<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

/// <param name="Reason">As the outcome of the attempt gives it.</param>
/// <param name="MayHaveRun">Some of it may have run here before.</param>
internal sealed record RefusedJob(WantedJob Job, string Reason, bool MayHaveRun);

/// <summary>The newest token of a resource that is gone.</summary>
internal sealed record RetiredFence(string Key, Token Token);

/// <param name="WhyRefused">Null: missing from a snapshot, and kept.</param>
internal sealed record WantedRemark(string Resource, string? WhyRefused);
