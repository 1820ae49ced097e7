using System.Text.Json;
using Slipway.Client.Traffic;
using static Slipway.Agent.Tests.Router.Configurations;

namespace Slipway.Agent.Tests.Router;

/// <summary>Marks, copies and sessions in the router's configuration: what is refused, and what peers that do not know them make of it.</summary>
public sealed class CheckingRules
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_fault_is_named_with_its_place()
    {
        await using var router = await RouterUnderTest.StartAsync();
        var lane = Lane(1, Set("v1", 100), Set("v2", 0) with { Version = "" });
        var refused = await router.RefusedAsync(Of(1, lane with
        {
            Marks =
            [
                Mark("v9", "body", ""), Mark("v2", "header", "X Try", "ü"), Mark("v1", "cookie", "a;b", "a", "b"), Mark("v1", "query", "\n", prefix: ""), Mark("v1", "header", new('x', 201), new('x', 1001)),
                Mark("v1", "header", "X-Try", " a"), Mark("v1", "query", "ok", "ü; ="), Mark("v1", "header", "X-Try", prefix: "a "),
            ],
            Mirror = new("v9", 101),
            Sticky = new(TimeSpan.Zero),
        }), 400);
        refused.Problems!.Select(p => p[..p.IndexOf(':')]).ShouldBe([
            "lanes[0].marks[0].versionSet", "lanes[0].marks[0].mark.part", "lanes[0].marks[0].mark.name", "lanes[0].marks[1].versionSet", "lanes[0].marks[1].mark.name", "lanes[0].marks[1].mark.is",
            "lanes[0].marks[2].mark.name", "lanes[0].marks[2].mark.prefix", "lanes[0].marks[3].mark.name", "lanes[0].marks[3].mark.prefix", "lanes[0].marks[4].mark.name", "lanes[0].marks[4].mark.is",
            "lanes[0].marks[5].mark.is", "lanes[0].mirror.versionSet", "lanes[0].mirror.percent", "lanes[0].sticky.maxAge"]);

        (await router.RefusedAsync(Of(1, lane with { Marks = [.. Enumerable.Repeat(Mark("v1", "query", "a"), 101)] }), 400)).Problems!.ShouldHaveSingleItem().ShouldStartWith("lanes[0].marks: 101");
        (await router.RefusedAsync(Of(1, lane with { Sticky = new(TimeSpan.FromDays(401)) }), 400)).Problems!.ShouldHaveSingleItem().ShouldStartWith("lanes[0].sticky.maxAge");
        const string Text = "{\"sequence\":1,\"lanes\":[{\"lane\":\"a/b\",\"generation\":1,\"host\":\"a\",\"versionSets\":[],\"requestTimeout\":\"00:00:30\",MORE}]}";
        foreach (var more in (string[])["\"marks\":[null]", "\"marks\":[{\"versionSet\":\"a\",\"mark\":null}]", "\"marks\":[{\"versionSet\":\"a\",\"mark\":{\"part\":\"query\",\"name\":null}}]", "\"mirror\":{\"percent\":1}", "\"sticky\":{\"maxAge\":\"soon\"}"])
        {
            var (status, body) = await router.AdminAsync(HttpMethod.Put, "/config", Text.Replace("MORE", more));
            status.ShouldBe(400, more);
            body.ShouldContain("invalidConfiguration");
        }
    }

    [Fact]
    public async Task A_change_of_marks_copies_or_sessions_alone_needs_a_new_generation()
    {
        await using var router = await RouterUnderTest.StartAsync();
        var before = Lane(1, Set("v1", 100), Set("v2", 0)) with { Marks = [Mark("v2", "query", "a"), Mark("v2", "query", "b")], Mirror = new("v2", 10), Sticky = new(TimeSpan.FromDays(1)) };
        await router.ApplyAsync(Of(1, before));
        foreach (var (after, what) in new[]
        {
            (before with { Marks = null }, "marks"), (before with { Marks = [.. before.Marks.Reverse()] }, "marks"), (before with { Marks = [Mark("v2", "query", "a"), Mark("v1", "query", "b")] }, "marks"),
            (before with { Mirror = null }, "copies"), (before with { Mirror = new("v2", 20) }, "copies"), (before with { Sticky = null }, "sessions"), (before with { Sticky = new(TimeSpan.FromDays(2)) }, "sessions"),
        })
        {
            (await router.RefusedAsync(Of(2, after), 400)).Problems!.ShouldHaveSingleItem().ShouldBe($"lanes[0].generation: the {what} of shop/prod change, so its generation must be another than 1.");
        }

        await router.ApplyAsync(Of(2, before with { Marks = [.. before.Marks], VersionSets = [Set("v1", 100, "http://127.0.0.1:1"), Set("v2", 0)] }));
        await router.ApplyAsync(Of(3, before with { Generation = 2, Sticky = null }));
    }

    [Fact]
    public async Task What_is_asked_for_is_read_back_and_still_there_after_a_restart()
    {
        await using var two = await RouterBackend.StartAsync("two");
        await using var first = await RouterUnderTest.StartAsync();
        var wanted = Of(1, Lane(1, Set("v1", 100), Set("v2", 0, two.Address)) with { Marks = [Mark("v2", "header", "X-Try", prefix: "n")], Mirror = new("v2", 10), Sticky = new(TimeSpan.FromDays(1)) });
        await first.ApplyAsync(wanted);
        await first.EndAsync();
        await using var second = await RouterUnderTest.StartAsync(first.Data);
        var (_, body) = await second.AdminAsync(HttpMethod.Get, "/config");
        body.ShouldBe(JsonSerializer.Serialize(wanted, RouterProtocolJson.Default.RouterConfiguration));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url) { Headers = { { "X-Try", "new" } } };
        using var answer = await second.Http.SendAsync(request, Cancel);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("two");
    }

    [Fact]
    public void A_lane_that_asks_for_nothing_but_weights_is_written_as_routers_before_it_read_it()
    {
        var text = JsonSerializer.Serialize(Of(1, Lane(1, Set("v1", 100))), RouterProtocolJson.Default.RouterConfiguration);
        using var document = JsonDocument.Parse(text);
        document.RootElement.GetProperty("lanes")[0].EnumerateObject().Select(p => p.Name).ShouldBe(["lane", "generation", "host", "port", "versionSets", "requestTimeout"]);
        var read = JsonSerializer.Deserialize(text, RouterProtocolJson.Default.RouterConfiguration)!.Lanes[0];
        (read.Marks, read.Mirror, read.Sticky).ShouldBe((null, null, null));
    }
}
