using System.Text.Json.Nodes;
using Slipway.Core.Analysis.MannWhitney;
using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Core.Expressions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Core.Tests.Definitions;

public sealed class GoodDefinitionTests
{
    private static ServiceDefinition Read(string text)
    {
        var result = ServiceDefinitionReader.Read(text, "s.yaml", null);
        result.Problems.ShouldBeEmpty();
        return result.Definition.ShouldNotBeNull();
    }

    [Fact]
    public void A_file_may_begin_with_a_byte_order_mark() =>
        ServiceDefinitionReader.Read("\uFEFFservice: shop\nrun: { command: ./shop }\n", "s.yaml", PlatformDefinitionReader.Read(PlatformDefaults.Yaml, "p.yaml").Definition!).Problems.ShouldBeEmpty();

    [Theory]
    [InlineData("run: { command: x }", "rollout: { surge: 0, maxUnavailable: 1 }", "s.yaml:3:38: The one instance may be missing at once: for a moment nobody answers. (Write surge: 1 and maxUnavailable: 0; then a new instance is there before an old one goes.)")]
    [InlineData("run: { command: x, instances: 3 }", "rollout: { maxUnavailable: 100% }", "s.yaml:3:28: All 3 instances may be missing at once: for a moment nobody answers. (Write surge: 1 and maxUnavailable: 0; then a new instance is there before an old one goes.)")]
    [InlineData("run: { command: x, instances: 4 }\nenvironments: { dev: { run: { instances: 1 } } }", "rollout: { maxUnavailable: 25% }", "s.yaml:4:28: The one instance in dev may be missing at once: for a moment nobody answers. (Write surge: 1 and maxUnavailable: 0; then a new instance is there before an old one goes.)")]
    [InlineData("run: { command: x }", "rollout: { strategy: ring, rings: [ { name: a, target: { ring: a }, instances: 2, maxUnavailable: 1 }, { name: b, target: { ring: b }, maxUnavailable: 1 } ] }", "s.yaml:3:152: The one instance may be missing at once: for a moment nobody answers. (Write surge: 1 and maxUnavailable: 0; then a new instance is there before an old one goes.)")]
    [InlineData("run: { command: x, instances: 2 }", "rollout: { surge: 0, maxUnavailable: 1 }", null)]
    [InlineData("run: { command: x }", "rollout: { surge: 1 }", null)]
    [InlineData("run: { command: x, traffic: none }", "rollout: { surge: 0, maxUnavailable: 1 }", null)]
    public void An_exchange_that_leaves_no_instance_for_a_moment_is_warned_of(string run, string rollout, string? expected)
    {
        var result = ServiceDefinitionReader.Read($"service: shop\n{run}\n{rollout}\n", "s.yaml", null);
        result.Problems.ShouldBeEmpty();
        result.Warnings.Select(warning => warning.ToString()).ShouldBe(expected is null ? [] : [expected]);
    }

    [Theory]
    [InlineData("rollout: { watch: 10s }", "s.yaml:3:19: Latency cannot be judged in a watch of 10s: for 10s after 100 % (warmUp) only what takes a second longer counts, and only against the version. ")]
    [InlineData("rollout: { watch: 1m }\nenvironments: { prod: { rollout: { warmUp: 2m } } }", "s.yaml:4:44: Latency cannot be judged in a watch of 1m: ")]
    [InlineData("rollout: { watch: 11s }", null)]
    [InlineData("rollout: { watch: 0s }", null)]
    [InlineData("rollout: { watch: 10s, checks: [ errors ] }", null)]
    [InlineData("rollout: { watch: 10s, warmUp: 0s }", null)]
    [InlineData("rollout: { strategy: ring, rings: [ { name: inner, target: { ring: inner }, soak: 1m }, { name: outer, target: { ring: outer }, soak: 10s } ] }", "s.yaml:3:135: Latency cannot be judged in a soak of 10s: for 10s after 100 % of outer (warmUp) only what takes a second longer counts, and only against the version. (Make soak longer than warmUp, by a minute or more, or warmUp shorter.)")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: inner, target: { ring: inner }, soak: 1m }, { name: outer, target: { ring: outer } } ] }\nenvironments: { prod: { rollout: { warmUp: 1m } } }", "s.yaml:4:44: Latency cannot be judged in a soak of 1m: for 1m after 100 % of inner (warmUp) ")]
    [InlineData("rollout: { strategy: ring, rings: [ { name: inner, target: { ring: inner }, soak: 11s }, { name: outer, target: { ring: outer } } ] }", null)]
    [InlineData("rollout: { strategy: ring, checks: [ errors ], rings: [ { name: inner, target: { ring: inner }, soak: 10s } ] }", null)]
    [InlineData("run: { command: ./s }", null)]
    public void A_watch_or_a_soak_that_is_over_before_latency_can_be_judged_is_warned_of_where_it_is_written(string rest, string? warning)
    {
        var result = ServiceDefinitionReader.Read($"service: shop\n{(rest.StartsWith("run") ? "" : "run: { command: ./shop }\n")}{rest}\n", "s.yaml", null);
        result.Problems.ShouldBeEmpty();
        if (warning is null)
        {
            result.Warnings.ShouldBeEmpty();
        }
        else
        {
            result.Warnings.ShouldHaveSingleItem().ToString().ShouldStartWith(warning);
        }
    }

    [Fact]
    public void Fifty_environments_may_be_and_no_more()
    {
        static string Platform(int count) => "environments:\n" + string.Concat(Enumerable.Range(1, count).Select(n => $"  e{n}: {{}}\n"));

        PlatformDefinitionReader.Read(Platform(50), "p.yaml").Problems.ShouldBeEmpty();
        PlatformDefinitionReader.Read(Platform(51), "p.yaml").Problems.ShouldHaveSingleItem().ToString().ShouldStartWith("p.yaml:52:3: There are 51 environments; at most 50 may be.");
    }

    [Fact]
    public void The_references_are_read_without_a_problem()
    {
        var platform = PlatformDefinitionReader.Read(DefinitionReference.Text("platform")!, "platform.yaml");
        platform.Problems.ShouldBeEmpty();
        var prod = platform.Definition!.Find("prod").ShouldNotBeNull();
        (prod.Approvals, prod.ApprovalExpires, prod.Soak, prod.Promote).ShouldBe((1, TimeSpan.FromDays(7), TimeSpan.FromMinutes(10), PromoteMode.Manual));
        prod.Target["zone"].ShouldBe("main");
        platform.Definition.HookOrigins.ShouldBe(["https://ci.example.com"]);

        var service = ServiceDefinitionReader.Read(DefinitionReference.Text("slipway.yaml")!, "slipway.yaml", platform.Definition);
        service.Problems.ShouldBeEmpty();
        var definition = service.Definition!;
        definition.Run.Command.ShouldBe(["node", "server.js"]);
        definition.Rollout.Steps.Count.ShouldBe(12);
        var hooks = definition.Rollout.Hooks;
        hooks.Before.ShouldBe([new HookSpec { Name = "change-window", If = Condition.Parse<HookFields>("environment == \"prod\"", out _), Url = "https://ci.example.com/change-window", Timeout = TimeSpan.FromHours(2), Interval = TimeSpan.FromMinutes(1) }]);
        hooks.AfterStep.ShouldBe([new HookSpec { Name = "budget", Run = "./may-go-on.sh", Timeout = TimeSpan.FromMinutes(10) }]);
        definition.Rollout.Steps[0].ShouldBe(new RolloutStep { Instances = new(new Quantity(Count: 2)) });
        definition.Rollout.Steps[1].Route.ShouldBe([new(RequestPart.Header, "X-Beta", "yes"), new(RequestPart.Cookie, "beta"), new(RequestPart.Query, "preview", Prefix: "b")]);
        definition.Rollout.Steps[2].ShouldBe(new RolloutStep { Mirror = 10 });
        definition.Rollout.Steps[5].Verify.ShouldBe(["journey"]);
        definition.Rollout.Steps[6].Instances.ShouldBe(new CanaryScale(null));
        definition.Rollout.Steps[9].ShouldBe(new RolloutStep { Approve = 1 });
        definition.Rollout.Sticky.ShouldBe(new TrafficStickiness(TimeSpan.FromHours(1)));
        (definition.Rollout.AbortScaleDownDelay, definition.Rollout.RollbackWindow).ShouldBe((TimeSpan.FromMinutes(5), TimeSpan.FromDays(7)));
        definition.For("dev").Rollout.Rolling.ShouldBe(new RollingSpec
        {
            Batch = new(1), Surge = new(1), MaxUnavailable = new(0), MinHealthyTime = TimeSpan.FromSeconds(5), ProgressDeadline = TimeSpan.FromMinutes(5),
        });
        definition.For("dev").Rollout.Steps.ShouldBeEmpty();
        var green = definition.For("staging").Rollout;
        (green.Strategy, green.Switch.Before.Count, green.Switch.After[0].Analyze, green.KeepWarm).ShouldBe((RolloutStrategy.BlueGreen, 2, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)));
        var rings = definition.For("prod").Rollout;
        (rings.Strategy, rings.OnFailure, rings.Steps.Count).ShouldBe((RolloutStrategy.Ring, OnFailure.Hold, 0));
        rings.Rings.Select(r => (r.Name, r.Agents["ring"], r.Instances, r.Strategy, r.Steps.Count, r.Rolling.Batch, r.Soak)).ShouldBe(
        [
            ("inner", "inner", 1, RolloutStrategy.Canary, 2, null, TimeSpan.FromMinutes(30)),
            ("everyone", "everyone", 6, RolloutStrategy.Rolling, 0, new Quantity(2), TimeSpan.Zero),
        ]);
        definition.Rollout.Steps[4].ShouldBe(new RolloutStep { Analyze = TimeSpan.FromMinutes(2), Deadline = TimeSpan.FromMinutes(8) });
        definition.Rollout.Checks[1].ShouldBe(new CheckSpec { Kind = CheckKind.Latency, Acceptable = 0.01, MinRequests = 500 });
        definition.Rollout.Checks[2].Counts!.Step.ShouldBe(TimeSpan.FromSeconds(10));
        definition.Rollout.Checks[3].Counts.ShouldBe(new CountsSpec("orders", "name=refunds", "name=refunds", null, TimeSpan.FromSeconds(10)) { BadValue = "body.failed", TotalValue = "body.all" });
        definition.Rollout.Checks[4].ShouldSatisfyAllConditions(
            check => check.DryRun.ShouldBeTrue(),
            check => check.Threshold.ShouldBe(new ThresholdSpec
            {
                Source = "prom", Query = "max(queue_length{version=\"{{version}}\"})", Pass = "value < 100.0", Fail = "value > 500.0 || value > 3.0 * stable", InitialDelay = TimeSpan.FromSeconds(10), Count = 10, FailureLimit = 1,
                InconclusiveLimit = 2, Range = TimeSpan.FromMinutes(5),
            }));
        definition.Rollout.Checks[5].Threshold!.Value.ShouldBe("body.rejected");
        definition.Rollout.Checks[6].Ranks!.Metrics.ShouldHaveSingleItem().ShouldBe(new RankedMetric
        {
            Name = "cpu", Query = "avg(rate(cpu_seconds_total{version=\"{{version}}\"}[1m]))", Direction = MetricDirection.Increase, Group = "resources", MustHaveData = true,
        });
        var smoke = definition.Verify[0];
        smoke.Http.ShouldNotBeNull().Headers.ShouldBe([new("Cache-Control", "no-store"), new("Content-Type", Prefix: "text/html")]);
        (smoke.Http with { Headers = [] }).ShouldBe(new HttpVerification { Path = "/", Contains = "Storefront", Latency = TimeSpan.FromMilliseconds(500) });
        (smoke.Timeout, smoke.Retries, smoke.Interval).ShouldBe((TimeSpan.FromSeconds(30), 3, TimeSpan.FromSeconds(2)));
        definition.Verify[1].Http.ShouldBe(new HttpVerification { Path = "/status", Json = Condition.Parse<AnswerFields>("body.ready && size(body.problems) == 0", out _) });
        DefinitionReference.Text("nothing").ShouldBeNull();
    }

    [Theory]
    [InlineData("{ source: prom, query: 'up{v=\"{{version}}\"}', pass: value > 0 }", null)]
    [InlineData("{ source: prm, query: up, pass: value > 0 }", "s.yaml:6:37: There is no metric source 'prm'. (Did you mean 'prom'?)")]
    [InlineData("{ source: prom, query: 'up{v=\"{{versio}}\"}', pass: value > 0 }", "s.yaml:6:57: query: There is no placeholder 'versio'. (Did you mean 'version'? There are service, environment, version, stableVersion, versionSet, stableVersionSet, step, from, to.)")]
    [InlineData("{ source: prom, query: up, pass: value > 0, value: body }", "s.yaml:6:71: value is for sources that answer JSON; Prometheus answers with numbers. (Remove it, and say in the query what is meant.)")]
    [InlineData("{ source: orders, query: 'version={{version}}', pass: value > 0, value: body.count }", null)]
    [InlineData("{ source: orders, pass: value > 0, value: body.count }", null)]
    [InlineData("{ source: orders, query: 'version={{version}}', pass: value > 0, value: bdy.count }", "s.yaml:6:99: value: There is no variable 'bdy'. (Did you mean 'body'?)")]
    public void Checks_of_sources_are_held_against_those_that_the_platform_declares(string threshold, string? problem)
    {
        var platform = PlatformDefinitionReader.Read("environments: { dev: {} }\nmetrics:\n  prom: { prometheus: { url: 'http://127.0.0.1:9090' } }\n  orders: { http: { url: 'http://127.0.0.1:1/orders' } }\n", "p.yaml");
        platform.Problems.ShouldBeEmpty();
        var text = $"service: s\nrun: {{ command: x }}\nrollout:\n  checks:\n  - errors\n  - {{ name: q, threshold: {threshold} }}\n";
        var read = ServiceDefinitionReader.Read(text, "s.yaml", platform.Definition);
        read.Problems.Select(p => p.ToString()).ShouldBe(problem is null ? [] : [problem]);
        ServiceDefinitionReader.Read("service: s\nrun: { command: x }\nrollout: { checks: [ { name: q, threshold: { source: any, query: up, pass: value > 0 } } ] }\n", "s.yaml", null).Problems.ShouldBeEmpty("without a platform nothing is known of its sources");
    }

    [Fact]
    public void The_default_platform_goes_from_dev_over_staging_to_prod()
    {
        var platform = PlatformDefinitionReader.Read(PlatformDefaults.Yaml, "p.yaml").Definition.ShouldNotBeNull();
        platform.Environments.Select(e => (e.Name, string.Join(',', e.After), e.Promote, e.Traffic, e.Approvals)).ShouldBe(
        [
            ("dev", "", PromoteMode.Auto, TrafficExpectation.None, 0),
            ("staging", "dev", PromoteMode.Auto, TrafficExpectation.None, 0),
            ("prod", "staging", PromoteMode.Manual, TrafficExpectation.Expected, 0),
        ]);
    }

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        var definition = Read("service: a\nrun: { command: [./a b, --x] }\n");
        definition.Run.Command.ShouldBe(["./a b", "--x"]);
        definition.Run.Health.ShouldBe(new HealthSpec());
        definition.Run.Instances.ShouldBe(1);
        definition.Rollout.Strategy.ShouldBe(RolloutStrategy.Rolling);
        definition.Rollout.Checks.Select(c => c.Kind).ShouldBe([CheckKind.Errors, CheckKind.Latency]);
        definition.Rollout.FalseAlarmRate.ShouldBe(0.01);
        definition.For("prod").Run.ShouldBe(definition.Run);
    }

    [Fact]
    public void An_override_is_merged_by_key_and_replaces_lists()
    {
        var definition = Read("""
            service: a
            run: { command: ./a, instances: 4, env: { A: one, B: two }, health: { path: /h, interval: 2s } }
            rollout: { strategy: canary, steps: [ { weight: 5 }, { pause: untilResumed } ], tolerate: 20% }
            environments:
              dev: { run: { env: { B: 3 }, health: { interval: 5s } }, rollout: { strategy: rolling } }
              prod: { rollout: { steps: [ { weight: 50 } ] } }
            """);
        var dev = definition.For("dev");
        dev.Run.Env.ShouldBe(new Dictionary<string, string> { ["A"] = "one", ["B"] = "3" }, ignoreOrder: true);
        (dev.Run.Instances, dev.Run.Health.Path, dev.Run.Health.Interval).ShouldBe((4, "/h", TimeSpan.FromSeconds(5)));
        (dev.Rollout.Strategy, dev.Rollout.Steps.Count, dev.Rollout.Tolerate).ShouldBe((RolloutStrategy.Rolling, 0, 0.2));
        definition.For("prod").Rollout.Steps.ShouldBe([new RolloutStep { Weight = 50 }]);
        definition.Rollout.Steps[1].Pause.ShouldBe(TimeSpan.MaxValue);
    }

    [Theory]
    [InlineData("environments:\n  a: { after: [b] }\n  b: { after: [a] }\n", "p.yaml:3:16: The environments go in a circle: a → b → a. (Remove one of these from its after.)")]
    [InlineData("environments:\n  a: { after: [a] }\n", "p.yaml:2:16: The environments go in a circle: a → a. (Remove one of these from its after.)")]
    [InlineData("environments:\n  dev: {}\n  prod: { after: [dve] }\n", "p.yaml:3:19: Unknown environment 'dve'. (Did you mean 'dev'?)")]
    [InlineData("environments:\n  dev: { promote: sometimes }\n", "p.yaml:2:19: Unknown mode 'sometimes'. (Allowed: auto, manual.)")]
    [InlineData("environments: { dev: {} }\nhooks: { allow: [ci.example.com] }\n", "p.yaml:2:18: an item of allow must be https://host or https://host:port, not 'ci.example.com'.")]
    [InlineData("environments: { dev: {} }\nhooks: { allow: ['https://ci.example.com:443/ask'] }\n", "p.yaml:2:18: an item of allow must be https://host or https://host:port, not 'https://ci.example.com:443/ask'. (Write 'https://ci.example.com'.)")]
    [InlineData("environments:\n  dev: { concurrency: queue, preempt: true }\n", "p.yaml:2:30: preempt has no meaning with the concurrency 'queue'. (Use newestWins, or remove preempt.)")]
    [InlineData("environments:\n  dev: { gates: [ { approval: { count: 0 } } ] }\n", "p.yaml:2:40: count must be from 1 to 20, not 0.")]
    [InlineData("environments: {}\n", "p.yaml:1:15: environments must have 1 to 100 keys, not 0.")]
    public void A_mistake_in_the_platform_is_told(string text, string expected) =>
        PlatformDefinitionReader.Read(text, "p.yaml").Problems.Select(p => p.ToString()).ShouldBe([expected]);

    [Fact]
    public void Every_key_of_the_schema_is_in_the_reference()
    {
        var schema = JsonNode.Parse(DefinitionSchema.Json())!.AsObject();
        schema["$schema"]!.GetValue<string>().ShouldBe("https://json-schema.org/draft/2020-12/schema");
        var keys = new HashSet<string>();
        Collect(schema, keys);
        keys.Count.ShouldBeGreaterThan(30);
        var text = DefinitionReference.Text("slipway")!;
        keys.Where(k => !text.Contains($"{k}:", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static void Collect(JsonNode? node, HashSet<string> keys)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            keys.UnionWith(name == "properties" ? value!.AsObject().Select(p => p.Key) : []);
            Collect(value, keys);
        }

        foreach (var item in node as JsonArray ?? [])
        {
            Collect(item, keys);
        }
    }
}
