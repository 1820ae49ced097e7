using System.Text.RegularExpressions;
using Slipway.Core.Access;
using Slipway.Server.Web;

namespace Slipway.Server.Tests;

public sealed partial class SignInTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_signs_a_browser_in_once_and_its_cookie_is_strict()
    {
        await using var running = await RunningServer.StartAsync();
        var path = await LinkAsync(running, """{"page":"/rollouts/shop-prod-1"}""");
        var (status, cookie, body) = await OpenAsync(running, path);
        status.ShouldBe(200);
        body.ShouldContain("url=/rollouts/shop-prod-1");
        var attributes = cookie!.ToLowerInvariant();
        attributes.ShouldContain("httponly");
        attributes.ShouldContain("samesite=strict");
        attributes.ShouldContain("path=/");

        var pair = cookie.Split(';')[0];
        var who = await running.Anonymous.SendAsync("GET", "/api/v1/whoami", null, ("Cookie", pair)).JsonAsync();
        who["identity"]!.GetValue<string>().ShouldBe("admin");

        var (again, none, page) = await OpenAsync(running, path);
        again.ShouldBe(410);
        none.ShouldBeNull();
        page.ShouldContain("slipway open");
        page.ShouldContain("<style nonce=");
    }

    [Fact]
    public async Task A_link_ends_after_a_minute()
    {
        await using var running = await RunningServer.StartAsync();
        var path = await LinkAsync(running, "{}");
        running.Time.Advance(TimeSpan.FromSeconds(61));
        (await OpenAsync(running, path)).Status.ShouldBe(410);
    }

    [Fact]
    public async Task Two_browsers_with_one_link_get_one_session()
    {
        await using var running = await RunningServer.StartAsync();
        var path = await LinkAsync(running, "{}");
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(running, path)));
        opened.Count(o => o.Status == 200).ShouldBe(1);
    }

    [Fact]
    public async Task A_browsers_change_must_come_from_the_servers_own_page()
    {
        await using var running = await RunningServer.StartAsync();
        var cookie = await SessionAsync(running);
        const string Body = """{"name":"shop"}""";
        await running.Anonymous.SendAsync("POST", "/api/v1/services", Body, ("Cookie", cookie)).ProblemAsync(403, "foreignOrigin");
        await running.Anonymous.SendAsync("POST", "/api/v1/services", Body, ("Cookie", cookie), ("Origin", "http://evil.example")).ProblemAsync(403, "foreignOrigin");
        await running.Anonymous.SendAsync("POST", "/api/v1/services", Body, ("Cookie", cookie), ("Origin", "null")).ProblemAsync(403, "foreignOrigin");
        await running.Anonymous.SendAsync("POST", "/api/v1/services", Body, ("Cookie", cookie), ("Origin", "http://127.0.0.1:1")).ProblemAsync(403, "foreignOrigin");
        await running.Anonymous.SendAsync("POST", "/api/v1/services", Body, ("Cookie", cookie), ("Origin", Origin(running))).StatusAsync(201);
    }

    [Fact]
    public async Task A_forms_body_is_not_taken()
    {
        await using var running = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/services", UriKind.Relative)) { Content = new StringContent("""{"name":"shop"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("text/plain")) };
        await running.Admin.SendAsync(request, Cancel).ProblemAsync(415, "notJson");
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await using var running = await RunningServer.StartAsync();
        var cookie = await SessionAsync(running);
        await running.Anonymous.SendAsync("POST", "/api/v1/sign-out", null, ("Cookie", cookie), ("Origin", Origin(running))).StatusAsync(204);
        await running.Anonymous.SendAsync("GET", "/api/v1/whoami", null, ("Cookie", cookie)).ProblemAsync(401, "sessionOver");
    }

    [Fact]
    public async Task A_session_ends_with_the_token_that_began_it()
    {
        await using var running = await RunningServer.StartAsync();
        var client = await running.AsAsync(Role.Viewer, "vic");
        var path = (await client.SendAsync("POST", "/api/v1/sign-in-links", "{}").JsonAsync(201))["path"]!.GetValue<string>();
        var cookie = (await OpenAsync(running, path)).Cookie!.Split(';')[0];
        await running.Anonymous.SendAsync("GET", "/api/v1/whoami", null, ("Cookie", cookie)).StatusAsync(200);
        var id = (await client.SendAsync("GET", "/api/v1/tokens").JsonAsync())["items"]![0]!["id"]!.GetValue<string>();
        await client.SendAsync("DELETE", $"/api/v1/tokens/{id}").StatusAsync(204);
        await running.Anonymous.SendAsync("GET", "/api/v1/whoami", null, ("Cookie", cookie)).ProblemAsync(401, "sessionOver");
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/rollouts/1?tab=x", true)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("/a\nb", false)]
    [InlineData("", false)]
    public void A_page_to_land_on_is_a_path_of_this_server(string page, bool good) => SignIn.IsPage(page).ShouldBe(good);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/rollouts/shop-prod-1?tab=x", true)]
    [InlineData("/activity#12", true)]
    [InlineData("/rollouts", false)]
    [InlineData("/nonsense", false)]
    [InlineData("/services/a/b", false)]
    public void A_page_is_one_that_there_is(string page, bool there) => WebPages.Has(page).ShouldBe(there);

    [Fact]
    public async Task A_link_leads_to_no_page_that_there_is_not()
    {
        await using var running = await RunningServer.StartAsync();
        await running.Admin.SendAsync("POST", "/api/v1/sign-in-links", """{"page":"/nonsense"}""").ProblemAsync(400, "invalidPage");
    }

    [Fact]
    public void The_pages_are_those_of_the_web_app()
    {
        var routes = File.ReadAllText(Path.Combine(Checkout.Root, "web", "src", "shell", "routes.tsx"));
        var ofWeb = AppRoute().Matches(routes).Select(match => match.Groups[1].Value).Where(path => path is not ("/" or "*")).Select(path => "/" + path).ToList();
        ofWeb.ShouldNotBeEmpty();
        WebPages.Patterns.Except(["/", "/docs"]).ShouldBe(ofWeb, ignoreOrder: true);
    }

    [GeneratedRegex("path: '([^']+)'")]
    private static partial Regex AppRoute();

    private static string Origin(RunningServer running) => running.Server.Url.GetLeftPart(UriPartial.Authority);

    private static async Task<string> LinkAsync(RunningServer running, string body) =>
        (await running.Admin.SendAsync("POST", "/api/v1/sign-in-links", body).JsonAsync(201))["path"]!.GetValue<string>();

    private static async Task<string> SessionAsync(RunningServer running) => (await OpenAsync(running, await LinkAsync(running, "{}"))).Cookie!.Split(';')[0];

    private static async Task<(int Status, string? Cookie, string Body)> OpenAsync(RunningServer running, string path)
    {
        using var response = await running.Anonymous.SendAsync("GET", path);
        var cookie = response.Headers.TryGetValues("Set-Cookie", out var values) ? values.Single() : null;
        return ((int)response.StatusCode, cookie, await response.Content.ReadAsStringAsync(Cancel));
    }
}
