using System.Diagnostics;
using Slipway.Agent.Jobs;
using Slipway.Client.Api;

namespace Slipway.Bench.Pipelines;

/// <summary>
/// What a pipeline costs beyond what its steps do: a hundred steps that do nothing, beside a bash script that runs the same hundred, each in the same sandbox; the time from a
/// job's place in the queue to its first line; and twenty jobs at once on one agent.
/// </summary>
public sealed class PipelineBenchmark : IBenchmark
{
    private const int Steps = 100, Rounds = 5, Starts = 21, AtOnce = 20, Sleep = 5;

    public string Name => "pipeline";
    public string Summary => "100 steps that do nothing beside a bash script of the same; queued to first output; 20 jobs at once on one agent";

    public async Task<Outcome> RunAsync(CancellationToken cancel)
    {
        await using var platform = await BenchPlatform.StartAsync(AtOnce, cancel);
        var (steps, script, shell) = await StepsAsync(platform, cancel);
        var (median, longest) = await StartsAsync(platform, cancel);
        var (together, took) = await TogetherAsync(platform, cancel);
        var ratio = new Figure("steps over the script", steps / script, "ratio");
        var start = new Figure("queued to first output, median", median, "ms");
        var jobs = new Figure("jobs at the same time", together, "jobs");
        return new Outcome(
            [
                new("100 steps", steps, "ms"), new("bash script, each in a sandbox of its own", script, "ms"), new("one step that starts 100 shells", shell, "ms"), ratio,
                start, new("queued to first output, longest", longest, "ms"), jobs, new($"{AtOnce} jobs of {Sleep} s, from the first's start to the last's end", took, "s"),
            ],
            [Goal.Most(ratio, 3), Goal.Most(start, 1000), Goal.Least(jobs, AtOnce)]);
    }

    private static async Task<(double Steps, double Script, double Shell)> StepsAsync(BenchPlatform platform, CancellationToken cancel)
    {
        var nothing = string.Concat(Enumerable.Range(1, Steps).Select(n => $"        - {{ name: step-{n}, run: 'true' }}\n"));
        var definition = BenchPlatform.Definition("steps", $"    many:\n      labels: {{ bench: 'yes' }}\n      network: false\n      steps:\n{nothing}"
            + $"    one:\n      needs: [many]\n      labels: {{ bench: 'yes' }}\n      network: false\n      steps:\n        - run: 'for n in $(seq {Steps}); do bash -euo pipefail -c true; done'\n");
        var repository = await BenchRepository.CreateAsync(Path.Combine(platform.Home, "steps"), definition, cancel);
        await platform.AddServiceAsync("steps", repository.Folder, cancel);
        List<double> many = [], one = [], bare = [];
        for (var round = 1; round <= Rounds; round++)
        {
            if (round > 1)
            {
                await platform.Client.StartRun("steps", new StartRun(), cancel);
            }

            var run = await platform.EndedAsync($"steps-run-{round}", cancel);
            many.Add(Took(run.Jobs[0]));
            one.Add(Took(run.Jobs[1]));
            bare.Add(await BareAsync(platform, cancel));
        }

        return (Median(many), Median(bare), Median(one));
    }

    /// <summary>A bash script that runs bubblewrap as the agent does, a hundred times.</summary>
    private static async Task<double> BareAsync(BenchPlatform platform, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(platform.Home, "bare")).FullName;
        var folders = new JobFolders(Folder("workspace"), Folder("home"), Folder("tmp"));
        var line = JobSandbox.CommandLine(folders, null, network: false, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, 3, ["bash", "-euo", "pipefail", "-c", "true"]);
        var watch = Stopwatch.StartNew();
        using var script = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"for n in $(seq {Steps}); do \"$@\" 3>status; done", "script", .. line]) { WorkingDirectory = folder })!;
        await script.WaitForExitAsync(cancel);
        return script.ExitCode == 0 ? watch.Elapsed.TotalMilliseconds : throw new InvalidOperationException("The script failed.");

        string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
    }

    private static async Task<(double Median, double Longest)> StartsAsync(BenchPlatform platform, CancellationToken cancel)
    {
        var definition = BenchPlatform.Definition("starts", "    hello:\n      labels: { bench: 'yes' }\n      network: false\n      steps:\n        - run: echo hello\n");
        var repository = await BenchRepository.CreateAsync(Path.Combine(platform.Home, "starts"), definition, cancel);
        await platform.AddServiceAsync("starts", repository.Folder, cancel);
        var waits = new List<double>();
        for (var round = 1; round <= Starts + 1; round++)
        {
            if (round > 1)
            {
                await platform.Client.StartRun("starts", new StartRun(), cancel);
            }

            var run = await platform.EndedAsync($"starts-run-{round}", cancel);
            var first = await platform.FirstLineAsync(run.Id, "hello", cancel);
            if (round > 1)
            {
                // The first one fetched the repository.
                waits.Add((first * 1000) - run.Jobs[0].QueuedAt!.Value.ToUnixTimeMilliseconds());
            }
        }

        return (Median(waits), waits.Max());
    }

    private static async Task<(double AtOnce, double Took)> TogetherAsync(BenchPlatform platform, CancellationToken cancel)
    {
        var definition = BenchPlatform.Definition("together", $"    wait:\n      labels: {{ bench: 'yes' }}\n      network: false\n      matrix: {{ n: [{string.Join(", ", Enumerable.Range(1, AtOnce))}] }}\n      steps:\n        - run: sleep {Sleep}\n");
        var repository = await BenchRepository.CreateAsync(Path.Combine(platform.Home, "together"), definition, cancel);
        await platform.AddServiceAsync("together", repository.Folder, cancel);
        var steps = (await platform.EndedAsync("together-run-1", cancel)).Jobs.Select(job => job.Steps[0]).ToList();
        var most = steps.Max(step => steps.Count(other => other.StartedAt <= step.StartedAt && other.EndedAt > step.StartedAt));
        return (most, (steps.Max(step => step.EndedAt)! - steps.Min(step => step.StartedAt)!).Value.TotalSeconds);
    }

    private static double Took(RunJobView job) => (job.Steps[^1].EndedAt!.Value - job.Steps[0].StartedAt!.Value).TotalMilliseconds;

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
