using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Environments;
using Slipway.Core.Rollouts;
using Slipway.Engine.Environments;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Rollouts;

public sealed class HookCallerTests : IDisposable
{
    private readonly Endpoint _endpoint = new();
    private readonly HttpClient _http;
    private readonly Platform _platform = new(new PlatformDefinition { Environments = [], HookOrigins = ["https://ci.example.com", "http://ci.example.com:8080"] });

    public HookCallerTests() => _http = new HttpClient(_endpoint) { Timeout = Timeout.InfiniteTimeSpan };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"decision":"go"}""", HookDecision.Go, "it said go")]
    [InlineData("""{"decision":"go","reason":"all is well","more":[1]}""", HookDecision.Go, "all is well")]
    [InlineData("""{"decision":"wait","reason":"the window opens at noon"}""", HookDecision.Wait, "the window opens at noon")]
    [InlineData("""{"decision":"stop","reason":"a\u0007 freeze\nis on"}""", HookDecision.Stop, "a  freeze is on")]
    [InlineData("""{"decision":"GO"}""", HookDecision.Failed, "ci.example.com answered the decision 'GO', which is none of 'go', 'wait' and 'stop'")]
    [InlineData("""{"decision":true}""", HookDecision.Failed, "ci.example.com answered without a decision: 'go', 'wait' or 'stop'")]
    [InlineData("""{"go":true}""", HookDecision.Failed, "ci.example.com answered without a decision: 'go', 'wait' or 'stop'")]
    [InlineData("\"go\"", HookDecision.Failed, "ci.example.com answered without a decision: 'go', 'wait' or 'stop'")]
    [InlineData("<html>go</html>", HookDecision.Failed, "ci.example.com answered no JSON: '<html>go</html>'")]
    [InlineData("", HookDecision.Failed, "ci.example.com answered no JSON: ''")]
    [InlineData("go", HookDecision.Failed, "ci.example.com answered no JSON: 'go'")]
    public async Task Only_a_plain_decision_is_one(string body, HookDecision decision, string reason)
    {
        _endpoint.Answer = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) };
        (await AskAsync("https://ci.example.com/ask?team=web")).ShouldBe(new HookAnswered("one", decision, reason));
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Another_status_is_no_go_whatever_the_body_says(HttpStatusCode status)
    {
        _endpoint.Answer = () => new HttpResponseMessage(status) { Content = new StringContent("""{"decision":"go"}"""), Headers = { Location = new Uri("https://ci.example.com/other") } };
        var answer = await AskAsync("https://ci.example.com/ask");
        (answer.Decision, answer.Reason).ShouldBe((HookDecision.Failed, $"ci.example.com answered {(int)status} instead of 200"));
        _endpoint.Asked.Count.ShouldBe(1, "a redirect is not followed");
    }

    [Theory]
    [InlineData("https://ci.example.com.evil.org/ask")]
    [InlineData("http://ci.example.com/ask")]
    [InlineData("https://ci.example.com:8443/ask")]
    [InlineData("https://127.0.0.1/ask")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task Nothing_is_asked_that_the_platform_does_not_allow(string url)
    {
        var answer = await AskAsync(url);
        answer.Decision.ShouldBe(HookDecision.Failed);
        answer.Final.ShouldBeTrue("to ask again cannot help");
        answer.Reason.ShouldContain("is not allowed: whoever runs the platform can add it to hooks.allow in platform.yaml");
        _endpoint.Asked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://CI.example.com:443/ask")]
    [InlineData("http://ci.example.com:8080/ask")]
    public async Task The_same_origin_may_be_written_in_other_ways(string url) => (await AskAsync(url)).Decision.ShouldBe(HookDecision.Go);

    [Fact]
    public async Task It_is_told_what_it_is_about()
    {
        await AskAsync("https://ci.example.com/ask");
        JsonNode.Parse(_endpoint.Asked.ShouldHaveSingleItem())!.ToJsonString().ShouldBe(
            """{"id":"one","rollout":"shop-prod-1","service":"shop","environment":"prod","version":"2.0","fromVersion":"1.0","point":"beforeStep","step":"5 %"}""");
    }

    [Fact]
    public async Task One_that_may_have_been_asked_is_not_asked_again_under_the_same_name()
    {
        var answer = await AskAsync("https://ci.example.com/ask", inDoubt: true);
        (answer.Decision, answer.Reason).ShouldBe((HookDecision.Failed, "it was interrupted, and nobody knows whether it was asked"));
        _endpoint.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_reached_or_talks_too_much_is_a_failure()
    {
        _endpoint.Answer = () => throw new HttpRequestException("Connection refused");
        (await AskAsync("https://ci.example.com/ask")).Reason.ShouldBe("https://ci.example.com could not be asked: Connection refused");
        _endpoint.Answer = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"decision\":\"go\",\"reason\":\"" + new string('x', 70_000) + "\"}") };
        (await AskAsync("https://ci.example.com/ask")).Reason.ShouldBe("ci.example.com answered more than 64 KiB");
    }

    public void Dispose()
    {
        _http.Dispose();
        _endpoint.Dispose();
    }

    private Task<HookAnswered> AskAsync(string url, bool inDoubt = false) => new HookCaller(_platform, _http, new VirtualTime()).AskAsync(
        new AskHook
        {
            AttemptId = "one", Name = "window", Url = url, Timeout = TimeSpan.FromSeconds(10),
            Question = new HookQuestion("one", "shop-prod-1", "shop", "prod", "2.0", "1.0", HookPoint.BeforeStep, "5 %"),
        },
        inDoubt, Cancel);

    private sealed class Endpoint : HttpMessageHandler
    {
        public Func<HttpResponseMessage> Answer { get; set; } = () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"decision":"go"}""", Encoding.UTF8, "application/json") };

        public List<string> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Method.ShouldBe(HttpMethod.Post);
            Asked.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return Answer();
        }
    }
}
