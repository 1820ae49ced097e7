using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>From a commit to prod.</summary>
public sealed class PipelineTests(Shop shop)
{
    private const string Definition = """
        service: storefront
        pipeline:
          jobs:
            check:
              network: false
              steps:
                - { name: look, run: test -f program/Storefront.dll }
                - { name: number, run: 'echo "number=$(git rev-list --count HEAD)" >> "$SLIPWAY_VALUES"' }
            build:
              needs: [check]
              network: false
              env: { NUMBER: { from: check, value: number } }
              steps:
                - { name: publish, run: 'mkdir -p out && cp -r program/. out/ && echo "built number $NUMBER"' }
              outputs: [out]
        artifact: { from: build, path: out }
        run: { command: dotnet Storefront.dll, instances: 1, health: { path: /healthz, interval: 200ms }, drain: 1s }
        """;

    [Fact]
    public async Task A_commit_makes_a_run_that_makes_a_release_that_runs_in_prod_and_the_next_commit_the_next()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.In("repository"));
        Directory.Move(shop.Build("1.0.0"), folder.In("repository", "program"));
        var repository = await Repository.Make(folder.In("repository"), Definition);
        repository.Tag("v1.0.0");

        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await client.AddService(new AddService { Name = Shop.Service, Source = new SetSource { Repository = repository.Folder } }, cancel);

        var first = await client.EndedRun(Shop.Service, "storefront-run-1");
        first.State.ShouldBe(RunStateView.Succeeded, first.Told());
        first.Release.ShouldBe("1.0.0");
        first.Jobs.Select(j => (j.Name, j.State)).ShouldBe([("check", JobStateView.Succeeded), ("build", JobStateView.Succeeded)]);
        (await client.Log(first.Id, "build")).ShouldContain("built number 1");
        (await client.Deliver("1.0.0")).State.ShouldBe(PromotionStateView.Succeeded);
        var journey = await client.ReleaseJourney(Shop.Service, "1.0.0", cancel);
        (journey.Run?.Id, journey.Run?.Author, journey.Release.Commit).ShouldBe((first.Id, first.Author, first.Commit));
        first.Author.ShouldNotBeNullOrEmpty();
        journey.Passages.ShouldHaveSingleItem().Rollout.ShouldNotBeNull().State.ShouldBeOneOf(RolloutStateView.Watching, RolloutStateView.Succeeded);

        await repository.Commit("A second version", ("NEWS", "better"));
        var second = await client.EndedRun(Shop.Service, "storefront-run-2");
        second.State.ShouldBe(RunStateView.Succeeded, second.Told());
        second.Subject.ShouldBe("A second version");
        second.Release.ShouldNotBe(first.Release);
    }
}
