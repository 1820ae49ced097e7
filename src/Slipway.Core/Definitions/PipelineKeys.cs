using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Definitions;

/// <summary>The keys of slipway.yaml that say how a release is made from a commit.</summary>
internal static class PipelineKeys
{
    /// <summary>When a job runs.</summary>
    public static readonly ExpressionShape JobCondition = new(Condition.ProblemsOf<JobFields>);

    private static readonly MapShape Report = new(
        new("junit", new RelativePathShape(), "JUnit XML files, by a glob."),
        new("trx", new RelativePathShape(), "TRX files, by a glob."),
        new("cobertura", new RelativePathShape(), "Cobertura coverage, by a glob."));

    public static readonly MapShape Step = new(
        new("name", new TextShape(60), "Unique in the job. Default the command's first line."),
        new("run", new TextShape(20_000), "Run by bash -euo pipefail.", Required: true),
        new("directory", new RelativePathShape(), "Where it runs, below the checkout. Default the checkout."),
        new("timeout", new DurationShape(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "Default that of the job."),
        new("retry", new WholeShape(0, 10), "How often it is tried again. Default 0."),
        new("continueOnError", new YesNoShape(), "Its failure does not fail the job. Default false."),
        new("always", new YesNoShape(), "It runs although a step before it failed. Default false."),
        new("env", Keys.Variables(new TextOrNothingShape()), "Environment variables. Default none."),
        new("report", Report, "Reports that it writes."));

    private static readonly MapShape ValueOfJob = new(
        new("from", new TextShape(60), "A job that is needed.", Required: true),
        new("value", new TextShape(60), "The name under which that job wrote it to $SLIPWAY_VALUES.", Required: true));

    /// <summary>One that says its own steps.</summary>
    public static readonly MapShape Job = new(
        new("needs", new ListShape(new TextShape(60)), "Jobs that must have ended well before. Default none."),
        new("if", JobCondition, "Whether it runs: an expression over branch, tag, event and outcome, such as branch == \"main\" && event == \"push\"."),
        new("labels", new TableShape(new TextShape(100), _ => null), "Labels its agent must have. Default any agent."),
        new("network", new YesNoShape(), "Whether its steps reach the network. Default true."),
        new("timeout", new DurationShape(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), "Default 1h."),
        new("retry", new WholeShape(0, 10), "How often it is tried again after a failure. Default 0."),
        new("retrySafe", new YesNoShape(), "It may run again when nobody knows how it ended. Default false."),
        new("continueOnError", new YesNoShape(), "Its failure does not fail the run. Default false."),
        new("env", Keys.Variables(new EitherShape(new TextOrNothingShape(), ValueOfJob)), "Environment variables: text, or { from: JOB, value: NAME }. Default none."),
        new("matrix", new MatrixShape(), "The job once for every combination of these values, with include and exclude."),
        new("cache", CacheKeys.Shape, CacheKeys.About),
        new("resources", ResourceKeys.Shape, "How much of its machine it may have."),
        new("steps", new ListShape(Step, Limits.Steps, 1), "Run one after the other.", Required: true),
        new("outputs", new ListShape(new RelativePathShape(Whole: false), 50), "Paths handed to jobs that need this one, and to the artifact. Default none."));

    public static readonly TableShape JobsTable = new(new UsesShape(Job, TemplateKeys.JobUse()), JobProblem, 100, 1);

    private static readonly MapShape OwnPipeline = new(
        new("concurrency", new ChoiceShape("concurrency", ["newestWins", "queue"]), "What becomes of a run that waits when a newer commit comes. Default newestWins."),
        new("jobs", JobsTable, "Each in its own clean checkout.", Required: true));

    public static readonly UsesShape Pipeline = new(OwnPipeline, TemplateKeys.PipelineUse());

    public static readonly MapShape Artifact = new(
        new("from", new TextShape(60), "The job that makes it; needed where there are several."),
        new("path", new RelativePathShape(Whole: false), "A folder or a file in that job's checkout.", Required: true));

    /// <summary>Checks <c>artifact</c>, where it stands.</summary>
    public static void CheckArtifact(MapNode root, Findings findings)
    {
        if (root["artifact"] is { } artifact)
        {
            Artifact.Check(artifact, "artifact", findings);
        }
    }

    public const int JobName = 40;

    public static string? JobProblem(string name) => NameShape.Problem("A job's name", name, JobName);
}

/// <summary>A path below the checkout.</summary>
/// <param name="Home">It may also begin with <c>~/</c>.</param>
internal sealed record RelativePathShape(bool Home = false, bool Whole = true) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        new TextShape(500).Check(node, name, findings);
        if (node is not Scalar { IsEmpty: false } scalar)
        {
            return;
        }

        var path = Home && scalar.Text.StartsWith("~/", StringComparison.Ordinal) ? scalar.Text[2..] : scalar.Text;
        if (path.StartsWith('/') || path.StartsWith('~') || path.Split('/').Contains("..") || path.Any(c => c is '\\' || char.IsControl(c)))
        {
            findings.Add(node, $"{name} must stay in the checkout{(Home ? " or in the home directory" : "")}, not {scalar.Kind}.", $"Write it like dist/site{(Home ? " or ~/.cache/tool" : "")}: no '/' first, no '..'.");
        }
        else if (!Whole && path.Split('/').All(part => part is "" or "."))
        {
            findings.Add(node, $"{name} must name what in the checkout is meant, not all of it.", "Put that into a folder in a step, and name the folder: mkdir -p .artifact && cp -r app.py static .artifact");
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "string", ["maxLength"] = 500 };
}

/// <summary>One item, or a list of them.</summary>
internal sealed record OneOrMoreShape(Shape Item) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is ListNode)
        {
            new ListShape(Item, 20, 1).Check(node, name, findings);
        }
        else
        {
            Item.Check(node, name, findings);
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["anyOf"] = new System.Text.Json.Nodes.JsonArray(Item.Schema(), new ListShape(Item, 20, 1).Schema()) };
}

/// <summary>Axes with their values; <c>include</c> and <c>exclude</c> are lists of combinations.</summary>
internal sealed record MatrixShape : Shape
{
    private static readonly TextShape Value = new(60);
    private static readonly ListShape Combinations = new(new TableShape(Value, AxisProblem, 10, 1), JobExpansion.MostCombinations);

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (node is not MapNode map)
        {
            findings.Add(node, $"{name} must be a map, not {node.Kind}.", "Write it like { node: [20, 22] }.");
            return;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (key.Text is "include" or "exclude")
            {
                Combinations.Check(value, key.Text, findings);
            }
            else if (AxisProblem(key.Text) is { } problem)
            {
                findings.Add(key, problem);
            }
            else
            {
                new ListShape(Value, JobExpansion.MostCombinations, 1).Check(value, key.Text, findings);
            }
        }
    }

    public override System.Text.Json.Nodes.JsonObject Schema() => new() { ["type"] = "object" };

    private static string? AxisProblem(string name) => NameShape.Problem("An axis' name", name, PipelineKeys.JobName);
}
