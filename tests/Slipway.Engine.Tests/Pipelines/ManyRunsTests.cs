using Slipway.Core.Pipelines;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>Ten thousand runs that wait, of fifty services: memory stays within a bound, and nobody waits for another service's runs.</summary>
public sealed class ManyRunsTests
{
    private const int Services = 50, RunsOfEach = 200, Places = 5, RoundsWatched = 10;
    private const long MostBytes = 64L * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Ten_thousand_runs_wait_in_bounded_memory_and_services_take_turns()
    {
        await using var world = await PipelineWorld.OpenAsync(RunConcurrency.Queue);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Longest);
        for (var service = 0; service < Services; service++)
        {
            await world.FollowAsync(Name(service));
            await world.SendAsync(Name(service), [.. Enumerable.Range(1, RunsOfEach).Select(n => new RunAsked(PipelineWorld.Commit(n), PipelineWorld.Ada, null))]);
        }

        await world.SettleAsync().WaitAsync(late.Token);
        for (var service = 0; service < Services; service++)
        {
            var source = await world.SourceAsync(Name(service));
            source.Active.ShouldBe(RunName(service, 1));
            source.Waiting.Select(w => w.Run).ShouldBe(Enumerable.Range(2, RunsOfEach - 1).Select(n => RunName(service, n)));
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(MostBytes);
        world.Connect(Places);
        List<(string Service, int Run)> begun = [];
        while (begun.Count < RoundsWatched * Services)
        {
            await world.SettleAsync().WaitAsync(late.Token);
            var given = await world.AtAgentAsync();
            given.Count.ShouldBe(Places, "no place stays empty while somebody waits");
            begun.AddRange(given.Select(plan => plan.Run.Split("-run-")).Select(parts => (parts[0], int.Parse(parts[1]))));
            await world.ReportAsync([.. given.Select(plan => (plan, (JobOutcome?)JobOutcome.Succeeded))]);
        }

        foreach (var (round, number) in begun.Chunk(Services).Select((runs, n) => (runs, n + 1)))
        {
            round.Select(run => run.Service).Distinct().Count().ShouldBe(Services, $"each service has its turn in round {number}");
            round.ShouldAllBe(run => run.Run == number, "the runs of a service go in the order in which they were asked for");
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(MostBytes);
    }

    [Fact]
    public async Task Where_the_newest_wins_only_the_newest_push_of_each_service_waits()
    {
        const int Pushes = 20;
        await using var world = await PipelineWorld.OpenAsync(RunConcurrency.NewestWins);
        for (var service = 0; service < Services; service++)
        {
            await world.FollowAsync(Name(service));
        }

        for (var push = 1; push <= Pushes; push++)
        {
            for (var service = 0; service < Services; service++)
            {
                await world.SendAsync(Name(service), new HeadSeen(PipelineWorld.Commit(push)));
            }

            await world.SettleAsync();
        }

        for (var service = 0; service < Services; service++)
        {
            var source = await world.SourceAsync(Name(service));
            source.Active.ShouldBe(RunName(service, 1), "what has begun is not taken away");
            source.Waiting.ShouldHaveSingleItem().Run.ShouldBe(RunName(service, Pushes));
            (await world.RunAsync(RunName(service, Pushes - 1))).Phase.ShouldBe(RunPhase.Cancelled);
        }
    }

    private static string Name(int service) => $"s{service:00}";

    private static string RunName(int service, int number) => SourceFlow.RunName(Name(service), number);
}
