using System.Text;

namespace Slipway.Cli.Init;

/// <summary>Writes <c>slipway.yaml</c> for what was detected: every line that was guessed is marked as such.</summary>
internal sealed class DefinitionWriter
{
    private readonly StringBuilder text = new();

    private DefinitionWriter() { }

    /// <param name="service">Its name, valid.</param>
    /// <param name="nameComment">Where the name comes from; null: a person gave it.</param>
    public static string Text(Detected detected, string service, string? nameComment)
    {
        var writer = new DefinitionWriter();
        writer.Comment(0, $"How Slipway builds, runs and rolls out this service: {detected.Kind}. Written by `slipway init` from the files of the repository.");
        writer.Comment(0, "Lines marked \"Guessed\" want a look. `slipway validate` checks the file, `slipway docs slipway` prints every key that there is.");
        writer.Said(0, nameComment);
        writer.Put(0, $"service: {service}");
        writer.Pipeline(detected);
        writer.Run(detected);
        writer.Rollout(detected);
        return writer.text.ToString();
    }

    private void Pipeline(Detected detected)
    {
        Put(0, "", "pipeline:");
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
        foreach (var step in detected.Steps)
        {
            Said(4, step.Comment);
            Put(4, $"- name: {YamlText.Scalar(step.Name)}");
            Put(5, $"run: {YamlText.Block(step.Run, Indent(6))}");
            if (step.Env is { Count: > 0 } variables)
            {
                Put(5, "env:");
                foreach (var (name, value) in variables)
                {
                    Put(6, $"{name}: {YamlText.Scalar(value)}");
                }
            }

            if (step.Report is { } report)
            {
                Put(5, "report:");
                Put(6, $"{report.Kind}: {YamlText.Scalar(report.Glob)}");
            }
        }

        Put(0, "", "# The folder of that job's checkout that a release is made of.", "artifact:");
        Put(1, "from: build", $"path: {YamlText.Scalar(detected.Artifact)}");
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
