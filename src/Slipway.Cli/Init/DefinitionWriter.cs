using System.Text;

namespace Slipway.Cli.Init;

/// <summary>Writes <c>slipway.yaml</c> for what was detected: every line that was guessed is marked as such.</summary>
internal sealed class DefinitionWriter
{
    private readonly StringBuilder text = new();

    private DefinitionWriter() { }

    /// <param name="service">Its name, valid.</param>
    /// <param name="steps">Whether the steps are written out although a template stands for them.</param>
    /// <param name="nameComment">Where the name comes from; null: a person gave it.</param>
    public static string Text(Detected detected, string service, string? nameComment, bool steps)
    {
        var writer = new DefinitionWriter();
        writer.Comment(0, $"How Slipway builds, runs and rolls out this service: {detected.Kind}. Written by `slipway init` from the files of the repository.");
        writer.Comment(0, "Lines marked \"Guessed\" want a look. `slipway validate` checks the file, `slipway docs slipway` prints every key that there is.");
        writer.Said(0, nameComment);
        writer.Put(0, $"service: {service}");
        writer.Pipeline(detected, steps ? null : detected.Template);
        writer.Run(detected);
        writer.Rollout(detected);
        return writer.text.ToString();
    }

    private void Pipeline(Detected detected, GoldenPath? template)
    {
        Put(0, "", "pipeline:");
        if (template is not null)
        {
            Uses(template, detected);
            return;
        }

        Put(1, "jobs:");
        Comment(2, "Runs in a clean checkout of the commit, in a sandbox.");
        Put(2, "build:");
        if (!detected.Network)
        {
            Comment(3, "Nothing is fetched.");
            Put(3, "network: false");
        }

        if (detected.Cache is { } cache)
        {
            Said(3, cache.Comment);
            Put(3, $"cache: {cache.Value}");
        }

        Put(3, "steps:");
        Steps(4, detected.Steps);
        Artifact(detected.Artifact);
    }

    /// <summary>The pipeline by a template: what it does is told there once, for all who use it.</summary>
    private void Uses(GoldenPath template, Detected detected)
    {
        var name = template.Uses[..template.Uses.IndexOf('@')];
        Comment(1, $"Slipway's own steps: `slipway template show {name}` says what they do and take, `slipway init --steps` writes them out here. They run in a clean checkout of the commit, in a sandbox.");
        // What an input or a step of its own says is said there.
        var told = template.With.Select(input => input.Value.Comment).Concat(template.BeforePackage.Select(step => step.Comment));
        foreach (var step in detected.Steps.Where(step => step.Comment?.StartsWith("Guessed", StringComparison.Ordinal) == true && !told.Contains(step.Comment)))
        {
            Comment(1, $"{step.Name}: {step.Comment}");
        }

        Put(1, $"uses: {template.Uses}");
        if (template.With.Count > 0)
        {
            Put(1, "with:");
            foreach (var (input, value) in template.With)
            {
                Said(2, value.Comment);
                Put(2, $"{input}: {value.Value}");
            }
        }

        if (template.BeforePackage.Count > 0)
        {
            Put(1, "extend:");
            Put(2, "before-package:");
            Steps(3, template.BeforePackage);
        }

        if (template.Artifact is { } part)
        {
            Artifact(part);
        }
    }

    private void Steps(int depth, IReadOnlyList<BuildStep> steps)
    {
        foreach (var step in steps)
        {
            Said(depth, step.Comment);
            Put(depth, $"- name: {YamlText.Scalar(step.Name)}");
            Put(depth + 1, $"run: {YamlText.Block(step.Run, Indent(depth + 2))}");
            if (step.Env is { Count: > 0 } variables)
            {
                Put(depth + 1, "env:");
                foreach (var (name, value) in variables)
                {
                    Put(depth + 2, $"{name}: {YamlText.Scalar(value)}");
                }
            }

            if (step.Report is { } report)
            {
                Put(depth + 1, "report:");
                Put(depth + 2, $"{report.Kind}: {YamlText.Scalar(report.Glob)}");
            }
        }
    }

    private void Artifact(string path)
    {
        Put(0, "", "# The folder of that job's checkout that a release is made of.", "artifact:");
        Put(1, "from: build", $"path: {YamlText.Scalar(path)}");
    }

    private void Run(Detected detected)
    {
        Put(0, "", "run:");
        Said(1, detected.Command.Comment);
        Put(1, $"command: {YamlText.Scalar(detected.Command.Value)}");
        if (detected.Env.Count > 0)
        {
            Put(1, "env:");
            foreach (var (name, line) in detected.Env)
            {
                Said(2, line.Comment);
                Put(2, $"{name}: {YamlText.Scalar(line.Value)}");
            }
        }

        Put(1, "health:");
        Said(2, detected.HealthPath.Comment);
        Put(2, $"path: {YamlText.Scalar(detected.HealthPath.Value)}");
    }

    private void Rollout(Detected detected)
    {
        if (detected.TakesTraffic)
        {
            Put(0, "", "# Asked of healthy new instances before users' requests reach them. `contains` looks for a text as well.", "verify:");
            Put(1, "- name: smoke");
            Put(2, "http:");
            Said(3, detected.HealthPath.Comment is null ? null : "Guessed: as the health path.");
            Put(3, $"path: {YamlText.Scalar(detected.HealthPath.Value)}");
        }

        Put(0, "", "environments:");
        Comment(1, "Elsewhere one instance runs, and a new version takes over without steps.");
        Put(1, "prod:");
        Put(2, "run:");
        Comment(3, "Guessed: so that one may fail.");
        Put(3, "instances: 2");
        Put(2, "rollout:");
        if (!detected.TakesTraffic)
        {
            Comment(3, "No requests, so nothing to judge a canary by.");
            Put(3, "strategy: rolling");
            return;
        }

        Comment(3, "Guessed: short, to see it work: at most 3 minutes with traffic, such as that of `slipway load`. Real traffic wants minutes for each step.");
        Put(3, "strategy: canary", "steps:");
        Put(4, "- weight: 10", "- pause: 20s", "- weight: 50");
        Comment(4, "Judged from the canary's first request on; here it must also have had enough of them. Without traffic it pauses at the deadline.");
        Put(4, "- analyze: 20s");
        Put(4, "  deadline: 80s");
        Comment(3, "`latency` is judged too when it stands here.");
        Put(3, "checks: [errors]");
        Comment(3, "Judged for this long after it has all traffic, too; a failure takes it back.");
        Put(3, "watch: 30s");
        Comment(3, "The old version's instances stay this long, for a way back in seconds.");
        Put(3, "keepWarm: 10m");
    }

    private void Said(int depth, string? comment)
    {
        if (comment is not null)
        {
            Comment(depth, comment);
        }
    }

    private void Comment(int depth, string comment) => Put(depth, [.. YamlText.Comment(comment)]);

    private void Put(int depth, params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(line.Length == 0 ? "" : Indent(depth)).Append(line).Append('\n');
        }
    }

    private static string Indent(int depth) => new(' ', depth * 2);
}
