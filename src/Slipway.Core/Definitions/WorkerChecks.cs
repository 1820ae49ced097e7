namespace Slipway.Core.Definitions;

/// <summary>What must hold of a service whose instances serve no requests: whatever speaks of requests has no meaning for it.</summary>
internal static class WorkerChecks
{
    private const string OrRequests = "Remove it, or remove traffic: none if the service answers requests.";
    private static readonly string[] RouterChecks = ["errors", "latency"], OfProbes = ["timeout", "unhealthyAfter"], OfTraffic = ["route", "mirror"], OfKept = ["keepWarm", "keepOld", "abortScaleDownDelay"], StepLists = ["steps", "before", "after"];

    public static bool IsWorker(MapNode whole) => ProcessKeys.Lead(whole) is { } lead && HasNoTraffic(lead);

    public static bool HasNoTraffic(MapNode run) => Values.Text(run["traffic"]) == "none";

    /// <param name="whole">With an environment's override laid on top.</param>
    public static void Check(MapNode whole, Findings findings)
    {
        CheckBeside(whole, findings);
        if (ProcessKeys.Lead(whole) is not { } run || !HasNoTraffic(run))
        {
            return;
        }

        CheckRun(run, findings);
        foreach (var http in whole.List("verify").OfType<MapNode>().Select(v => v.Find("http")).OfType<Entry>())
        {
            findings.Add(http.Key, "A worker answers no requests: http cannot verify it.", "Use run, with a script that looks at what the worker does.");
        }

        CheckRollout(whole.Map("rollout") ?? new MapNode(run.Line, run.Column, []), findings);
    }

    /// <summary>Workers beside the process that leads have the weight's share of their instances, wherever they are placed.</summary>
    private static void CheckBeside(MapNode whole, Findings findings)
    {
        foreach (var worker in ProcessKeys.Beside(whole))
        {
            CheckRun((MapNode)worker.Value, findings);
        }

        if (ProcessKeys.Beside(whole).Any() && whole.Map("rollout")?["strategy"] is Scalar { Text: "ring" } ring && ProcessKeys.Lead(whole) is { } lead && !HasNoTraffic(lead))
        {
            findings.Add(ring, "The strategy ring is not for workers, and this service has some beside the process that serves requests.", "Use canary, rolling or blueGreen, or make the workers a service of their own.");
        }
    }

    private static void CheckRun(MapNode run, Findings findings)
    {
        if (run.Find("requestTimeout") is { } timeout)
        {
            findings.Add(timeout.Key, "A worker has no requests: requestTimeout has no meaning.", "Remove it; what may take how long is the worker's own affair.");
        }

        var health = run.Map("health");
        if (health is null || health["path"] is not null || health.HasMisspelt("path", Keys.Health.Allowed))
        {
            return;
        }

        foreach (var key in OfProbes.Select(health.Find).OfType<Entry>().Select(e => e.Key))
        {
            findings.Add(key, $"{key.Text} is about probes, and a worker without health.path is not probed.", "Give a path that it answers at $PORT, or remove this.");
        }

        var defaults = new Releases.HealthSpec();
        var needed = (Values.Span(health["interval"]) ?? defaults.Interval) * (Values.Whole(health["healthyAfter"]) ?? defaults.HealthyAfter);
        var deadline = Values.Span(health["deadline"]) ?? defaults.Deadline;
        if (needed >= deadline)
        {
            findings.Add(health, $"A worker is healthy once it has run for healthyAfter × interval, here {Values.Words(needed)}: that is not before the deadline of {Values.Words(deadline)}.", "Lower one of the two, or raise deadline.");
        }
    }

    private static void CheckRollout(MapNode rollout, Findings findings)
    {
        var strategy = Values.Text(rollout["strategy"]) ?? "rolling";
        if (strategy == "ring")
        {
            findings.Add(rollout["strategy"]!, "The strategy ring is not for workers.", "Use canary, rolling or blueGreen.");
        }

        if (rollout.Find("sticky") is { } sticky)
        {
            findings.Add(sticky.Key, "A worker has no sessions: sticky has no meaning.", OrRequests);
        }

        if (rollout.Find("baseline") is { } baseline && Values.YesNo(baseline.Value) == true)
        {
            findings.Add(baseline.Key, "A worker's canary takes the place of running instances; there is no baseline beside them.", "Remove it.");
        }

        foreach (var key in OfKept.Select(rollout.Find).OfType<Entry>().Where(e => Values.Span(e.Value) != TimeSpan.Zero).Select(e => e.Key))
        {
            findings.Add(key, $"{key.Text} keeps instances without traffic, but a worker that runs works.", "Remove it; a way back starts the old version's instances again.");
        }

        foreach (var (list, step) in StepLists.SelectMany(list => rollout.List(list).OfType<MapNode>().Select(step => (list, step))))
        {
            foreach (var key in OfTraffic.Select(step.Find).OfType<Entry>().Select(e => e.Key))
            {
                findings.Add(key, $"A worker has no requests: {key.Text} has no meaning.", OrRequests);
            }

            if (step.Find("instances") is { } instances && list == "steps")
            {
                findings.Add(instances.Key, "A worker's weight is its share of the instances: instances says the same once more.", "Say it with weight.");
            }
        }

        CheckJudged(rollout, strategy, findings);
    }

    private static void CheckJudged(MapNode rollout, string strategy, Findings findings)
    {
        var checks = rollout.List("checks");
        foreach (var item in checks)
        {
            var name = item is MapNode map ? map["name"] : item;
            if (Values.Text(name) is { } given && RouterChecks.Contains(given))
            {
                findings.Add(name!, $"The routers count no requests of a worker: it cannot be judged by {given}.", "Use counts, threshold or mannWhitney, with a metric source.");
            }
        }

        string[] lists = strategy switch { "canary" => ["steps"], "blueGreen" => ["before", "after"], _ => [] };
        var analyze = lists.SelectMany(rollout.List).OfType<MapNode>().Select(step => step.Find("analyze")).OfType<Entry>().FirstOrDefault();
        if (analyze is not null && checks.Count == 0)
        {
            findings.Add(analyze.Key, "There is nothing to judge a worker by: it has no checks.", "Add checks with counts or threshold (docs/checks.md), or remove analyze.");
        }

        if (rollout.Find("watch") is { } watch && Values.Span(watch.Value) > TimeSpan.Zero && !checks.OfType<MapNode>().Any(c => c["threshold"] is not null))
        {
            findings.Add(watch.Key, "After 100 % there is no other version to compare a worker with: watch needs a check with a threshold.", "Add one, or remove watch.");
        }
    }
}
