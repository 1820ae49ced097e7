using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Run;

internal static class Logs
{
    /// <summary>More at a time are more than anybody reads.</summary>
    private const int MostFollowed = 50;

    public static Command From(CommandContext context)
    {
        var id = Common.Id("run");
        var job = new Argument<string?>("JOB") { Description = "One job alone", Arity = ArgumentArity.ZeroOrOne };
        var jobOption = new Option<string?>("--job") { HelpName = "JOB", Description = "As JOB behind the id" };
        var attempt = new Option<int?>("--attempt") { HelpName = "N", Description = "An earlier attempt (default: the last)", CustomParser = Attempt };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as more comes, up to the end" };
        var grep = new Option<string?>("--grep") { HelpName = "TEXT", Description = "Only lines with this text, whatever its case" };
        var times = new Option<bool>("--times") { Description = "Each line with its time, in UTC" };
        return new CliCommand(context, "logs", "Print what a run's steps wrote", "slipway run logs storefront-run-7 build", "slipway run logs storefront-run-7 --follow", "slipway run logs storefront-run-7 --grep error")
            .Taking(id, job, jobOption, attempt, follow, grep, times).Runs(async run =>
            {
                var view = await run.Client.Run(run.Get(id), run.Cancel);
                var named = run.Get(job) ?? run.Get(jobOption);
                IReadOnlyList<RunJobView> jobs = named is null ? view.Jobs
                    : [view.Jobs.FirstOrDefault(each => each.Name == named) ?? throw new CliException(ExitCodes.NotFound, $"{view.Id} has no job '{named}'.", $"Its jobs: {string.Join(", ", view.Jobs.Select(each => each.Name))}.")];
                if (jobs.Count > 1 && run.Get(attempt) is not null)
                {
                    throw CliException.Usage("--attempt is one job's, and the run has several.", $"slipway run logs {view.Id} {jobs[0].Name} --attempt {run.Get(attempt)}");
                }

                var reader = new LogReader(run, view, new(run.Get(grep), run.Get(times)));
                if (!run.Get(follow))
                {
                    foreach (var each in jobs)
                    {
                        await reader.Print(each, run.Get(attempt), jobs.Count == 1);
                    }

                    return;
                }

                if (jobs.Count > MostFollowed)
                {
                    throw CliException.Usage($"{view.Id} has {jobs.Count} jobs; {MostFollowed} can be followed at a time.", $"slipway run logs {view.Id} {jobs[0].Name} --follow");
                }

                await Task.WhenAll(jobs.Select(each => reader.Follow(each, run.Get(attempt), jobs.Count == 1)));
            });
    }

    private static int? Attempt(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return number;
        }

        result.AddError($"--attempt: '{text}' is not a number from 1 on; `slipway run show` says how many attempts a job has had.");
        return null;
    }
}
