using Slipway.Core.Expressions;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Definitions;

/// <summary>Reads <c>pipeline</c> and <c>artifact</c> of <c>slipway.yaml</c>.</summary>
internal static class PipelineReader
{
    public static PipelineDefinition Read(MapNode pipeline, ArtifactDefinition? artifact) => new()
    {
        Concurrency = Values.Choice<RunConcurrency>(pipeline["concurrency"]) ?? RunConcurrency.NewestWins,
        Jobs = [.. pipeline.Map("jobs")!.Entries.Select(e => ReadJob(e.Key.Text, (MapNode)e.Value, artifact))],
    };

    /// <summary>Null: none is declared.</summary>
    public static ArtifactDefinition? ReadArtifact(MapNode root) => root.Map("artifact") is { } artifact
        ? new ArtifactDefinition(Values.Text(artifact["from"]) ?? (root.Map("pipeline")?.Map("jobs")?.Entries is [var only, ..] ? only.Key.Text : ""), PathOf(artifact["path"]))
        : null;

    /// <summary>Whether a path is one of others, or below one of them.</summary>
    public static bool Covers(IEnumerable<string> outputs, string path) =>
        outputs.Any(o => o is "." || o == path || path.StartsWith(o + "/", StringComparison.Ordinal));

    /// <summary>As it is written in the file, without what says nothing: <c>./dist/</c> is <c>dist</c>.</summary>
    public static string PathOf(Node? node)
    {
        var parts = (Values.Text(node) ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToArray();
        return parts.Length == 0 ? "." : string.Join('/', parts);
    }

    private static JobDefinition ReadJob(string name, MapNode job, ArtifactDefinition? artifact)
    {
        var defaults = new JobDefinition { Name = name, Steps = [] };
        var env = job.Map("env")?.Entries ?? [];
        var outputs = job.List("outputs").Select(PathOf).ToList();
        if (artifact is not null && artifact.From == name && !Covers(outputs, artifact.Path))
        {
            outputs.Add(artifact.Path);
        }

        return defaults with
        {
            Needs = [.. job.List("needs").Select(n => Values.Text(n)!)],
            If = Values.Text(job["if"]) is { } condition ? Condition.Parse<JobFields>(condition, out _) : null,
            Labels = Texts(job.Map("labels")),
            Network = Values.YesNo(job["network"]) ?? defaults.Network,
            Timeout = Values.Span(job["timeout"]) ?? defaults.Timeout,
            Retry = Values.Whole(job["retry"]) ?? defaults.Retry,
            RetrySafe = Values.YesNo(job["retrySafe"]) ?? defaults.RetrySafe,
            ContinueOnError = Values.YesNo(job["continueOnError"]) ?? defaults.ContinueOnError,
            Env = env.Where(e => e.Value is Scalar).ToDictionary(e => e.Key.Text, e => ((Scalar)e.Value).Text, StringComparer.Ordinal),
            EnvFrom = env.Where(e => e.Value is MapNode).ToDictionary(e => e.Key.Text, e => ReadValue((MapNode)e.Value), StringComparer.Ordinal),
            Matrix = job.Map("matrix") is { } matrix ? ReadMatrix(matrix) : null,
            Caches = CacheKeys.Read(job["cache"]),
            Resources = ResourceKeys.Read(job.Map("resources")),
            Steps = ReadSteps(job.List("steps").Cast<MapNode>()),
            Outputs = outputs,
        };
    }

    private static ValueFrom ReadValue(MapNode value) => new(Values.Text(value["from"])!, Values.Text(value["value"])!);

    public static MatrixDefinition ReadMatrix(MapNode matrix) => new()
    {
        Axes = [.. matrix.Entries.Where(e => e.Key.Text is not ("include" or "exclude") && e.Value is ListNode)
            .Select(e => new MatrixAxis(e.Key.Text, [.. ((ListNode)e.Value).Items.Select(v => Values.Text(v) ?? "").Distinct(StringComparer.Ordinal)]))],
        Include = [.. matrix.List("include").OfType<MapNode>().Select(Texts)],
        Exclude = [.. matrix.List("exclude").OfType<MapNode>().Select(Texts)],
    };

    private static List<StepDefinition> ReadSteps(IEnumerable<MapNode> steps)
    {
        List<StepDefinition> read = [];
        foreach (var step in steps)
        {
            read.Add(new StepDefinition
            {
                Name = Values.Text(step["name"]) ?? NameFor(Values.Text(step["run"])!, read),
                Run = Values.Text(step["run"])!,
                Directory = step["directory"] is { } directory ? PathOf(directory) : null,
                Timeout = Values.Span(step["timeout"]),
                Retry = Values.Whole(step["retry"]) ?? 0,
                ContinueOnError = Values.YesNo(step["continueOnError"]) ?? false,
                Always = Values.YesNo(step["always"]) ?? false,
                Env = Texts(step.Map("env")),
                Report = step.Map("report") is { } report
                    ? new ReportDefinition { Junit = Values.Text(report["junit"]), Trx = Values.Text(report["trx"]), Cobertura = Values.Text(report["cobertura"]) }
                    : null,
            });
        }

        return read;
    }

    /// <summary>The first line of what it runs; a number behind it tells apart what begins alike.</summary>
    private static string NameFor(string run, List<StepDefinition> before)
    {
        var line = run.Split('\n').Select(l => l.Trim()).First(l => l.Length > 0);
        line = line.Length <= 50 ? line : line[..50] + "…";
        var name = line;
        for (var number = 2; before.Exists(s => s.Name == name); number++)
        {
            name = $"{line} ({number})";
        }

        return name;
    }

    private static Dictionary<string, string> Texts(MapNode? map) =>
        (map?.Entries ?? []).Where(e => e.Value is Scalar).ToDictionary(e => e.Key.Text, e => ((Scalar)e.Value).Text, StringComparer.Ordinal);
}
