using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Client.Tests.Http;

public sealed class SlipwayClientTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly PromotionView Promotion = new()
    {
        Id = "p-1", Service = "shop", Environment = "prod", Version = "1.2.0", Kind = PromotionKindView.Promotion, State = PromotionStateView.RollingOut,
        RequestedBy = "admin", RequestedAt = DateTimeOffset.UnixEpoch, Gates = [], Approvals = [], InputsHash = "ab", Actions = ["cancel"],
    };

    [Fact]
    public async Task An_answer_is_read_and_the_token_is_sent()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/promotions/p-1", ApiClientJson.Default.PromotionView, Promotion);
        using var client = server.Client();

        var promotion = await client.Promotion("p-1", Cancel);

        promotion.State.ShouldBe(PromotionStateView.RollingOut);
        server.Requests.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer slp_test");
    }

    [Fact]
    public async Task Names_are_escaped_in_paths_and_queries()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/instances?service=a%20b&limit=5", ApiClientJson.Default.PageInstanceView, new Page<InstanceView> { Items = [] });
        server.On("GET /api/v1/services/..%2Fsecrets", ApiClientJson.Default.ServiceView, new ServiceView { Name = "x", CreatedAt = default, CreatedBy = "x", Releases = 0 });
        using var client = server.Client();

        (await client.Instances("a b", limit: 5, cancel: Cancel)).Items.ShouldBeEmpty();
        (await client.Service("../secrets", Cancel)).Name.ShouldBe("x");
    }

    [Fact]
    public async Task A_refusal_carries_the_problem_document()
    {
        await using var server = await FakeServer.Start();
        server.Refuse("GET /api/v1/services/nope", 404, "notFound", "There is no service 'nope'.", "slipway service list");
        using var client = server.Client();

        var refusal = await Should.ThrowAsync<SlipwayApiException>(() => client.Service("nope", Cancel));

        refusal.Status.ShouldBe(HttpStatusCode.NotFound);
        refusal.Problem.Code.ShouldBe("notFound");
        refusal.Problem.NextStep.ShouldBe("slipway service list");
    }

    [Fact]
    public async Task A_refusal_without_a_document_says_what_was_answered()
    {
        await using var server = await FakeServer.Start();
        using var client = server.Client();

        var refusal = await Should.ThrowAsync<SlipwayApiException>(() => client.Service("x", Cancel));

        refusal.Message.ShouldContain("418");
        refusal.Message.ShouldContain("/api/v1/services/x");
    }

    [Fact]
    public async Task A_page_that_is_no_API_answer_is_not_taken_for_one()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/whoami", context => context.Response.WriteAsync("<html>hello</html>"));
        using var client = server.Client();

        (await Should.ThrowAsync<ServerUnreachableException>(() => client.WhoAmI(Cancel))).ShouldSatisfyAllConditions(e => e.Reason.ShouldStartWith("the answer is not one of this API's"), e => e.IsOther.ShouldBeTrue());
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"flying\"")]
    public async Task A_state_that_is_not_one_of_the_words_is_refused(string state)
    {
        await using var server = await FakeServer.Start();
        var text = System.Text.Json.JsonSerializer.Serialize(Promotion, ApiClientJson.Default.PromotionView).Replace("\"rollingOut\"", state);
        server.On("GET /api/v1/promotions/p-1", context => context.Response.WriteAsync(text));
        using var client = server.Client();

        await Should.ThrowAsync<ServerUnreachableException>(() => client.Promotion("p-1", Cancel));
    }

    [Fact]
    public async Task Where_nothing_listens_the_reason_says_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        using var client = new SlipwayClient(new() { Server = new Uri($"http://127.0.0.1:{port}"), RetryAfter = [TimeSpan.FromMilliseconds(1)] });

        (await Should.ThrowAsync<ServerUnreachableException>(() => client.WhoAmI(Cancel))).Reason.ShouldBe("nothing listens there");
    }

    [Fact]
    public async Task A_change_whose_connection_breaks_is_tried_again_with_the_same_key()
    {
        await using var server = await FakeServer.Start();
        var tries = 0;
        server.On("POST /api/v1/promotions", context =>
        {
            if (++tries < 3)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return context.Response.WriteAsJsonAsync(Promotion, ApiClientJson.Default.PromotionView);
        });
        using var client = server.Client();

        (await client.StartPromotion(new() { Service = "shop", Environment = "prod" }, Cancel)).Id.ShouldBe("p-1");
        await client.StartPromotion(new() { Service = "shop", Environment = "prod" }, Cancel);

        var keys = server.Requests.Select(request => request.IdempotencyKey).ToList();
        keys.Count.ShouldBe(4);
        keys[0].ShouldNotBeNullOrEmpty();
        keys[1].ShouldBe(keys[0]);
        keys[2].ShouldBe(keys[0]);
        keys[3].ShouldNotBe(keys[0]);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_is_unreachable()
    {
        await using var server = await FakeServer.Start();
        server.On("GET /api/v1/whoami", context => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        using var client = new SlipwayClient(new() { Server = server.Url, RequestTimeout = TimeSpan.FromMilliseconds(200) });

        (await Should.ThrowAsync<ServerUnreachableException>(() => client.WhoAmI(Cancel))).Reason.ShouldContain("no answer within");
    }

    [Fact]
    public async Task An_upload_is_streamed_with_its_fields_and_tells_its_progress()
    {
        await using var server = await FakeServer.Start();
        IFormCollection? form = null;
        byte[] received = [];
        server.On("POST /api/v1/services/shop/releases", async context =>
        {
            form = await context.Request.ReadFormAsync();
            var memory = new MemoryStream();
            await form.Files.ShouldHaveSingleItem().CopyToAsync(memory);
            received = memory.ToArray();
            await context.Response.WriteAsJsonAsync(new CreateReleaseAnswer { Release = Release, Created = true, Promotions = ["p-9"] }, ApiClientJson.Default.CreateReleaseAnswer);
        });
        using var client = server.Client();
        var bytes = new byte[300_000];
        Array.Fill(bytes, (byte)7);
        var told = new List<(long Sent, long Total)>();

        var answer = await client.CreateRelease("shop", new ReleaseUpload
        {
            Version = "1.2.0", Definition = "service: shöp\n", DefinitionFile = "slipway.yaml", OpenArtifact = () => new MemoryStream(bytes), Progress = (sent, total) => told.Add((sent, total)),
        }, Cancel);

        answer.Promotions.ShouldBe(["p-9"]);
        form!["version"].ShouldBe(new StringValues("1.2.0"));
        form["definition"].ShouldBe(new StringValues("service: shöp\n"));
        form.ContainsKey("commit").ShouldBeFalse();
        form.Files[0].Name.ShouldBe("artifact");
        received.ShouldBe(bytes);
        told.Count.ShouldBeGreaterThan(1);
        told[^1].ShouldBe((300_000, 300_000));
    }

    [Fact]
    public async Task A_refused_upload_does_not_send_its_bytes()
    {
        await using var server = await FakeServer.Start();
        server.Refuse("POST /api/v1/services/nope/releases", 404, "notFound", "There is no service 'nope'.");
        using var client = server.Client();
        long told = 0;

        await Should.ThrowAsync<SlipwayApiException>(() => client.CreateRelease(
            "nope", new ReleaseUpload { Version = "1", OpenArtifact = () => new MemoryStream(new byte[50_000_000]), Progress = (sent, _) => told = sent }, Cancel));

        told.ShouldBe(0);
    }

    [Fact]
    public async Task Events_come_once_each_and_go_on_after_a_broken_connection()
    {
        await using var server = await FakeServer.Start();
        var asked = new List<long>();
        using var read = new SemaphoreSlim(0);
        server.On("GET /api/v1/events?service=shop", async context =>
        {
            var after = long.Parse(context.Request.Headers["Last-Event-ID"].ToString());
            asked.Add(after);
            context.Response.ContentType = "text/event-stream";
            // Repeats the entry that the client has, as a server may.
            foreach (var index in (long[])[after, after + 1])
            {
                var json = System.Text.Json.JsonSerializer.Serialize(Entry(index), ApiClientJson.Default.LedgerEntryView);
                await context.Response.WriteAsync($": keep-alive\n\nid: {index}\ndata: {json}\n\n");
                await context.Response.Body.FlushAsync();
            }

            // Breaks off in the middle of the next event, once the client has this one: an abort throws away what is still on its way.
            await context.Response.WriteAsync("data: {");
            await context.Response.Body.FlushAsync();
            await read.WaitAsync(context.RequestAborted);
            context.Abort();
        });
        using var client = server.Client();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));

        var seen = new List<long>();
        await foreach (var entry in client.Events(new("shop"), 4, bound.Token))
        {
            seen.Add(entry.Index);
            read.Release();
            if (seen.Count == 3)
            {
                break;
            }
        }

        seen.ShouldBe([5, 6, 7]);
        asked[0].ShouldBe(4);
        asked.ShouldContain(5);
        asked.ShouldContain(6);
    }

    [Fact]
    public async Task A_silent_event_stream_is_opened_again()
    {
        await using var server = await FakeServer.Start();
        var connections = 0;
        server.On("GET /api/v1/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            if (++connections == 2)
            {
                var json = System.Text.Json.JsonSerializer.Serialize(Entry(1), ApiClientJson.Default.LedgerEntryView);
                await context.Response.WriteAsync($"id: 1\ndata: {json}\n\n");
            }

            await context.Response.Body.FlushAsync();
            await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new SlipwayClient(new() { Server = server.Url, EventSilence = TimeSpan.FromMilliseconds(200) });
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));

        await foreach (var entry in client.Events(new(), 0, bound.Token))
        {
            entry.Index.ShouldBe(1);
            break;
        }

        connections.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_refused_event_stream_throws_instead_of_trying_for_ever()
    {
        await using var server = await FakeServer.Start();
        server.Refuse("GET /api/v1/events", 403, "notAllowed", "No.");
        using var client = server.Client();

        await Should.ThrowAsync<SlipwayApiException>(async () =>
        {
            await foreach (var _ in client.Events(new(), cancel: Cancel))
            {
            }
        });
    }

    private static readonly ReleaseView Release = new()
    {
        Service = "shop", Version = "1.2.0", ArtifactDigest = "sha256:00", ArtifactBytes = 1, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "admin", RunsIn = [],
    };

    private static LedgerEntryView Entry(long index) => new()
    {
        Index = index, At = DateTimeOffset.UnixEpoch, Type = "promotionRequested", Actor = "admin", LeafHash = "00", Text = $"Entry {index}",
    };
}
