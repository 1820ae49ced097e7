using System.Net;
using System.Text;
using Slipway.Core.Expressions;
using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;
using Slipway.Engine.Rollouts;
using Slipway.Engine.Targets;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Rollouts;

public sealed class VerifierTests : IDisposable
{
    private static readonly LaneId Lane = new("shop", "prod");
    private readonly VirtualTime _time = new();
    private readonly Preview _preview;
    private readonly HttpClient _http;
    private readonly TargetObservations _observations;

    public VerifierTests()
    {
        _preview = new Preview();
        _http = new HttpClient(_preview) { Timeout = Timeout.InfiniteTimeSpan };
        _observations = new TargetObservations(new MemoryStore(_time, Mutation.None), _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_with_all_that_is_asked_for_passes()
    {
        var check = new HttpVerification
        {
            Path = "/status", Status = 203, Contains = "ready", Headers = [new("content-type", Prefix: "application/json"), new("X-One", "a, b"), new("X-Any")],
            Json = Condition.Parse<AnswerFields>("body.ready && status == 203 && headers['x-any'] == 'z'", out _), Latency = TimeSpan.FromSeconds(1),
        };
        _preview.Answer = () => Reply(203, """{"ready":true}""", "application/json", ("X-One", "a"), ("X-One", "b"), ("X-Any", "z"));
        var finished = await AskAsync(check);
        (finished.Passed, finished.Detail).ShouldBe((true, "GET /status answered 203"));
        _preview.Asked.ShouldBe(["http://127.0.0.1:7381/status"]);
    }

    public static TheoryData<string, HttpVerification, string> Failures => new()
    {
        { "status", new() { Path = "/", Status = 204 }, "GET / answered 200 instead of 204" },
        { "text", new() { Path = "/", Contains = "Basket" }, "GET / does not contain 'Basket'" },
        { "no header", new() { Path = "/", Headers = [new("X-None")] }, "GET / has no header X-None" },
        { "header", new() { Path = "/", Headers = [new("X-A", "c")] }, "GET / has the header X-A 'b' instead of 'c'" },
        { "header's case", new() { Path = "/", Headers = [new("X-A", "B")] }, "GET / has the header X-A 'b' instead of 'B'" },
        { "prefix", new() { Path = "/", Headers = [new("Content-Type", Prefix: "application/json")] }, "GET / has the header Content-Type 'text/html' instead of 'application/json…'" },
        { "no JSON", new() { Path = "/", Json = Condition.Parse<AnswerFields>("body.ok", out _) }, "GET / answered no JSON: " },
        { "condition", new() { Path = "/", Json = Condition.Parse<AnswerFields>("status == 201", out _) }, "GET / does not fulfil status == 201" },
        { "undecided", new() { Path = "/", Json = Condition.Parse<AnswerFields>("headers['x-none'] == 'a'", out _) }, "GET / cannot be held against headers['x-none'] == 'a': " },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_does_not_hold_is_said(string what, HttpVerification check, string expected)
    {
        _preview.Answer = () => Reply(200, "<h1>Storefront</h1>", "text/html", ("X-A", "b"));
        var finished = await AskAsync(check);
        finished.Passed.ShouldBe(false, what);
        finished.Detail.ShouldStartWith(expected);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        _preview.Answer = () => Reply(302, "", "text/html", ("Location", "http://127.0.0.1:1/"));
        (await AskAsync(new() { Path = "/" })).Detail.ShouldBe("GET / answered 302 instead of 200");
        _preview.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_whole_answer_must_come_in_time()
    {
        _preview.Answer = () =>
        {
            _time.Pass(TimeSpan.FromMilliseconds(700));
            return Reply(200, "x", "text/html");
        };
        (await AskAsync(new() { Path = "/", Latency = TimeSpan.FromMilliseconds(500) })).Detail.ShouldBe("GET / took 0.7s, longer than 0.5s");
        (await AskAsync(new() { Path = "/", Latency = TimeSpan.FromMilliseconds(700) })).Passed.ShouldBe(true);
    }

    [Fact]
    public async Task More_than_a_mebibyte_is_no_JSON_and_text_is_found_in_the_first_one_only()
    {
        _preview.Answer = () => Reply(200, "\"" + new string('x', 1024 * 1024) + "end\"", "application/json");
        (await AskAsync(new() { Path = "/", Json = Condition.Parse<AnswerFields>("size(body) > 5", out _) })).Detail.ShouldBe("GET / answered more than 1 MiB, which is not read as JSON");
        (await AskAsync(new() { Path = "/", Contains = "end" })).Passed.ShouldBe(false);
        (await AskAsync(new() { Path = "/", Contains = "xx" })).Passed.ShouldBe(true);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_a_failure_of_the_version()
    {
        _preview.Answer = () =>
        {
            var reply = Reply(200, "", "text/html");
            reply.Content = new StreamContent(new BreakingStream());
            return reply;
        };
        (await AskAsync(new() { Path = "/", Contains = "x" })).Detail.ShouldBe("GET / failed: it broke off");
    }

    [Fact]
    public async Task Another_version_never_answers_for_this_one()
    {
        _preview.Answer = () => Reply(200, "x", "text/html", ("X-Slipway-Version", "1.0"));
        (await AskAsync(new() { Path = "/" })).Detail.ShouldBe("GET / was answered by 1.0 instead of 2.0");
    }

    public void Dispose()
    {
        _http.Dispose();
        _preview.Dispose();
    }

    private static HttpResponseMessage Reply(int status, string body, string type, params (string Name, string Value)[] headers)
    {
        var reply = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        reply.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        foreach (var (name, value) in headers)
        {
            reply.Headers.TryAddWithoutValidation(name, value);
        }

        if (!headers.Any(h => h.Name == "X-Slipway-Version"))
        {
            reply.Headers.Add("X-Slipway-Version", "2.0");
        }

        return reply;
    }

    private async Task<VerificationFinished> AskAsync(HttpVerification check)
    {
        await _observations.ReportAsync("host", [], [new TrafficObserved { Lane = Lane, Agent = "host", Generation = 1, PreviewPort = 7381 }], Cancel);
        var asked = new RunVerification
        {
            AttemptId = "one", RetrySafe = true, Lane = Lane, VersionSet = "shop/prod/2", Version = "2.0", Verification = new VerificationSpec { Name = "smoke", Http = check },
        };
        return await new Verifier(_observations, _http, _time).RunAsync(asked, Cancel);
    }

    private sealed class Preview : HttpMessageHandler
    {
        public Func<HttpResponseMessage> Answer { get; set; } = () => throw new InvalidOperationException("Nobody asks.");

        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            return Task.FromResult(Answer());
        }
    }

    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("it broke off");
    }
}
