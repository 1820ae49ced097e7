using System.Text.Json.Nodes;
using Slipway.Core.Access;

namespace Slipway.Server.Tests;

public sealed class EventTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_as_they_happen_and_resume_after_the_last_one_seen()
    {
        await using var running = await RunningServer.StartAsync();
        var start = await running.SettledHeadAsync();
        await using (var stream = await EventReader.OpenAsync(running.Admin, "/api/v1/events"))
        {
            await AddAsync(running, "one");
            var (id, entry) = await stream.NextAsync();
            id.ShouldBe(start + 1);
            entry["index"]!.GetValue<long>().ShouldBe(id);
            entry["service"]!.GetValue<string>().ShouldBe("one");
            entry["text"]!.GetValue<string>().ShouldBe("admin added the service one.");
        }

        await AddAsync(running, "two");
        await AddAsync(running, "three");
        await using var resumed = await EventReader.OpenAsync(running.Admin, "/api/v1/events", $"{start + 1}");
        (await resumed.NextAsync()).Entry["service"]!.GetValue<string>().ShouldBe("two");
        (await resumed.NextAsync()).Entry["service"]!.GetValue<string>().ShouldBe("three");
    }

    [Fact]
    public async Task The_ledger_is_verified_for_whoever_may_read_it()
    {
        await using var running = await RunningServer.StartAsync();
        await AddAsync(running, "one");
        var head = await running.SettledHeadAsync();
        var viewer = await running.AsAsync(Role.Viewer);

        var verified = await viewer.SendAsync("GET", "/api/v1/ledger/verification").JsonAsync();

        verified["entries"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(head);
        verified["root"]!.GetValue<string>().Length.ShouldBe(64);
        verified["wrong"].ShouldBeNull();
    }

    [Fact]
    public async Task A_stream_of_one_service_hears_nothing_else()
    {
        await using var running = await RunningServer.StartAsync();
        await using var stream = await EventReader.OpenAsync(running.Admin, "/api/v1/events?service=mine&after=0");
        await AddAsync(running, "other");
        await AddAsync(running, "mine");
        (await stream.NextAsync()).Entry["service"]!.GetValue<string>().ShouldBe("mine");
    }

    [Fact]
    public async Task More_than_a_page_of_old_events_comes_whole_and_in_order()
    {
        await using var running = await RunningServer.StartAsync();
        for (var i = 0; i < 250; i++)
        {
            await running.Store.AppendAsync(new Engine.Ports.Append { Facts = [new Core.Kernel.Fact("thing.happened", new Core.Kernel.FactSubject(), "slipway", [])] }, Cancel);
        }

        var head = await running.SettledHeadAsync();
        await using var stream = await EventReader.OpenAsync(running.Admin, "/api/v1/events?after=0");
        for (var index = 1L; index <= head; index++)
        {
            (await stream.NextAsync()).Id.ShouldBe(index);
        }
    }

    [Fact]
    public async Task Revoking_a_token_cuts_its_stream()
    {
        await using var running = await RunningServer.StartAsync();
        var viewer = await running.AsAsync(Role.Viewer, "vic");
        await using var stream = await EventReader.OpenAsync(viewer, "/api/v1/events");
        var id = (await viewer.SendAsync("GET", "/api/v1/tokens").JsonAsync())["items"]![0]!["id"]!.GetValue<string>();
        await running.Admin.SendAsync("DELETE", $"/api/v1/tokens/{id}").StatusAsync(204);
        await stream.EndsAsync();
    }

    [Fact]
    public async Task Stopping_the_server_ends_its_streams()
    {
        await using var running = await RunningServer.StartAsync();
        await using var stream = await EventReader.OpenAsync(running.Admin, "/api/v1/events");
        await running.Server.StopAsync(Cancel);
        await stream.EndsAsync();
    }

    [Fact]
    public async Task A_wrong_last_event_is_refused()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("GET", "/api/v1/events", null, ("Last-Event-ID", "yesterday")).ProblemAsync(400, "invalidLastEventId");
        await running.Anonymous.SendAsync("GET", "/api/v1/events").ProblemAsync(401, "notSignedIn");
    }

    private static Task AddAsync(RunningServer running, string name) => running.Admin.SendAsync("POST", "/api/v1/services", $$"""{"name":"{{name}}"}""").StatusAsync(201);

    private sealed class EventReader(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public static async Task<EventReader> OpenAsync(HttpClient client, string path, string? last = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            if (last is not null)
            {
                request.Headers.Add("Last-Event-ID", last);
            }

            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            response.EnsureSuccessStatusCode();
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(Cancel)));
        }

        public async Task<(long Id, JsonObject Entry)> NextAsync()
        {
            long id = 0;
            while (await LineAsync() is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    id = long.Parse(line[4..]);
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    return (id, JsonNode.Parse(line[6..])!.AsObject());
                }
            }

            throw new InvalidOperationException("The stream ended.");
        }

        public async Task EndsAsync()
        {
            try
            {
                while (await LineAsync() is not null)
                {
                }
            }
            catch (Exception cut) when (cut is IOException or HttpIOException)
            {
                // A connection that is cut is an end, too.
            }
        }

        public async ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            await Task.CompletedTask;
        }

        private Task<string?> LineAsync() => reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }
}
