using Slipway.Core.Access;

namespace Slipway.Server.Tests;

public sealed class CatalogTests
{
    [Fact]
    public async Task A_service_is_added_shown_and_removed()
    {
        await using var running = await RunningServer.StartAsync();
        var added = await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop","owner":"team-web"}""").JsonAsync(201);
        added["createdBy"]!.GetValue<string>().ShouldBe("admin");
        added["createdAt"]!.GetValue<string>().ShouldEndWith("Z");
        (await running.Admin.SendAsync("GET", "/api/v1/services/shop").JsonAsync())["owner"]!.GetValue<string>().ShouldBe("team-web");
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").ProblemAsync(409, "alreadyExists");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop").StatusAsync(204);
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("GET", "/api/v1/services/shop").ProblemAsync(404, "notFound");
    }

    [Theory]
    [InlineData("Shop")]
    [InlineData("-shop")]
    [InlineData("shop--web")]
    [InlineData("../shop")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("shop\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_name_that_breaks_the_grammar_is_refused(string name)
    {
        await using var running = await RunningServer.StartAsync();
        var body = new System.Text.Json.Nodes.JsonObject { ["name"] = name }.ToJsonString();
        await running.Admin.SendAsync("POST", "/api/v1/services", body).ProblemAsync(400, "invalidName");
    }

    [Fact]
    public async Task A_repeat_under_the_same_key_is_answered_as_the_first_and_another_request_under_it_is_refused()
    {
        await using var running = await RunningServer.StartAsync();
        (string, string) key = ("Idempotency-Key", "6e1f");
        var first = await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""", key).JsonAsync(201);
        var before = (await running.SentencesAsync("service=shop", 1)).Count;
        var second = await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""", key).JsonAsync(201);
        second.ToJsonString().ShouldBe(first.ToJsonString());
        await running.SettledHeadAsync();
        (await running.SentencesAsync("service=shop", 1)).Count.ShouldBe(before);
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"other"}""", key).ProblemAsync(422, "idempotencyKeyReused");
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"x"}""", ("Idempotency-Key", new string('k', 201))).ProblemAsync(400, "invalidIdempotencyKey");

        // Keys belong to an identity: another one's is another key.
        var dora = await running.AsAsync(Role.Deployer, "dora");
        await dora.SendAsync("POST", "/api/v1/services", """{"name":"other"}""", key).StatusAsync(201);

        (string, string) removal = ("Idempotency-Key", "6e20");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop", null, removal).StatusAsync(204);
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop", null, removal).StatusAsync(204);
        (string, string) late = ("Idempotency-Key", "6e21");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop", null, late).ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("DELETE", "/api/v1/services/shop", null, late).ProblemAsync(404, "notFound");
    }

    [Fact]
    public async Task Lists_go_on_page_by_page()
    {
        await using var running = await RunningServer.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await running.Admin.SendAsync("POST", "/api/v1/services", $$"""{"name":"s{{i}}"}""").StatusAsync(201);
        }

        var names = new List<string>();
        string? after = null;
        do
        {
            var page = await running.Admin.SendAsync("GET", $"/api/v1/services?limit=2{(after is null ? "" : "&after=" + after)}").JsonAsync();
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(2);
            names.AddRange(page["items"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()));
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);
        names.ShouldBe(["s0", "s1", "s2", "s3", "s4"]);
    }

    [Fact]
    public async Task A_freeze_is_added_found_in_force_and_lifted()
    {
        await using var running = await RunningServer.StartAsync();
        var now = running.Time.GetUtcNow();
        var body = $$"""{"environment":"prod","from":"{{now.AddHours(-1):O}}","until":"{{now.AddHours(1):O}}","why":"quarter end"}""";
        var freeze = await running.Admin.SendAsync("POST", "/api/v1/freezes", body, ("Idempotency-Key", "f")).JsonAsync(201);
        freeze["state"]!.GetValue<string>().ShouldBe("active");
        var id = freeze["id"]!.GetValue<string>();
        (await running.Admin.SendAsync("POST", "/api/v1/freezes", body, ("Idempotency-Key", "f")).JsonAsync(201))["id"]!.GetValue<string>().ShouldBe(id);
        (await running.Admin.SendAsync("GET", "/api/v1/freezes?environment=prod").JsonAsync())["items"]!.AsArray().Count.ShouldBe(1);
        (await running.Admin.SendAsync("GET", "/api/v1/freezes?environment=dev").JsonAsync())["items"]!.AsArray().Count.ShouldBe(0);
        await (await running.AsAsync(Role.Deployer)).SendAsync("DELETE", $"/api/v1/freezes/{id}").ProblemAsync(403, "notAllowed");
        await running.Admin.SendAsync("DELETE", $"/api/v1/freezes/{id}?why=done").StatusAsync(204);
        await running.Admin.SendAsync("DELETE", $"/api/v1/freezes/{id}").ProblemAsync(404, "notFound");
        var texts = await running.SentencesAsync("environment=prod", 2);
        texts[0].ShouldStartWith("admin froze prod from ");
        texts[0].ShouldEndWith(": quarter end.");
        texts[1].ShouldBe("admin lifted the freeze of prod: done.");
    }

    [Fact]
    public async Task A_freeze_that_makes_no_sense_is_refused()
    {
        await using var running = await RunningServer.StartAsync();
        var now = running.Time.GetUtcNow();
        string Body(string environment, int from, int until, string why) => $$"""{"environment":"{{environment}}","from":"{{now.AddHours(from):O}}","until":"{{now.AddHours(until):O}}","why":"{{why}}"}""";
        (await running.Admin.SendAsync("POST", "/api/v1/freezes", Body("prdo", 0, 1, "x")).ProblemAsync(404, "notFound")).NextStep!.ShouldBe("Did you mean 'prod'?");
        await running.Admin.SendAsync("POST", "/api/v1/freezes", Body("prod", 2, 1, "x")).ProblemAsync(400, "invalidTimes");
        await running.Admin.SendAsync("POST", "/api/v1/freezes", Body("prod", -2, -1, "x")).ProblemAsync(400, "invalidTimes");
        await running.Admin.SendAsync("POST", "/api/v1/freezes", Body("prod", 0, 1, " ")).ProblemAsync(400, "whyMissing");
        await running.Admin.SendAsync("POST", "/api/v1/freezes", Body("prod", 0, 24 * 400, "x")).ProblemAsync(400, "invalidTimes");
    }
}
