using Slipway.Core.Analysis.Metrics;
using Slipway.Engine.Ports;
using Slipway.Integrations.Metrics;

namespace Slipway.Integrations.Tests.Metrics;

/// <summary>What every kind of metric source must do, asked over a real connection.</summary>
public abstract partial class MetricSourceConformance : IAsyncDisposable
{
    private protected static readonly DateTimeOffset Asked = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private protected static readonly TimeSpan Step = TimeSpan.FromSeconds(30);
    private readonly MetricAdapters adapters = new(TimeProvider.System);

    private protected RawServer Server { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract MetricSourceKind Kind { get; }

    private protected abstract string One(string number, DateTimeOffset at);

    private protected abstract string Many(params IEnumerable<(DateTimeOffset At, string Number)> points);

    /// <summary>Answers without a value, for a moment and for a window.</summary>
    private protected abstract (string Moment, string Window) Empty { get; }

    /// <summary>An answer that holds a text, for a moment.</summary>
    private protected abstract string Text { get; }

    /// <summary>Answers that hold several where one is needed, for a moment and for a window.</summary>
    private protected abstract (string Moment, string Window) Several { get; }

    /// <summary>Asks for a moment or a window in the way of this kind, with the version among what is asked.</summary>
    private protected abstract MetricQuestion Question(MetricSpan span);

    /// <summary>The version as whoever reads the request gets it.</summary>
    private protected abstract string VersionIn(RawRequest request);

    public async ValueTask DisposeAsync()
    {
        adapters.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_value_is_given_with_the_try_that_it_came_by()
    {
        Server.Says(One("0.25", Asked));
        var answer = await AskAsync();
        answer.ShouldBeOfType<MetricAnswer.Value>().Number.ShouldBe(0.25);
        var only = answer.Tries.ShouldHaveSingleItem();
        only.Words.ShouldStartWith("200, ");
        only.Took.ShouldBeGreaterThan(TimeSpan.Zero);
        Server.Requests.ShouldHaveSingleItem().Headers["X-Scope-OrgID"].ShouldBe("team");
    }

    [Fact]
    public async Task A_window_is_given_in_the_order_of_time_and_may_have_gaps()
    {
        Server.Says(Many((Asked.AddSeconds(-120), "1"), (Asked.AddSeconds(-30), "-2.5e3"), (Asked, "0")));
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.Values>().Points.ShouldBe([new(Asked.AddSeconds(-120), 1), new(Asked.AddSeconds(-30), -2500), new(Asked, 0)]);
    }

    [Theory]
    [InlineData("NaN", "NaN")]
    [InlineData("Infinity", "+Inf")]
    [InlineData("-Infinity", "-Inf")]
    [InlineData("1e999", "+Inf")]
    public async Task What_is_no_finite_number_is_no_data(string number, string words)
    {
        Server.Says(One(number, Asked));
        (await AskAsync()).ShouldBeOfType<MetricAnswer.NoData>().Why.ShouldStartWith($"The value is {words}");
        Server.Says(Many((Asked.AddSeconds(-30), "1"), (Asked, number)));
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.NoData>().Why.ShouldContain(words);
    }

    [Fact]
    public async Task Nothing_is_no_data()
    {
        Server.Says(Empty.Moment);
        var none = (await AskAsync()).ShouldBeOfType<MetricAnswer.NoData>();
        none.Tries.ShouldHaveSingleItem().Words.ShouldBe(none.Why);
        Server.Says(Empty.Window);
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.NoData>();
    }

    [Fact]
    public async Task What_is_stale_is_no_data()
    {
        Server.Says(One("1", Asked.AddSeconds(-61)));
        (await AskAsync()).ShouldBeOfType<MetricAnswer.NoData>().Why.ShouldStartWith("The newest value is of 2026-03-01 11:58:59 UTC, more than two steps of 30s before");
        Server.Says(Many((Asked.AddSeconds(-120), "1"), (Asked.AddSeconds(-90), "1")));
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.NoData>().Why.ShouldStartWith("The newest value is of");
        Server.Says(One("1", Asked.AddSeconds(-60)));
        (await AskAsync()).ShouldBeOfType<MetricAnswer.Value>();
    }

    [Fact]
    public async Task What_is_of_another_time_is_no_answer()
    {
        Server.Says(One("1", Asked.AddHours(1)));
        await FailsAsync("which is after 2026-03-01 12:00:00 UTC", retryable: false);
        Server.Says(Many((Asked.AddHours(-1), "1"), (Asked, "1")));
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldContain("outside of the window");
        Server.Says(Many((Asked, "1"), (Asked.AddSeconds(-30), "1")));
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldContain("not in the order of time");
    }

    [Fact]
    public async Task A_text_is_no_answer()
    {
        Server.Says(Text);
        await FailsAsync("", retryable: false);
    }

    [Fact]
    public async Task Several_where_one_is_needed_are_no_answer()
    {
        Server.Says(Several.Moment);
        await FailsAsync("", retryable: false);
        Server.Says(Several.Window);
        (await AskWindowAsync()).ShouldBeOfType<MetricAnswer.Failed>().Retryable.ShouldBeFalse();
    }

    [Theory]
    [InlineData("<!doctype html>\n<title>Sign in</title>", "text/html", "is a page, not JSON: <!doctype html> <title>Sign in</title>")]
    [InlineData("", "application/json", "is empty")]
    [InlineData("ok", "text/plain", "is no JSON that can be read")]
    [InlineData("{\"status\":\"success\"", "application/json", "is no JSON that can be read")]
    [InlineData("{\"status\":\"success\",\"status\":\"success\"}", "application/json", "is no JSON that can be read")]
    [InlineData("[]", "application/json", "")]
    [InlineData("{\"hello\":\"world\"}", "application/json", "")]
    public async Task Something_else_with_200_is_no_answer_and_is_shown(string body, string type, string words)
    {
        Server.Says(body, type: type);
        await FailsAsync(words, retryable: false);
    }

    [Fact]
    public async Task Deep_JSON_is_no_answer()
    {
        Server.Says(new string('[', 100_000) + new string(']', 100_000));
        await FailsAsync("is no JSON that can be read", retryable: false);
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("1\"} or vector(1) #")]
    [InlineData("1' or 1=1")]
    [InlineData("a&b=c#d?e/../f%2F%")]
    [InlineData("\\\"\\\\`\r\nHost: evil\0")]
    [InlineData("{{service}}${x}")]
    [InlineData("ä→😀 +")]
    public async Task A_hostile_version_arrives_as_it_is_and_as_nothing_else(string version)
    {
        Server.Says(One("1", Asked));
        var answer = await AskAsync(Question(new MetricSpan.Moment(Asked)) with { Arguments = new Dictionary<string, string> { ["version"] = version } });
        answer.ShouldBeOfType<MetricAnswer.Value>();
        VersionIn(Server.Requests.ShouldHaveSingleItem()).ShouldBe(version);
    }

    [Fact]
    public async Task A_query_that_cannot_be_used_is_told_without_asking_anybody()
    {
        var bad = await AskAsync(Question(new MetricSpan.Moment(Asked)) with { Query = "a={{vresion}}" });
        bad.ShouldBeOfType<MetricAnswer.Failed>().ShouldSatisfyAllConditions(f => f.Retryable.ShouldBeFalse(), f => f.Why.ShouldContain("There is no placeholder 'vresion'"), f => f.Tries.ShouldBeEmpty());
        var missing = await AskAsync(Question(new MetricSpan.Moment(Asked)) with { Arguments = new Dictionary<string, string>() });
        missing.ShouldBeOfType<MetricAnswer.Failed>().Why.ShouldBe("The query speaks of {{version}}, and there is no value for it here.");
        Server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_any_more_need_not()
    {
        Server.Answer = (_, _, cancel) => Task.Delay(Timeout.Infinite, cancel);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Should.ThrowAsync<OperationCanceledException>(() => adapters.Make(Source() with { Timeout = TimeSpan.FromSeconds(30) }).AskAsync(Question(new MetricSpan.Moment(Asked)), soon.Token));
    }

    private protected MetricSourceDefinition Source(string? url = null, int retries = 0) => new()
    {
        Name = "prom", Kind = Kind, Url = url ?? Server.Url, Timeout = TimeSpan.FromMilliseconds(200), Retries = retries,
        Headers = new Dictionary<string, string> { ["X-Scope-OrgID"] = "team" },
    };

    private protected Task<MetricAnswer> AskAsync(int retries = 0) => AskAsync(Question(new MetricSpan.Moment(Asked)), retries);

    private protected Task<MetricAnswer> AskAsync(MetricQuestion question, int retries = 0) => adapters.Make(Patient(retries)).AskAsync(question, Cancel);

    private protected Task<MetricAnswer> AskWindowAsync() => AskAsync(Question(new MetricSpan.Window(Asked.AddMinutes(-2), Asked)));

    /// <summary>The time of a try is long, so that a busy machine makes no answer late.</summary>
    private MetricSourceDefinition Patient(int retries) => Source(retries: retries) with { Timeout = TimeSpan.FromSeconds(20) };

    private async Task<MetricAnswer.Failed> FailsAsync(string words, bool retryable, int retries = 0, string? url = null)
    {
        var hangs = words.Contains("within 200ms", StringComparison.Ordinal);
        var source = Source(url, retries);
        var failed = (await adapters.Make(hangs ? source : source with { Timeout = TimeSpan.FromSeconds(20) }).AskAsync(Question(new MetricSpan.Moment(Asked)), Cancel)).ShouldBeOfType<MetricAnswer.Failed>();
        failed.Why.ShouldContain(words);
        failed.Retryable.ShouldBe(retryable, failed.Why);
        failed.Why.ShouldNotBeNullOrWhiteSpace();
        failed.Tries[^1].Words.ShouldBe(failed.Why);
        return failed;
    }
}
