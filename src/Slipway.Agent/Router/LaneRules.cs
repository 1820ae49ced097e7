using Microsoft.AspNetCore.Http;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>What a lane asks of its traffic beside weights, as one configuration has it.</summary>
internal sealed class LaneRules
{
    private readonly MarkedSet[] marked;

    private LaneRules(MarkedSet[] marked, MirrorTo? mirror, SessionDraw? sessions)
    {
        this.marked = marked;
        Mirror = mirror;
        Sessions = sessions;
    }

    public MirrorTo? Mirror { get; }
    public SessionDraw? Sessions { get; }

    /// <summary>What marked requests and copies are counted in.</summary>
    public IEnumerable<Tally> Tallies => marked.Select(m => m.Tally).Concat(Mirror is { } mirror ? [mirror.Tally] : []);

    /// <summary>Null when the lane asks for nothing but weights.</summary>
    public static LaneRules? Of(RouterLane lane, IReadOnlyList<ServingSet> sets, LaneMemory memory, TallyBook book)
    {
        if (lane.Sticky is null)
        {
            memory.NoSessions();
        }

        if (lane is { Marks: null or { Count: 0 }, Mirror: null, Sticky: null })
        {
            return null;
        }

        ServingSet Named(string versionSet) => sets.First(s => s.Name == versionSet);
        Tally Beside(ServingSet set, string arm, int percent) => book.Of(set.Tally.Key with { Arm = arm, Weight = percent, Unit = null });
        return new LaneRules(
            [.. (lane.Marks ?? []).Select(m => (m.Mark, Set: Named(m.VersionSet))).Select(m => new MarkedSet(m.Mark, m.Set, Beside(m.Set, "routed", 0)))],
            lane.Mirror is { } mirror ? new MirrorTo(Named(mirror.VersionSet), Beside(Named(mirror.VersionSet), "mirrored", mirror.Percent), mirror.Percent, memory.Copies) : null,
            lane.Sticky is { } sticky ? new SessionDraw(lane, sets, sticky, memory) : null);
    }

    /// <summary>Where the first mark that the request has leads; null when it has none, or nobody is there: a marked request does not fail because what it asks for is gone.</summary>
    public MarkedSet? Marked(HttpRequest request)
    {
        foreach (var candidate in marked)
        {
            if (MarkMatch.IsIn(candidate.Mark, request))
            {
                return candidate.Set.Endpoints.Count > 0 ? candidate : null;
            }
        }

        return null;
    }
}

/// <summary>A mark and the version set that it leads to.</summary>
internal sealed record MarkedSet(RequestMark Mark, ServingSet Set, Tally Tally);

/// <summary>Where copies go.</summary>
internal sealed record MirrorTo(ServingSet Set, Tally Tally, int Percent, CopyLimit Limit);
