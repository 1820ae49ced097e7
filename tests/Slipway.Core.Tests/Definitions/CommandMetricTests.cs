using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Definitions;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Definitions;

/// <summary>What services may ask of metric sources that are commands.</summary>
public sealed class CommandMetricTests
{
    private const string Platform = "environments: { prod: {} }\nmetrics: { lag: { exec: { run: ./lag, interval: 1m } } }\n";

    [Theory]
    [InlineData("{ name: lag, threshold: { source: lag, query: mails, pass: value < 1.0 } }", "s.yaml:3:56: lag may be asked every 1m at most, not every 30s. (Write interval: 1m, or more.)")]
    [InlineData("{ name: lag, threshold: { source: lag, query: mails, pass: value < 1.0, interval: 59s } }", "s.yaml:3:104: lag may be asked every 1m at most, not every 59s. (Write interval: 1m, or more.)")]
    [InlineData("{ name: lag, threshold: { source: lag, query: mails, pass: value < 1.0, interval: 1m, range: 5m } }", "s.yaml:3:108: lag is a command, which gives one number and no window of them. (Remove range, or let the command look at a time.)")]
    [InlineData("{ name: lag, counts: { source: lag, bad: a, total: b } }", "s.yaml:3:53: lag is a command, which gives one number at a time. (Use it in a threshold.)")]
    [InlineData("{ name: lag, mannWhitney: { source: lag, metrics: [ { name: a } ] } }", "s.yaml:3:58: lag is a command, which gives one number at a time. (Use it in a threshold.)")]
    [InlineData("{ name: lag, threshold: { source: lag, query: '', pass: value < 1.0, interval: 1m } }", "s.yaml:3:68: query must have 1 to 4000 characters, not 0. (Leave it out where the source needs none.)")]
    [InlineData("{ name: lag, threshold: { source: lag, query: 'q {{vresion}}', pass: value < 1.0, interval: 1m } }", "s.yaml:3:71: query: There is no placeholder 'vresion'. (Did you mean 'version'? There are service, environment, version, stableVersion, versionSet, stableVersionSet, step, from, to.)")]
    public void What_a_command_cannot_be_asked_is_told(string check, string expected) =>
        ServiceDefinitionReader.Read($"service: shop\nrun: {{ command: ./shop }}\nrollout: {{ checks: [ {check} ] }}\n", "s.yaml", PlatformDefinitionReader.Read(Platform, "p.yaml").Definition).Problems.Select(p => p.ToString()).ShouldBe([expected]);

    [Theory]
    [InlineData("./lag", false)]
    [InlineData("./lag ${QUERY:-mails} $QUERY_OF", false)]
    [InlineData("./lag \\\\$QUERY", false)]
    [InlineData("./lag $QUERY", true)]
    [InlineData("curl http://a/?q=${QUERY}x", true)]
    public void A_command_is_asked_without_a_query_where_it_speaks_of_none(string run, bool needsOne)
    {
        var platform = PlatformDefinitionReader.Read($"environments: {{ prod: {{}} }}\nmetrics: {{ lag: {{ exec: {{ run: \"{run}\", interval: 1m }} }} }}\n", "p.yaml").Definition.ShouldNotBeNull();
        var read = ServiceDefinitionReader.Read("service: shop\nrun: { command: ./shop }\nrollout: { checks: [ { name: lag, threshold: { source: lag, pass: value < 1.0, interval: 1m } } ] }\n", "s.yaml", platform);
        read.Problems.Select(p => p.ToString()).ShouldBe(needsOne ? ["s.yaml:3:46: query is missing: lag is a command that speaks of $QUERY. (Say what is asked, such as query: …)"] : []);
        read.Definition?.Rollout.Checks[0].Threshold!.Query.ShouldBe("");
    }

    [Fact]
    public void A_query_is_text_in_which_values_stand_as_they_are()
    {
        var query = MetricQuery.Read(MetricSourceKind.Exec, "a \"{{version}}\" #{{step}}").Query.ShouldNotBeNull();
        query.Fill(new Dictionary<string, string> { ["version"] = "$(x) \"'`{{" }, TimeSpan.FromSeconds(30), default, default).Text.ShouldBe("a \"$(x) \"'`{{\" #30s");
    }

    [Fact]
    public void An_argument_of_a_template_cannot_bring_a_placeholder_into_it()
    {
        var platform = PlatformDefinitionReader.Read(
            Platform, "p.yaml", [new PlatformFile("checks/lagging.yaml", "description: d\narguments: { queue: { description: d } }\ncheck: { threshold: { source: lag, query: 'of {{args.queue}}', pass: value < 1.0, interval: 1m } }\n")]);
        platform.Problems.ShouldBeEmpty();
        string[] Problems(string queue) => [.. ServiceDefinitionReader.Read($"service: shop\nrun: {{ command: ./shop }}\nrollout: {{ checks: [ {{ uses: lagging, with: {{ queue: '{queue}' }} }} ] }}\n", "s.yaml", platform.Definition).Problems.Select(p => p.ToString())];
        Problems("mails").ShouldBeEmpty();
        Problems("{{version}}").ShouldBe(["s.yaml:3:54: queue cannot hold '{{' in a question to a command."]);
    }

    [Theory]
    [InlineData(JobOutcome.Succeeded, "Nw==")]
    [InlineData(JobOutcome.BuildFailed, null)]
    [InlineData(JobOutcome.AgentLost, null)]
    public void The_answer_of_a_command_is_kept_only_where_it_ended_well_and_no_rollout_is_told(JobOutcome outcome, string? kept)
    {
        var flow = new CommandFlow();
        var id = CommandFlow.ProcessOf("command.metric.lag.1");
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var spec = new CommandSpec
        {
            Rollout = "", Purpose = CommandPurpose.Metric, Name = "lag", AttemptId = "1", Lane = new LaneId("shop", "prod"), Version = "1.0", Run = "./lag", Timeout = TimeSpan.FromSeconds(20), ArtifactDigest = "",
            Labels = new Dictionary<string, string>(),
        };
        var running = flow.Decide(id, flow.Decide(id, null, new CommandAsked(spec), at).State, new CommandAssigned("host-1"), at).State;
        var report = new JobReport("metric", CommandFlow.Attempt, "host-1", outcome, null, at, [], null, new Dictionary<string, string> { [CommandFlow.AnswerName] = "Nw==" });
        var ended = flow.Decide(id, running, new CommandReported(report, "the last line"), at);
        (ended.State.Phase, ended.State.Answer).ShouldBe((CommandPhase.Ended, kept));
        ended.Messages.ShouldBeEmpty();
        ended.State.Reason.ShouldEndWith("the last line");
    }
}
