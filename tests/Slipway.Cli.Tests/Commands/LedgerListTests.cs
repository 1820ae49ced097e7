using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class LedgerListTests
{
    private const int Head = 2500, PageSize = 1000;

    [Fact]
    public async Task The_newest_are_shown_in_order_and_the_way_to_the_others()
    {
        await using var server = await Serving(index => true);

        var run = await CliRun.Of(server, "ledger", "list");

        var lines = run.Out.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(1 + 50 + 1);
        lines[1].ShouldStartWith(" 2451  ");
        lines[50].ShouldStartWith(" 2500  ");
        lines[51].ShouldBe("There are older ones: --limit N shows more, --after 0 shows all.");
        (await CliRun.Of(server, "ledger", "list", "--limit", "2", "--after", "2499")).Out.Split('\n').Length.ShouldBe(1 + 1 + 1);
        server.Requests.ShouldAllBe(request => !request.Request.EndsWith("after=0&limit=1000"));
    }

    [Fact]
    public async Task They_are_found_however_far_back_they_lie()
    {
        await using var server = await Serving(index => index % 600 == 0);

        var run = await CliRun.Of(server, "ledger", "list", "--limit", "3");

        run.Out.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.TrimStart().Split(' ')[0]).ShouldBe(["1200", "1800", "2400", "There"]);
        (await CliRun.Of(server, "ledger", "list", "--limit", "4")).Out.ShouldNotContain("There are older ones");
    }

    [Theory]
    [InlineData("--json", 2500)]
    [InlineData("--after 0", 2500)]
    [InlineData("--json --limit 7", 7)]
    [InlineData("--after 2000 --json", 500)]
    public async Task Programs_get_all_unless_they_ask_for_fewer(string options, int entries)
    {
        await using var server = await Serving(index => true);

        var run = await CliRun.Of(server, ["ledger", "list", .. options.Split(' ')]);

        run.Out.Split("something happened").Length.ShouldBe(entries + 1);
    }

    /// <summary>A ledger with entries at the indexes given, that pages as a server does.</summary>
    private static async Task<FakeServer> Serving(Func<int, bool> has)
    {
        var server = await FakeServer.Start();
        server.On("GET /api/v1/status", ApiClientJson.Default.StatusView, Canned.Status() with { LedgerIndex = Head });
        server.OnAnyQuery("GET /api/v1/ledger/entries", ApiClientJson.Default.PageLedgerEntryView, query =>
        {
            var after = int.TryParse(query["after"], out var given) ? given : 0;
            var left = Enumerable.Range(after + 1, Head - after).Where(has).ToList();
            var items = left.Take(PageSize).Select(index => new LedgerEntryView { Index = index, At = Canned.Earlier, Type = "x", Actor = "admin", LeafHash = "00", Text = $"something happened at {index}" }).ToList();
            return new Page<LedgerEntryView> { Items = items, Next = left.Count > PageSize ? items[^1].Index.ToString() : null };
        });
        return server;
    }
}
