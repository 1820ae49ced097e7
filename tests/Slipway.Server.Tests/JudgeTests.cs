using System.Text.Json.Nodes;
using Slipway.Engine.Ports;

namespace Slipway.Server.Tests;

public sealed class JudgeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_found_is_told_by_environment_and_nothing_of_a_service_that_is_not_there()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("GET", "/api/v1/services/shop/judge").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").JsonAsync(201);
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop/judge").JsonAsync())["environments"]!.AsArray().ShouldBeEmpty();

        // As it is kept, and of another service whose name begins alike.
        var kept = """
            {"secondsWatched":9000,"windows":2,"brokenOff":1,"alarms":1,"falseAlarmRate":0.02,"dispersion":1.5,"lastAlarms":[
              {"at":"2026-01-01T12:00:00+00:00","version":"1.0","firstUnits":100,"firstBad":9,"secondUnits":90,"secondBad":1,"words":"so it was"}]}
            """;
        (await running.Store.AppendAsync(new Append { Documents = [new("selfWatch", "shop/prod", JsonNode.Parse(kept)), new("selfWatch", "shop-two/dev", JsonNode.Parse(kept))] }, Cancel)).Done.ShouldBeTrue();

        var lane = (await running.Admin.SendAsync("GET", "/api/v1/services/shop/judge").JsonAsync())["environments"]!.AsArray().ShouldHaveSingleItem()!;
        lane["environment"]!.GetValue<string>().ShouldBe("prod");
        lane["hours"]!.GetValue<double>().ShouldBe(2.5);
        lane["alarmsPerHour"]!.GetValue<double>().ShouldBe(0.4);
        lane["promised"]!.GetValue<string>().ShouldBe("at most 1 in 50 per rollout");
        (lane["windows"]!.GetValue<long>(), lane["brokenOff"]!.GetValue<long>(), lane["alarms"]!.GetValue<long>()).ShouldBe((2, 1, 1));
        var alarm = lane["lastAlarms"]!.AsArray().ShouldHaveSingleItem()!;
        lane["worker"]!.GetValue<bool>().ShouldBeFalse();
        (alarm["at"]!.GetValue<string>(), alarm["firstBad"]!.GetValue<long>(), alarm["text"]!.GetValue<string>()).ShouldBe(("2026-01-01T12:00:00Z", 9, "so it was"));
    }
}
