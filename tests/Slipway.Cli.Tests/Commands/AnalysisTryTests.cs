using System.Text.Json.Nodes;

namespace Slipway.Cli.Tests.Commands;

public sealed class AnalysisTryTests
{
    private const string Header = "second,canaryRequests,canaryBad,stableRequests,stableBad\n";

    [Fact]
    public async Task A_bad_canary_fails_as_soon_as_it_is_certain()
    {
        using var folder = new TemporaryFolder();
        folder.File("counts.csv", Header + string.Concat(Enumerable.Range(1, 60).Select(second => $"{second},10,2,190,0\n")));

        var run = await CliRun.Of(["analysis", "try", "counts.csv", "--json"], directory: folder.Path);

        run.ExitCode.ShouldBe(0);
        var answer = JsonNode.Parse(run.Out)!;
        answer["verdict"]!.GetValue<string>().ShouldBe("failed");
        answer["decidedAtSecond"]!.GetValue<long>().ShouldBeLessThan(20);
        answer["ratioLow"]!.GetValue<double>().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task No_requests_are_inconclusive()
    {
        using var folder = new TemporaryFolder();
        folder.File("counts.csv", Header + "1,0,0,0,0\n2,0,0,0,0\n");

        (await CliRun.Of(["analysis", "try", "counts.csv"], directory: folder.Path)).Out.ShouldStartWith("inconclusive: ");
    }

    [Fact]
    public async Task A_file_that_is_not_valid_is_told_with_every_place()
    {
        using var folder = new TemporaryFolder();
        folder.File("counts.csv", Header + "1,10,20,10,0\n1,x,0,0,0\n");

        var run = await CliRun.Of(["analysis", "try", "counts.csv"], directory: folder.Path);

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("counts.csv:2:");
        run.Error.ShouldContain("counts.csv:3:");
    }
}
