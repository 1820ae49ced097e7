using Slipway.Core.Kernel;

namespace Slipway.Core.Definitions;

/// <summary>The processes of a service: <c>run</c> alone, or those of <c>processes</c>, of which one leads and the others are workers beside it.</summary>
internal static class ProcessKeys
{
    /// <summary>What a version's instances for comparison are called: no process may be.</summary>
    private const string Baseline = "baseline";

    public static TableShape TableOf(Shape run) => new(run, Problem, Limits.Processes, Least: 1);

    /// <summary>Whom a rollout's steps are about: the process that serves requests, or the first one where none does. Null: there is none.</summary>
    public static MapNode? Lead(MapNode whole) => whole.Map("run") ?? LeadOf(whole)?.Value as MapNode;

    /// <summary>Its name; null: it is <c>run</c>, which has none.</summary>
    public static string? NameOfLead(MapNode whole) => whole.Map("run") is null ? LeadOf(whole)?.Key.Text : null;

    /// <summary>The workers beside it.</summary>
    public static IEnumerable<Entry> Beside(MapNode whole) => LeadOf(whole) is { } lead && whole.Map("run") is null ? Of(whole).Where(e => e != lead) : [];

    /// <param name="whole">With an environment's override laid on top, where <paramref name="written"/> is one.</param>
    /// <param name="below">What the override is laid on; null: it is the base itself that is checked.</param>
    public static void Check(MapNode whole, MapNode written, MapNode? below, Findings findings)
    {
        if (written.Find("processes") is { } processes && whole.Find("run") is { } run)
        {
            var isSecond = below is null || below.Find("run") is not null;
            findings.Add((isSecond ? processes : run).Key, "A service has either run or processes.", "Put what run says under processes, with a name, or remove processes.");
            return;
        }

        if (below?.Find("processes") is not null && written.Find("run") is { } alone)
        {
            findings.Add(alone.Key, "The service has processes: run has no meaning here.", $"Write processes: {{ {NameOfLead(below)}: {{ … }} }}.");
            return;
        }

        if (below is null && whole.Find("run") is null && whole.Find("processes") is null && !whole.HasMisspelt("run", Keys.Service.Allowed) && !whole.HasMisspelt("processes", Keys.Service.Allowed))
        {
            findings.Add(whole, "run is missing in the file.", "How the service runs: run: { command: … }, or processes where it has several.");
        }

        if (below is not null && Of(written).Where(e => below.Map("processes")?.Find(e.Key.Text) is null).ToList() is { Count: > 0 } unknown)
        {
            unknown.ForEach(e => findings.Add(e.Key, $"The service has no process '{e.Key.Text}'.", NearWords.Suggest(e.Key.Text, [.. Of(below).Select(known => known.Key.Text)])));
            return;
        }

        foreach (var second in Of(whole).Where(IsAsked).Skip(1))
        {
            findings.Add(second.Key, $"Only one process may serve requests: {LeadOf(whole)!.Key.Text} and {second.Key.Text} do.", "Give one of them traffic: none, or make it a service of its own.");
        }
    }

    private static IReadOnlyList<Entry> Of(MapNode whole) => [.. (whole.Map("processes")?.Entries ?? []).Where(e => e.Value is MapNode)];

    private static Entry? LeadOf(MapNode whole) => Of(whole) is { Count: > 0 } all ? all.FirstOrDefault(IsAsked) ?? all[0] : null;

    /// <summary>Of one whose traffic is misspelt that is told, and nothing that follows from it.</summary>
    private static bool IsAsked(Entry process) => process.Value is MapNode run && !WorkerChecks.HasNoTraffic(run) && !run.HasMisspelt("traffic", Keys.OfRun);

    private static string? Problem(string name) =>
        name == Baseline ? $"A process cannot be called {Baseline}: instances to compare a canary with are." : NameShape.Problem("A process's name", name, Limits.ProcessName);
}
