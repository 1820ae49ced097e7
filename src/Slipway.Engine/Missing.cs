using Slipway.Core.Definitions;
using Slipway.Core.Promotions;
using Slipway.Core.Rollouts;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine;

/// <summary>What is said to somebody who names a thing that is not there: that it is not, and the one that was probably meant, else what there is.</summary>
public static class Missing
{
    private const int MostShown = 10, LatestShown = 5, MostRead = 10_000, LongestName = 80;

    public static Refusal Environment(Platform platform, string name) =>
        Refusal.NotFound($"There is no environment '{Short(name)}'.", WayOut(name, [.. platform.Current.Environments.Select(e => e.Name)], "platform.yaml names them."));

    public static async Task<Refusal> ServiceAsync(IStore store, string name, CancellationToken cancel)
    {
        var known = (await store.ListDocumentsAsync(ServiceRecord.Collection, null, MostRead, newestFirst: false, cancel)).Select(d => d.Key).ToList();
        return Refusal.NotFound($"There is no service '{Short(name)}'.", WayOut(name, known, "`slipway service add NAME` adds one."));
    }

    public static async Task<Refusal> ReleaseAsync(IStore store, string service, string version, CancellationToken cancel)
    {
        var prefix = service + "/";
        var known = (await store.ListDocumentsAsync(ReleaseDocuments.Collection, prefix, MostRead, newestFirst: true, cancel)).Select(d => d.Key[prefix.Length..]).ToList();
        return Refusal.NotFound($"There is no release {service}@{Short(version)}.", WayOut(version, known, $"`slipway release create {service} ...` makes one."));
    }

    public static Refusal Agent(string name, IReadOnlyCollection<string> known) =>
        Refusal.NotFound($"There is no agent '{Short(name)}'.", WayOut(name, known, "`slipway agent enrol --name NAME` lets one in."));

    public static Refusal MetricSource(Platform platform, string name) =>
        Refusal.NotFound($"There is no metric source '{Short(name)}'.", WayOut(name, [.. platform.Current.Metrics.Select(m => m.Name)], "`metrics` in platform.yaml names them."));

    public static async Task<Refusal> RolloutAsync(IStore store, string id, CancellationToken cancel) =>
        await store.ReadProcessAsync(PromotionFlow.ProcessOf(id), cancel) is not null
            ? Refusal.NotFound($"There is no rollout '{id}': the promotion of that id has none.", $"slipway promotion explain {id}")
            : await NumberedAsync(store, RolloutFlow.ProcessKind, "rollout", id, cancel);

    public static Refusal Run(string id) => Refusal.NotFound($"There is no run '{Short(id)}'.", "`slipway run list` shows what there is.");

    public static Task<Refusal> PromotionAsync(IStore store, string id, CancellationToken cancel) => NumberedAsync(store, PromotionFlow.ProcessKind, "promotion", id, cancel);

    /// <summary>Whoever errs in the number, or leaves the environment out, is told the latest that begin alike; else the name is wrong, and the nearest may be meant.</summary>
    private static async Task<Refusal> NumberedAsync(IStore store, string kind, string what, string id, CancellationToken cancel)
    {
        if (!IsNumbered(id))
        {
            return NoId(id, what);
        }

        var stem = id[..id.LastIndexOf('-')];
        var alike = await store.ListProcessHeadsAsync(kind, stem + "-", cancel);
        if (alike.Count > 0)
        {
            return Refusal.NotFound($"There is no {what} '{Short(id)}'.", $"The latest of {Short(stem)}: {string.Join(", ", alike.Take(LatestShown).Select(head => head.Id.Key))}.");
        }

        var near = NearWords.Nearest(id, (await store.ListProcessHeadsAsync(kind, null, cancel)).Take(MostRead).Select(head => head.Id.Key));
        return Refusal.NotFound($"There is no {what} '{Short(id)}'.", near is null ? $"`slipway {what} list` shows what there is." : $"Did you mean '{near}'?");
    }

    /// <summary>A service's name, most often.</summary>
    private static Refusal NoId(string name, string what) => Refusal.NotFound(
        $"'{Short(name)}' is no id of a promotion or a rollout: those have a number, such as {(Names.IsName(name, Names.ServiceLength) ? name : "shop")}-prod-3.",
        Names.IsName(name, Names.ServiceLength) ? $"If it is a service, its own are shown by: slipway {what} list {name}" : $"`slipway {what} list` shows what there is.");

    private static bool IsNumbered(string id) => id.LastIndexOf('-') is > 0 and var dash && dash + 1 < id.Length && id.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <param name="otherwise">What to do when there are none.</param>
    private static string WayOut(string name, IReadOnlyCollection<string> known, string otherwise) =>
        NearWords.Nearest(name, known) is { } near ? $"Did you mean '{near}'?"
        : known.Count == 0 ? otherwise
        : $"There {(known.Count == 1 ? "is" : "are")}: {string.Join(", ", known.Take(MostShown))}{(known.Count > MostShown ? $", and {known.Count - MostShown} more" : "")}.";

    private static string Short(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;
}
