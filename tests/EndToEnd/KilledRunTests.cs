using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>A server or an agent that is killed while a pipeline runs, and a repository that is away for a time.</summary>
public sealed class KilledRunTests
{
    private const string Service = "shop", Head = "service: shop\nrun: { command: \"true\" }\npipeline:\n  jobs:\n";

    [Fact]
    public async Task A_run_goes_on_while_the_server_is_down_and_its_repository_may_be_away_meanwhile()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        var repository = await Added(client, platform, Job("build", ""));
        await client.RunWhen(Service, "shop-run-1", run => run.Jobs[0].Steps is [{ State: RunStepStateView.Running }], "first step");

        platform.KillServer();
        Directory.Move(repository.Folder, repository.Folder + "-away");
        await platform.StartAgain();

        var run = await client.EndedRun(Service, "shop-run-1");
        run.State.ShouldBe(RunStateView.Succeeded, run.Told());
        run.Jobs.Single().Attempt.ShouldBe(1);
        var log = await client.Log(run.Id, "build");
        log.Split("it begins").Length.ShouldBe(2, log);
        log.ShouldContain("it ends");

        await Until.True(async () => (await client.Source(Service, cancel)).Away is not null, "the problem with the repository");
        Directory.Move(repository.Folder + "-away", repository.Folder);
        await repository.Commit("It is back", ("NEWS", "back"));
        (await client.EndedRun(Service, "shop-run-2")).State.ShouldBe(RunStateView.Succeeded);
        (await client.Source(Service, cancel)).Away.ShouldBeNull();
    }

    [Fact]
    public async Task What_an_agent_left_unknown_when_it_was_killed_is_said_to_be_and_only_a_job_that_may_is_run_again()
    {
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await Added(client, platform, Job("once", "") + Job("again", "retrySafe: true, "));
        await client.RunWhen(Service, "shop-run-1", run => run.Jobs.All(job => job.Steps is [{ State: RunStepStateView.Running }]), "steps' beginning");
        var agent = platform.AgentPid;

        Processes.Kill(agent);

        await Until.True(() => platform.AgentPid != agent, "another agent");
        var run = await client.EndedRun(Service, "shop-run-1");
        run.State.ShouldBe(RunStateView.Failed);
        var (once, again) = (run.Jobs.Single(job => job.Name == "once"), run.Jobs.Single(job => job.Name == "again"));
        (once.State, once.Outcome, once.Attempt).ShouldBe((JobStateView.Failed, JobOutcomeView.Unknown, 1));
        (again.State, again.Outcome, again.Attempt).ShouldBe((JobStateView.Succeeded, JobOutcomeView.Succeeded, 2));
        (await client.Log(run.Id, "once")).ShouldNotContain("it ends");

        // Nothing is left of either: no process, no workspace.
        var jobs = Path.Combine(platform.Data, "agent", "jobs");
        await Until.True(() => Directory.GetDirectories(jobs).Length == 0, "clean workspaces", context: () => string.Join(", ", Directory.GetDirectories(jobs)));
        Processes.Of(jobs).ShouldBeEmpty();
    }

    private static string Job(string name, string more) => $"    {name}: {{ network: false, {more}steps: [ {{ name: work, run: 'echo it begins; sleep 6; echo it ends' }} ] }}\n";

    private static async Task<Repository> Added(Slipway.Client.Http.SlipwayClient client, LocalPlatformProcess platform, string jobs)
    {
        var repository = await Repository.Make(Path.Combine(platform.Home, "repository"), Head + jobs);
        await client.AddService(new AddService { Name = Service, Source = new SetSource { Repository = repository.Folder } }, TestContext.Current.CancellationToken);
        return repository;
    }
}
