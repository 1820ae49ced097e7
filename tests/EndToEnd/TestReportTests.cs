using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>Tests over commits: from what a step writes to what people see, and to what a run comes to.</summary>
public sealed class TestReportTests
{
    private const string Definition = """
        service: storefront
        pipeline:
          jobs:
            check:
              network: false
              steps:
                - { name: unit, run: bash tests.sh, report: { junit: "out/*.xml", cobertura: "out/cov/*.xml" } }
        run: { command: sleep 1000, instances: 1 }
        """;

    // A file `fails` names the test that fails.
    private const string Script = """
        mkdir -p out/cov
        one() { if grep -qx "$1" fails; then echo "<testcase classname='Cart' name='$1'><failure message='no'>at cart:14</failure></testcase>"; else echo "<testcase classname='Cart' name='$1' time='0.25'/>"; fi; }
        { echo "<testsuite name='cart'>"; one adds; one sums; echo "</testsuite>"; } > out/t.xml
        echo "<coverage><packages><package name='cart'><classes><class filename='a'><lines><line number='1' hits='1'/><line number='2' hits='$(grep -c '' NEWS)'/></lines></class></classes></package></packages></coverage>" > out/cov/c.xml
        [ ! -s fails ]
        """;

    [Fact]
    public async Task A_test_that_fails_is_named_put_into_quarantine_forgiven_and_named_when_it_is_mended()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.In("repository"));
        await File.WriteAllTextAsync(folder.In("repository", "tests.sh"), Script, cancel);
        await File.WriteAllTextAsync(folder.In("repository", "fails"), "", cancel);
        await File.WriteAllTextAsync(folder.In("repository", "NEWS"), "", cancel);
        var repository = await Repository.Make(folder.In("repository"), Definition);
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await client.AddService(new AddService { Name = "storefront", Source = new SetSource { Repository = repository.Folder } }, cancel);

        (await client.EndedRun("storefront", "storefront-run-1")).State.ShouldBe(RunStateView.Succeeded);
        var good = await client.RunTests("storefront-run-1", cancel: cancel);
        (good.Passed, good.Failed, good.Coverage!.Covered, good.Coverage.Valid).ShouldBe((2, 0, 1, 2));

        await repository.Commit("Breaks sums", ("fails", "sums\n"));
        var failed = await client.EndedRun("storefront", "storefront-run-2");
        (failed.State, failed.Jobs[0].Outcome).ShouldBe((RunStateView.Failed, JobOutcomeView.TestsFailed));
        var sums = (await client.RunTests("storefront-run-2", "failed", cancel: cancel)).Items.ShouldHaveSingleItem();
        (sums.Name, sums.Standing, sums.Message, sums.Stack).ShouldBe(("Cart.sums", TestStandingView.NewlyFailing, "no", "at cart:14"));

        await client.QuarantineTest("storefront", new() { Name = "Cart.sums", Owner = "shop-team", Until = DateTimeOffset.UtcNow.AddDays(1), Why = "rounds" }, cancel);
        await repository.Commit("Says what is new", ("NEWS", "more\n"));
        var forgiven = await client.EndedRun("storefront", "storefront-run-3");
        forgiven.State.ShouldBe(RunStateView.Succeeded, forgiven.Told());
        forgiven.Jobs[0].Reason.ShouldBe("unit: 1 of 2 tests failed, all in quarantine (Cart.sums)");
        var view = await client.RunTests("storefront-run-3", cancel: cancel);
        (view.Failed, view.Quarantined, view.NewlyFailing).ShouldBe((1, 1, 0));
        (view.Items[0].Standing, view.Items[0].FailingSince, view.Items[0].Quarantined).ShouldBe((TestStandingView.StillFailing, "storefront-run-2", true));
        (view.Coverage!.Covered, view.Coverage.Before).ShouldBe((2, new CoverageBefore("storefront-run-2", 1, 2)));

        await repository.Commit("Mends sums", ("fails", ""));
        (await client.EndedRun("storefront", "storefront-run-4")).State.ShouldBe(RunStateView.Succeeded);
        (await client.RunTests("storefront-run-4", cancel: cancel)).Items.Single(t => t.Name == "Cart.sums").Standing.ShouldBe(TestStandingView.Fixed);
        var history = await client.ServiceTests("storefront", cancel: cancel);
        history.Items.Single(t => t.Name == "Cart.sums").History.ShouldBe([TestSquareView.Passed, TestSquareView.Failed, TestSquareView.Failed, TestSquareView.Passed]);
    }
}
