using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Definitions;

/// <summary>What must hold between a pipeline's jobs and its artifact.</summary>
internal static class PipelineChecks
{
    public static void Check(MapNode root, Findings findings)
    {
        var jobs = root.Map("pipeline")?.Map("jobs")?.Entries.Where(e => e.Value is MapNode).ToDictionary(e => e.Key.Text, e => (MapNode)e.Value, StringComparer.Ordinal) ?? [];
        foreach (var (name, job) in jobs)
        {
            CheckNeeds(name, job, jobs, findings);
            CheckValues(job, findings);
            CheckSteps(job, findings);
            CheckMatrix(job, findings);
            CacheKeys.Check(job, findings);
        }

        foreach (var cycle in Cycles(jobs))
        {
            findings.Add(jobs[cycle[0]].Find("needs")!.Key, $"These jobs need each other: {string.Join(" → ", cycle)} → {cycle[0]}.", "Take one of the needs away.");
        }

        var count = jobs.Values.Sum(j => j.Map("matrix") is { } matrix ? CountOf(matrix) : 1);
        if (count > Limits.Jobs)
        {
            findings.Add(root.Find("pipeline")!.Key, $"The pipeline has {count} jobs, every combination of a matrix counted; there may be {Limits.Jobs}.");
        }

        CheckArtifact(root, jobs, findings);
    }

    private static void CheckNeeds(string name, MapNode job, Dictionary<string, MapNode> jobs, Findings findings)
    {
        foreach (var needed in job.List("needs").OfType<Scalar>().Where(n => !jobs.ContainsKey(n.Text)))
        {
            findings.Add(needed, $"There is no job {needed.Kind}, which {name} needs.", NearWords.Suggest(needed.Text, [.. jobs.Keys.Where(j => j != name)]));
        }
    }

    private static void CheckValues(MapNode job, Findings findings)
    {
        var needs = job.List("needs").Select(n => Values.Text(n)).ToList();
        foreach (var from in (job.Map("env")?.Entries ?? []).Select(e => (e.Value as MapNode)?["from"]).OfType<Scalar>().Where(f => !needs.Contains(f.Text)))
        {
            findings.Add(from, $"A value comes from a job that this one needs; {from.Kind} is none.", needs.Count == 0 ? $"Write needs: [{from.Text}]." : NearWords.Suggest(from.Text, [.. needs.OfType<string>()]));
        }
    }

    private static void CheckSteps(MapNode job, Findings findings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var name in job.List("steps").OfType<MapNode>().Select(s => s["name"]).OfType<Scalar>().Where(n => !names.Add(n.Text)))
        {
            findings.Add(name, $"{name.Kind} is twice in steps.", "Give it another name.");
        }

        foreach (var run in job.List("steps").OfType<MapNode>().Select(s => s["run"]).OfType<Scalar>().Where(r => !r.IsEmpty && string.IsNullOrWhiteSpace(r.Text)))
        {
            findings.Add(run, "run has nothing to run.");
        }
    }

    private static void CheckMatrix(MapNode job, Findings findings)
    {
        // What is no list at all has been told of.
        if (job.Map("matrix") is not { } matrix || matrix.Entries.Any(e => e.Value is not ListNode))
        {
            return;
        }

        var count = CountOf(matrix);
        if (count is 0 or > JobExpansion.MostCombinations)
        {
            findings.Add(matrix, count == 0 ? "The matrix leaves no combination." : $"The matrix has {count} combinations; there may be {JobExpansion.MostCombinations}.");
        }
    }

    /// <summary>Combinations; where the axes alone make too many, that number, without going through them.</summary>
    private static long CountOf(MapNode map)
    {
        var matrix = PipelineReader.ReadMatrix(map);
        var product = matrix.Axes.Aggregate(1L, (size, axis) => Math.Min(size * Math.Max(1, axis.Values.Count), int.MaxValue));
        return product > JobExpansion.MostCombinations * 10 ? product : JobExpansion.Combinations(matrix).Count;
    }

    private static void CheckArtifact(MapNode root, Dictionary<string, MapNode> jobs, Findings findings)
    {
        if (root.Find("artifact") is not { Value: MapNode artifact, Key: var key })
        {
            return;
        }

        if (root["pipeline"] is null)
        {
            findings.Add(key, "artifact says what a pipeline packs; there is no pipeline.", "Write the pipeline, or leave artifact out: `slipway release create` takes a directory.");
        }
        else if (artifact["from"] is Scalar from && !jobs.ContainsKey(from.Text))
        {
            findings.Add(from, $"There is no job {from.Kind}.", NearWords.Suggest(from.Text, jobs.Keys));
        }
        else if (artifact["from"] is null && jobs.Count > 1)
        {
            findings.Add(key, "artifact must say from which job it comes.", $"Write it like artifact: {{ from: {jobs.Keys.First()}, path: … }}.");
        }
        else if ((Values.Text(artifact["from"]) ?? jobs.Keys.FirstOrDefault()) is { } name && jobs.GetValueOrDefault(name)?.Map("matrix") is not null)
        {
            findings.Add(artifact["from"] ?? key, $"The artifact comes from one job; {name} is one for each combination of its matrix.", "Make it in a job without a matrix.");
        }
    }

    /// <summary>Each cycle once, beginning at the job that is written first.</summary>
    private static List<List<string>> Cycles(Dictionary<string, MapNode> jobs)
    {
        List<List<string>> cycles = [];
        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (var start in jobs.Keys)
        {
            Walk(start, []);
        }

        return cycles;

        void Walk(string job, List<string> path)
        {
            if (path.IndexOf(job) is var at and >= 0)
            {
                cycles.Add(path[at..]);
                return;
            }

            if (done.Contains(job) || !jobs.TryGetValue(job, out var map))
            {
                return;
            }

            path.Add(job);
            foreach (var needed in map.List("needs").OfType<Scalar>())
            {
                Walk(needed.Text, path);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(job);
        }
    }
}
