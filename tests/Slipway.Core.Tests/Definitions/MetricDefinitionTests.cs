using Slipway.Core.Analysis.Metrics;
using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

public sealed class MetricDefinitionTests
{
    private const string Head = "environments: { prod: {} }\n";

    [Fact]
    public void Without_a_word_of_it_there_are_none() => Read(Head).ShouldBeEmpty();

    [Fact]
    public void The_reference_declares_one_of_each_kind_and_says_the_defaults()
    {
        var sources = Read(DefinitionReference.Text("platform")!);
        sources.Select(s => (s.Name, s.Kind, s.Url)).ShouldBe(
        [
            ("prom", MetricSourceKind.Prometheus, "http://127.0.0.1:9090"),
            ("orders", MetricSourceKind.Http, "https://metrics.example.com/v1/orders?version={{version}}&minutes=1"),
            ("lag", MetricSourceKind.Exec, ""),
        ]);
        var command = sources[2].Command.ShouldNotBeNull();
        (command.Interval, command.Network, sources[2].Timeout, command.Labels["zone"]).ShouldBe((TimeSpan.FromSeconds(30), true, TimeSpan.FromSeconds(20), "main"));
        sources.Take(2).ShouldAllBe(s => s.Timeout == MetricSourceDefinition.DefaultTimeout && s.Retries == MetricSourceDefinition.DefaultRetries);
        sources[0].Headers.ShouldBe(new Dictionary<string, string> { ["X-Scope-OrgID"] = "team" });
    }

    [Fact]
    public void What_is_not_said_has_its_default() => Read(Head + "metrics: { prom: { prometheus: { url: 'http://[::1]:9090/prom/', timeout: 300ms, retries: 0 } } }\n").ShouldHaveSingleItem()
        .ShouldSatisfyAllConditions(s => s.Timeout.ShouldBe(TimeSpan.FromMilliseconds(300)), s => s.Retries.ShouldBe(0), s => s.Headers.ShouldBeEmpty());

    // What is behind the head begins on line 2.
    [Theory]
    [InlineData("metrics: [prom]", "p.yaml:2:10: metrics must be a map, not a list. (Write it like { key: value }.)")]
    [InlineData("metrics: { Prom: { prometheus: { url: http://a } } }", "p.yaml:2:12: A metric source's name must have lower-case letters, digits and single hyphens inside, at most 40 characters; not 'Prom'.")]
    [InlineData("metrics: { prom: { } }", "p.yaml:2:12: prom does not say of which kind it is. (Say one of prometheus, http, exec, such as prom: { prometheus: { url: http://127.0.0.1:9090 } }.)")]
    [InlineData("metrics: { lag: { exec: { run: ./lag, interval: 5s } } }", "p.yaml:2:49: interval must be from 10s to 1d, not '5s'.")]
    [InlineData("metrics: { lag: { exec: { run: ./lag, timeout: 1m } } }", "p.yaml:2:48: timeout must be from 1s to 45s, not '1m'.")]
    [InlineData("metrics: { lag: { exec: { command: ./lag, run: ./lag } } }", "p.yaml:2:27: Unknown key 'command' in exec. (Allowed: run, interval, timeout, network, labels.)")]
    [InlineData("metrics: { lag: { exec: {} } }", "p.yaml:2:25: run is missing in exec. (A script, run by bash -euo pipefail in a sandbox on an agent; prints a number or JSON. An exit status that is not 0 is no data.)")]
    [InlineData("metrics: { prom: { prometeus: { url: http://a } } }", "p.yaml:2:20: Unknown key 'prometeus' in metrics.prom. (Did you mean 'prometheus'?)")]
    [InlineData("metrics: { prom: { prometheus: { url: http://a }, http: { url: http://a } } }", "p.yaml:2:51: prom is of two kinds. (Give each source a name of its own.)")]
    [InlineData("metrics: { prom: { prometheus: { uri: http://a } } }", "p.yaml:2:34: Unknown key 'uri' in prometheus. (Did you mean 'url'?)")]
    [InlineData("metrics: { prom: { prometheus: { timeout: 5s } } }", "p.yaml:2:32: url is missing in prometheus. (Where its HTTP API is, without /api/v1.)")]
    [InlineData("metrics: { prom: { http: { url: http://a, timeout: 31s } } }", "p.yaml:2:52: timeout must be from 100ms to 30s, not '31s'.")]
    [InlineData("metrics: { prom: { http: { url: http://a, retries: 6 } } }", "p.yaml:2:52: retries must be from 0 to 5, not 6.")]
    [InlineData("metrics: { prom: { http: { url: 'ftp://a' } } }", "p.yaml:2:33: url must be an http or https address, not 'ftp://a'. (Write it like http://127.0.0.1:9090.)")]
    [InlineData("metrics: { prom: { http: { url: 'http:a' } } }", "p.yaml:2:33: url must be an http or https address, not 'http:a'. (Write it like http://127.0.0.1:9090.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://me:pw@a/' } } }", "p.yaml:2:33: url must not hold a user or a password: this file is no place for a secret. (Let a proxy on the server's machine sign in, and name the proxy.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://169.254.169.254/latest' } } }", "p.yaml:2:33: url is link-local, where machines keep what is about themselves; it is never connected to. (Name a host.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://0xA9FEA9FE/latest' } } }", "p.yaml:2:33: url is link-local, where machines keep what is about themselves; it is never connected to. (Name a host.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://[febf::1]/' } } }", "p.yaml:2:33: url is link-local, where machines keep what is about themselves; it is never connected to. (Name a host.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://{{version}}.a/' } } }", "p.yaml:2:41: url: {{version}} stands in the scheme, the host or the port, and these say what may be connected to. (Write them out; placeholders may follow behind the host.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://a/?v={{versoin}}' } } }", "p.yaml:2:46: url: There is no placeholder 'versoin'. (Did you mean 'version'? There are service, environment, version, stableVersion, versionSet, stableVersionSet, step, from, to.)")]
    [InlineData("metrics: { prom: { http: { url: 'http://a/#b' } } }", "p.yaml:2:43: url: A '#' begins a part of an address that is never sent. (Leave it out, or write %23.)")]
    [InlineData("metrics: { prom: { prometheus: { url: 'http://a/?x=1' } } }", "p.yaml:2:39: url of a Prometheus has no placeholders and no parameters. (They go into the query.)")]
    [InlineData("metrics: { prom: { http: { url: http://a, headers: { 'X Y': b } } } }", "p.yaml:2:54: A header's name must have letters, digits and hyphens, at most 100; not 'X Y'.")]
    [InlineData("metrics: { prom: { http: { url: http://a, headers: { Host: b } } } }", "p.yaml:2:54: The header Host is set by what sends the request. (Leave it out.)")]
    [InlineData("metrics: { prom: { http: { url: http://a, headers: { X-Y: a, x-y: b } } } }", "p.yaml:2:62: The header x-y is there twice: capitals make no difference. (Remove one.)")]
    [InlineData("metrics: { prom: { http: { url: http://a, headers: { X-Y: \"b\\r\\nHost: c\" } } } }", "p.yaml:2:59: headers.X-Y must have visible ASCII characters and spaces alone.")]
    public void One_mistake_is_told_with_its_place_and_the_way_out(string text, string expected) =>
        PlatformDefinitionReader.Read(Head + text + "\n", "p.yaml").Problems.ShouldHaveSingleItem().ToString().ShouldBe(expected);

    [Theory]
    [InlineData("Authorization")]
    [InlineData("cookie")]
    [InlineData("X-Api-Key")]
    [InlineData("PRIVATE-TOKEN")]
    public void A_header_that_would_hold_a_secret_is_refused(string header)
    {
        var problem = PlatformDefinitionReader.Read(Head + $"metrics: {{ a: {{ http: {{ url: http://a, headers: {{ {header}: b }} }} }} }}\n", "p.yaml").Problems.ShouldHaveSingleItem();
        problem.Message.ShouldContain("would hold a secret");
        problem.Suggestion!.ShouldContain("not available yet");
    }

    [Theory]
    [InlineData("http:\\\\\\\\a")]
    [InlineData("http://a\\\\b/")]
    [InlineData("http://a /")]
    [InlineData("//a")]
    [InlineData("/a")]
    [InlineData("http://")]
    public void What_is_no_address_is_refused(string url) =>
        PlatformDefinitionReader.Read(Head + $"metrics: {{ a: {{ http: {{ url: \"{url}\" }} }} }}\n", "p.yaml").Definition.ShouldBeNull();

    private static IReadOnlyList<MetricSourceDefinition> Read(string text)
    {
        var result = PlatformDefinitionReader.Read(text, "p.yaml");
        result.Problems.ShouldBeEmpty();
        return result.Definition!.Metrics;
    }
}
