using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Slipway.Core.Access;
using Slipway.Engine.Ports;
using Slipway.Server.Access;

namespace Slipway.Server.Tests;

public sealed class ProblemTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unknown_paths_and_methods_are_problems()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("GET", "/api/v1/nothing-here").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("POST", "/api/nothing", "{}").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("GET", "/agent/v2/connect").ProblemAsync(404, "notFound");
        await running.Admin.SendAsync("GET", "/openapi/v2.json").StatusAsync(404);
        var method = await running.Admin.SendAsync("PUT", "/api/v1/services", "{}").ProblemAsync(405, "methodNotAllowed");
        method.NextStep!.ShouldContain("GET, POST");
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "body is missing")]
    [InlineData("null", "body is missing")]
    [InlineData("[]", "wrong type")]
    [InlineData("""{"name":5}""", "$.name: the value has the wrong type")]
    [InlineData("""{"name":null}""", "value must be there")]
    [InlineData("{}", "'name' missing")]
    [InlineData("""{"name":"a","nmae":"b"}""", "'nmae' is not known here")]
    [InlineData("""{"name":"a","name":"b"}""", "not valid JSON")]
    public async Task A_bad_body_is_told_with_its_place(string body, string says)
    {
        await using var running = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/services", UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await running.Admin.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(400, text);
        text.ShouldContain(says.Replace("'", "\\u0027", StringComparison.Ordinal));
        text.ShouldNotContain("Slipway.Client");
    }

    [Fact]
    public async Task A_wrong_type_is_told_with_line_and_column()
    {
        await using var running = await RunningServer.StartAsync();
        var problem = await running.Admin.SendAsync("POST", "/api/v1/services", "{\n  \"name\": 5\n}").ProblemAsync(400, "invalidJson");
        problem.Problems!.Single().Line.ShouldBe(2);
        problem.Problems!.Single().Message.ShouldContain("$.name");
    }

    [Fact]
    public async Task Bad_parameters_are_told_by_name()
    {
        await using var running = await RunningServer.StartAsync();
        (await running.Admin.SendAsync("GET", "/api/v1/ledger/entries?limit=many").ProblemAsync(400, "invalid")).Detail.ShouldBe("The parameter 'limit' cannot be 'many'.");
        await running.Admin.SendAsync("GET", "/api/v1/services?limit=0").ProblemAsync(400, "invalidLimit");
        await running.Admin.SendAsync("GET", "/api/v1/services?after=nobody").ProblemAsync(400, "invalidAfter");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_before_it_is_read()
    {
        await using var running = await RunningServer.StartAsync();
        var body = $$"""{"name":"{{new string('a', 1_100_000)}}"}""";
        await running.Admin.SendAsync("POST", "/api/v1/services", body).ProblemAsync(413, "tooLarge");
        await running.Admin.SendAsync("POST", "/api/v1/services", body, ("Idempotency-Key", "large")).ProblemAsync(413, "tooLarge");
        await running.Admin.SendAsync("GET", "/api/v1/services").StatusAsync(200);
    }

    [Fact]
    public async Task A_fault_shows_a_reference_and_nothing_of_the_inside()
    {
        await using var running = await RunningServer.StartAsync(moreRoutes: routes =>
            routes.MapGet("/api/v1/broken", string () => throw new InvalidOperationException("secret inside")).RequirePermission(Permission.Read));
        var problem = await running.Admin.SendAsync("GET", "/api/v1/broken").ProblemAsync(500, "fault");
        problem.Detail!.ShouldContain("reference");
        problem.Detail!.ShouldNotContain("secret inside");
    }

    [Fact]
    public async Task A_store_that_is_away_or_full_is_told_as_such_and_the_server_goes_on_after_it()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("GET", "/api/v1/services").StatusAsync(200);
        running.Store.Fault = () => new StoreUnavailableException("gone", retryable: true);
        using (var away = await running.Admin.SendAsync("GET", "/api/v1/services"))
        {
            ((int)away.StatusCode).ShouldBe(503);
            away.Headers.RetryAfter.ShouldNotBeNull();
        }

        await running.Anonymous.SendAsync("GET", "/readyz").StatusAsync(503);
        await running.Anonymous.SendAsync("GET", "/healthz").StatusAsync(200);
        running.Store.Fault = null;
        running.Store.WriteFault = () => new StoreUnavailableException("full", retryable: true) { Full = true };
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").ProblemAsync(507, "diskFull");
        var unseen = await running.AsAsyncWithFaultsOff(Role.Viewer);
        await unseen.SendAsync("GET", "/api/v1/services").StatusAsync(200);
        running.Store.WriteFault = null;
        await running.Admin.SendAsync("POST", "/api/v1/services", """{"name":"shop"}""").StatusAsync(201);
        await running.Anonymous.SendAsync("GET", "/readyz").StatusAsync(200);
    }

    [Fact]
    public async Task Every_answer_tells_the_browser_what_to_refuse()
    {
        await using var running = await RunningServer.StartAsync();
        foreach (var path in new[] { "/api/v1/services", "/nothing.js", "/", "/docs", "/api/v1/none" })
        {
            using var response = await running.Admin.SendAsync("GET", path);
            response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], path);
            response.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"], path);
            response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
            response.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_request_that_is_no_HTTP_harms_nobody()
    {
        await using var running = await RunningServer.StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", running.Server.Url.Port, Cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes("\0\u0001garbage\r\n\r\n"), Cancel);
        socket.Close();
        await running.Admin.SendAsync("GET", "/api/v1/services").StatusAsync(200);
    }

    [Fact]
    public async Task Metrics_and_doctor_say_what_there_is()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("GET", "/api/v1/nothing").StatusAsync(404);
        var metrics = await (await running.Admin.SendAsync("GET", "/metrics")).Content.ReadAsStringAsync(Cancel);
        metrics.ShouldContain("slipway_http_requests_total{status=\"4xx\"} 1\n");
        metrics.ShouldContain("slipway_ledger_head ");
        var lines = (await running.Admin.SendAsync("GET", "/api/v1/doctor").JsonAsync())["lines"]!.AsArray();
        var names = lines.Select(l => l!["name"]!.GetValue<string>()).ToList();
        names.ShouldBe(["program", "installation", "store", "processes", "data directory", "environments", "templates", "git", "agents"]);
        JsonNode Line(string name) => lines.Single(l => l!["name"]!.GetValue<string>() == name)!;
        Line("agents")["state"]!.GetValue<string>().ShouldBe("missing");
        Line("store")["detail"]!.GetValue<string>().ShouldMatch(@"^/.*slipway\.db, \d+\.\d kB, SQLite 3\.");
        Line("processes")["detail"]!.GetValue<string>().ShouldEndWith(", none set aside");
        Line("data directory")["detail"]!.GetValue<string>().ShouldMatch(@", \d+\.\d [MG]B free; artifacts up to 2\.1 GB are taken$");
    }

    [Fact]
    public async Task A_backup_goes_to_a_new_file_only()
    {
        await using var running = await RunningServer.StartAsync();
        var file = Path.Combine(running.Data, "backup.slipway");
        var body = $$"""{"file":"{{file}}"}""";
        var first = await running.Admin.SendAsync("POST", "/api/v1/backups", body, ("Idempotency-Key", "b")).JsonAsync(201);
        first["bytes"]!.GetValue<long>().ShouldBe(new FileInfo(file).Length);
        first["artifactsDirectory"]!.GetValue<string>().ShouldBe(Path.Combine(running.Data, "artifacts"));
        File.Exists(file).ShouldBeTrue();
        await running.Admin.SendAsync("POST", "/api/v1/backups", body, ("Idempotency-Key", "b")).StatusAsync(201);
        await running.Admin.SendAsync("POST", "/api/v1/backups", body).ProblemAsync(409, "alreadyExists");
        await running.Admin.SendAsync("POST", "/api/v1/backups", """{"file":"relative"}""").ProblemAsync(400, "invalidPath");
        await running.Admin.SendAsync("POST", "/api/v1/backups", """{"file":"/no/such/folder/x"}""").ProblemAsync(400, "invalidPath");
    }

    [Fact]
    public async Task The_description_for_reading_loads_nothing()
    {
        await using var running = await RunningServer.StartAsync();
        using var response = await running.Anonymous.SendAsync("GET", "/docs");
        var page = await response.Content.ReadAsStringAsync(Cancel);
        page.ShouldContain("/api/v1/services/{service}/releases");
        page.ShouldContain("id=\"PromotionView\"");
        page.ShouldNotContain("src=");
        page.ShouldNotContain("http://");
    }
}
