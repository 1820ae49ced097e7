using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Server.Api;

namespace Slipway.Server.Tests;

/// <summary>The board. Its rows are kept while nothing changes in them, so each change must be in the next look.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Each_change_of_a_row_is_in_the_next_look()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        (await RowAsync(running)).LatestVersion.ShouldBeNull();
        await ReleaseTests.UploadAsync(running, ReleaseTests.Archive(("run", "x")), "1.0.0", "service: shop\nrun: { command: ./run }\n").StatusAsync(201);
        (await RowAsync(running)).LatestVersion.ShouldBe("1.0.0");
        (await ProdAsync(running)).Holds.ShouldBeEmpty();

        var hold = await running.Admin.SendAsync("POST", "/api/v1/holds", """{"service":"shop","environment":"prod","why":"stocktaking"}""").JsonAsync(201);
        (await ProdAsync(running)).Holds.ShouldHaveSingleItem().Why.ShouldBe("stocktaking");
        (await ProdAsync(running)).Holds.ShouldHaveSingleItem().Why.ShouldBe("stocktaking");
        await running.Admin.SendAsync("DELETE", $"/api/v1/holds/{hold["id"]}").StatusAsync(204);
        (await ProdAsync(running)).Holds.ShouldBeEmpty();

        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop").StatusAsync(204);
        (await BoardAsync(running)).Services.ShouldBeEmpty();
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop","owner":"tills"}""").StatusAsync(201);
        (await RowAsync(running)).Owner.ShouldBe("tills");
    }

    [Fact]
    public async Task The_board_has_every_environment_in_order_and_where_the_ledger_stood()
    {
        await using var running = await ReleaseTests.WithServiceAsync();
        var board = await BoardAsync(running);
        board.Environments.Select(e => e.Name).ShouldBe(["dev", "prod"]);
        board.Services.ShouldHaveSingleItem().Lanes.Select(l => l.Environment).ShouldBe(["dev", "prod"]);
        var newest = (await running.Admin.SendAsync("GET", "/api/v1/ledger/entries").JsonAsync())["items"]!.AsArray().Max(e => (long)e!["index"]!);
        board.LedgerIndex.ShouldBeInRange(1, newest + 1);
        await running.Admin.SendAsync("GET", "/api/v1/status?service=shpo").ProblemAsync(404, "notFound");
        (await BoardAsync(running, "?service=shop")).Services.ShouldHaveSingleItem().Service.ShouldBe("shop");
    }

    private static async Task<StatusView> BoardAsync(RunningServer running, string query = "") =>
        JsonSerializer.Deserialize(await running.Admin.SendAsync("GET", $"/api/v1/status{query}").JsonAsync(), ApiJson.Of<StatusView>())!;

    private static async Task<ServiceStatusView> RowAsync(RunningServer running) => (await BoardAsync(running)).Services.ShouldHaveSingleItem();

    private static async Task<LaneView> ProdAsync(RunningServer running) => (await RowAsync(running)).Lanes.Single(l => l.Environment == "prod");
}
