using Slipway.Core.Definitions;
using Slipway.Core.Environments;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Definitions;

public sealed class CheckTemplateTests
{
    private const string Platform = "environments: { prod: {} }\nmetrics: { prom: { prometheus: { url: http://127.0.0.1:9090 } }, orders: { http: { url: http://127.0.0.1:8080/ } } }\n";

    private const string Budget = """
        description: What may fail.
        arguments:
          job: { description: The job. }
          percent: { type: number, description: What may fail., default: 1, min: 0, max: 50 }
        check:
          threshold:
            source: prom
            query: sum(rate(failed{job="{{args.job}}", version="{{version}}"}[1m])) > {{args.percent}}
            pass: value <= {{args.percent}}
        """;

    [Fact]
    public void A_use_comes_to_a_check_like_any_other()
    {
        var rollout = Read("checks: [ errors, { uses: budget, with: { job: shop, percent: 0.5 }, dryRun: true }, { uses: budget, with: { job: cart }, name: cart } ]", ("budget", Budget)).Rollout;
        rollout.Checks.ShouldBe(
        [
            new CheckSpec { Kind = CheckKind.Errors },
            new CheckSpec
            {
                Kind = CheckKind.Threshold, Name = "budget", DryRun = true,
                Threshold = new ThresholdSpec { Source = "prom", Query = "sum(rate(failed{job=\"shop\", version=\"{{version}}\"}[1m])) > 0.5", Pass = "value <= 0.5" },
            },
            new CheckSpec
            {
                Kind = CheckKind.Threshold, Name = "cart",
                Threshold = new ThresholdSpec { Source = "prom", Query = "sum(rate(failed{job=\"cart\", version=\"{{version}}\"}[1m])) > 1", Pass = "value <= 1.0" },
            },
        ]);
    }

    [Fact]
    public void The_reference_is_a_template_that_can_be_used()
    {
        var rollout = Read("checks: [ { uses: error-budget, with: { queue: mails, percent: 2, window: 1m } } ]", ("error-budget", DefinitionReference.Text("check")!)).Rollout;
        rollout.Checks.ShouldHaveSingleItem().ShouldBe(new CheckSpec
        {
            Kind = CheckKind.Counts, Name = "error-budget", Acceptable = 0.02,
            Counts = new CountsSpec(
                "prom", "sum(increase(jobs_total{version=\"{{version}}\", queue=\"mails\", part=\"all\", result=\"failed\"}[{{step}}]))", "sum(increase(jobs_total{version=\"{{version}}\", queue=\"mails\", part=\"all\"}[{{step}}]))", null,
                TimeSpan.FromMinutes(1)),
        });
    }

    [Fact]
    public void An_environment_may_use_one_and_one_may_use_another()
    {
        const string Strict = "description: Half of it.\narguments: { job: { description: The job. } }\ncheck: { uses: budget, with: { job: \"{{args.job}}\", percent: 0.5 } }\n";
        var definition = Read("checks: [ errors ]\nenvironments: { prod: { rollout: { checks: [ { uses: strict, with: { job: shop } } ] } } }", ("budget", Budget), ("strict", Strict));
        definition.Rollout.Checks.ShouldBe([new CheckSpec { Kind = CheckKind.Errors }]);
        definition.For("prod").Rollout.Checks.ShouldHaveSingleItem().Threshold!.Pass.ShouldBe("value <= 0.5");
    }

    [Theory]
    [InlineData("1.2.3", "version=\\\"")]
    [InlineData("a\"} or vector(1) #", "vector")]
    [InlineData("{{version}}", "braces")]
    [InlineData("a{", "one brace")]
    [InlineData("a|b.*\\", "pattern")]
    [InlineData("' && \"` \\x41", "quotes")]
    public void What_is_given_stays_one_value_wherever_it_is_put(string given, string what)
    {
        const string Template = """
            description: d
            arguments: { it: { description: d } }
            check:
              threshold: { source: prom, query: 'a{l="{{args.it}}", m=~''x{{args.it}}y'', v="{{version}}"}', pass: 'value < 1.0 && "a" != {{args.it}}' }
            """;
        var check = Read($"checks: [ {{ uses: one, with: {{ it: {Yaml(given)} }} }} ]", ("one", Template)).Rollout.Checks.ShouldHaveSingleItem();
        var query = Slipway.Core.Analysis.Metrics.MetricQuery.Read(Slipway.Core.Analysis.Metrics.MetricSourceKind.Prometheus, check.Threshold!.Query);
        query.Problems.ShouldBeEmpty(what);
        query.Query!.Used.ShouldBe(["version"]);
        var text = query.Query.Fill(new Dictionary<string, string> { ["version"] = "V" }, TimeSpan.FromSeconds(1), default, default).Text!;

        // The label's value, read as PromQL does, is what was given; the structure around it is the template's.
        var label = text[5..text.IndexOf("\", m=~'", StringComparison.Ordinal)];
        Unescaped(label).ShouldBe(given);
        text.ShouldEndWith("y', v=\"V\"}");
        label.ShouldNotContain("\"");
        Slipway.Core.Analysis.Metrics.ThresholdCheck.Read(check.Threshold.Pass!).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void The_score_of_a_comparison_by_ranks_is_a_number_and_no_expression()
    {
        const string Template = "description: d\narguments: { score: { type: number, description: d, default: 90 } }\ncheck: { mannWhitney: { source: prom, pass: \"{{args.score}}\", metrics: [ { name: cpu, query: 'cpu{v=\"{{version}}\"}' } ] } }\n";
        Read("checks: [ { uses: one, with: { score: 80 } } ]", ("one", Template)).Rollout.Checks[0].Ranks!.Pass.ShouldBe(80);
    }

    [Fact]
    public void Parameters_of_an_address_are_encoded()
    {
        const string Template = "description: d\narguments: { it: { description: d } }\ncheck: { threshold: { source: orders, query: \"q={{args.it}}&v={{version}}\", value: body.n, pass: value < 1.0 } }\n";
        Read("checks: [ { uses: one, with: { it: \"a&b={{version}} #/../%\" } } ]", ("one", Template)).Rollout.Checks[0].Threshold!.Query.ShouldBe("q=a%26b%3D%7B%7Bversion%7D%7D%20%23%2F..%2F%25&v={{version}}");
    }

    [Theory]
    [InlineData("{ uses: bugdet, with: { job: a } }", "s.yaml:3:30: There is no template 'bugdet' of checks. (Did you mean 'budget'? They stand in the platform folder, under checks.)")]
    [InlineData("{ uses: budget }", "s.yaml:3:30: The check budget must be given job, a string: The job. (Write it like with: { job: … }.)")]
    [InlineData("{ uses: budget, with: { job: a, pecent: 1 } }", "s.yaml:3:54: The check budget has no argument 'pecent'. (Did you mean 'percent'?)")]
    [InlineData("{ uses: budget, with: { job: a, percent: 51 } }", "s.yaml:3:63: percent must be at most 50, not '51'.")]
    [InlineData("{ uses: budget, with: { job: a, percent: \"1\" } }", "s.yaml:3:63: percent must be a number, not '1'. (Write it like 5 or 0.5.)")]
    [InlineData("{ uses: budget, with: { job: a, percent: 1e3 } }", "s.yaml:3:63: percent must be a number, not '1e3'. (Write it like 5 or 0.5.)")]
    [InlineData("{ uses: budget, with: { job: [a] } }", "s.yaml:3:51: with.job must be a text, a number, a duration or a truth value, not a list.")]
    [InlineData("{ uses: budget, with: { job: \"a\\nb\" } }", "s.yaml:3:51: job must stand on one line, without control characters.")]
    [InlineData("{ uses: budget, wiht: { job: a } }", "s.yaml:3:38: Unknown key 'wiht' in an item of checks. (Did you mean 'with'?)")]
    [InlineData("{ uses: budget, with: { job: a }, threshold: {} }", "s.yaml:3:56: Unknown key 'threshold' in an item of checks. (Allowed: uses, with, name, dryRun.)")]
    [InlineData("{ uses: timed, with: { every: 2d } }", "s.yaml:3:52: interval must be from 1s to 1d, not '2d'.")]
    [InlineData("{ uses: timed, with: { every: soon } }", "s.yaml:3:52: every must be a duration, not 'soon'. (Write it like 500ms, 90s, 5m, 1h30m, 2d.)")]
    [InlineData("{ uses: timed, with: { on: maybe } }", "s.yaml:3:49: on must be true or false, not 'maybe'.")]
    [InlineData("{ uses: timed, with: { size: huge } }", "s.yaml:3:51: size cannot be 'huge'. (Allowed: small, large.)")]
    [InlineData("{ uses: timed }, { uses: timed }", "s.yaml:3:39: 'timed' is twice in checks. (Remove one, or give it another name.)")]
    [InlineData("{ uses: timed, with: { source: ordres } }", "s.yaml:3:53: There is no metric source 'ordres'. (Did you mean 'orders'?)")]
    public void A_wrong_use_is_told_at_its_place(string check, string expected)
    {
        const string Timed = """
            description: d
            arguments:
              every: { type: duration, description: d, default: 30s }
              "on": { type: boolean, description: d, default: true }
              size: { type: choice, description: d, default: small, values: [small, large] }
              source: { description: d, default: prom }
            check:
              threshold: { source: "{{args.source}}", query: 'up{size="{{args.size}}"}', interval: "{{args.every}}", pass: '{{args.on}} || value < 1.0' }
            """;
        var problems = ServiceDefinitionReader.Read($"service: shop\nrun: {{ command: ./shop }}\nrollout: {{ checks: [ {check} ] }}\n", "s.yaml", PlatformOf(("budget", Budget), ("timed", Timed))).Problems;
        problems.Select(p => p.ToString()).ShouldBe([expected]);
    }

    [Theory]
    [InlineData("description: d\ncheck: { threshold: { source: prom, query: 'up{a=\"{{args.x}}\"}', pass: value < 1.0 } }", "checks/bad.yaml:2:44: There is no argument 'x'. (Declare it under arguments.)")]
    [InlineData("description: d\narguments: { x: { description: d } }\ncheck: { threshold: { source: prom, query: up, pass: value < 1.0 } }", "checks/bad.yaml:2:14: Nothing in check speaks of the argument x. (Put \"{{args.x}}\" where it belongs, or remove it.)")]
    [InlineData("description: d\narguments: { x: { description: d } }\ncheck: { threshold: { source: prom, query: 'up > {{args.x}}', pass: value < 1.0 } }", "checks/bad.yaml:3:50: query: {{args.x}} stands outside of quotes. (Write it within the quotes of a label's value, such as args.x=\"{{args.x}}\".)")]
    [InlineData("description: d\narguments: { x: { description: d } }\ncheck: { threshold: { source: prom, query: up, pass: '\"{{args.x}}\" == \"a\"' } }", "checks/bad.yaml:3:54: {{args.x}} must stand for itself in an expression, and not within a text or a name. (Compare with it: an argument that is a string is one already, and needs no quotes.)")]
    [InlineData("description: d\narguments: { x: { type: number, description: d } }\ncheck: { threshold: { source: prom, query: up, pass: 'value < 1{{args.x}}' } }", "checks/bad.yaml:3:54: {{args.x}} must stand for itself in an expression, and not within a text or a name. (Compare with it: an argument that is a string is one already, and needs no quotes.)")]
    [InlineData("description: d\narguments: { x: { type: number, description: d } }\ncheck: { threshold: { source: prom, query: up, pass: 'value < {{args.x}}.5' } }", "checks/bad.yaml:3:54: {{args.x}} must stand for itself in an expression, and not within a text or a name. (Compare with it: an argument that is a string is one already, and needs no quotes.)")]
    [InlineData("description: d\narguments: { x: { type: number, description: d } }\ncheck: { threshold: { source: prom, query: up, pass: 'value < {{args.x}}{{args.x}}' } }", "checks/bad.yaml:3:54: {{args.x}} must stand for itself in an expression, and not within a text or a name. (Compare with it: an argument that is a string is one already, and needs no quotes.)")]
    [InlineData("description: d\narguments: { x: { type: number, description: d } }\ncheck: { threshold: { source: prom, query: up, pass: 'value{{args.x}} < 1.0' } }", "checks/bad.yaml:3:54: {{args.x}} must stand for itself in an expression, and not within a text or a name. (Compare with it: an argument that is a string is one already, and needs no quotes.)")]
    [InlineData("description: d\narguments: { x: { type: nmber, description: d } }\ncheck: { threshold: { source: prom, query: 'up{a=\"{{args.x}}\"}', pass: value < 1.0 } }", "checks/bad.yaml:2:25: Unknown type 'nmber'. (Did you mean 'number'?)")]
    [InlineData("description: d\narguments: { x: { type: number, description: d, default: a } }\ncheck: { threshold: { source: prom, query: 'up > {{args.x}}', pass: value < 1.0 } }", "checks/bad.yaml:2:58: The default of x is not one of its values: x must be a number, not 'a'. (Write it like 5 or 0.5.)")]
    [InlineData("description: d\narguments: { x: { type: choice, description: d } }\ncheck: { threshold: { source: prom, query: 'up{a=\"{{args.x}}\"}', pass: value < 1.0 } }", "checks/bad.yaml:2:14: The choice x has no values. (Write them like values: [small, large].)")]
    [InlineData("description: d\ncheck: { name: a, threshold: { source: prom, query: up, pass: value < 1.0 } }", "checks/bad.yaml:2:10: Unknown key 'name' in check. (Allowed: acceptable, detectable, minRequests, counts, threshold, mannWhitney.)")]
    [InlineData("description: d\ncheck: { threshold: { source: porm, query: up, pass: value < 1.0 } }", "checks/bad.yaml:2:31: There is no metric source 'porm'. (Did you mean 'prom'?)")]
    [InlineData("description: d\ncheck: { threshold: { source: prom, query: up, pass: value < } }", "checks/bad.yaml:2:61: pass: Here is the end; expected was a value.")]
    [InlineData("description: d\ncheck: { threshold: { source: prom, query: up, step: soon, pass: value < 1.0 } }", "checks/bad.yaml:2:54: step must be a duration, not 'soon'. (Write it like 500ms, 90s, 5m, 1h30m, 2d.)")]
    [InlineData("description: d\ncheck: { acceptable: 1% }", "checks/bad.yaml:2:8: Unknown check 'bad'. (Say with one of counts, threshold, mannWhitney where its numbers come from.)")]
    [InlineData("description: d\ncheck: { uses: bugdet }", "checks/bad.yaml:2:16: There is no template 'bugdet' of checks. (Did you mean 'budget'?)")]
    [InlineData("description: d\ncheck: { uses: bad }", "checks/bad.yaml:2:16: The templates go in a circle: bad → bad. (Write one of them out.)")]
    [InlineData("description: d\ncheck: { uses: budget }", "checks/bad.yaml:2:16: The check budget must be given job, a string: The job. (Write it like with: { job: … }.)")]
    [InlineData("description: d\ncheck: { uses: budget, with: { job: a, percent: 99 } }", "checks/bad.yaml:2:49: percent must be at most 50, not '99'.")]
    [InlineData("check: { threshold: { source: prom, query: up, pass: value < 1.0 } }", "checks/bad.yaml:1:1: description is missing in the template. (What it looks at, in a sentence.)")]
    [InlineData("description: d\ncheck: [", "checks/bad.yaml:3:1: This is not YAML: ")]
    public void A_wrong_template_is_told_with_its_file_and_place(string text, string expected) =>
        PlatformDefinitionReader.Read(Platform, "p.yaml", [new PlatformFile("checks/bad.yaml", text), new PlatformFile("checks/budget.yaml", Budget)]).Problems.ShouldHaveSingleItem().ToString().ShouldStartWith(expected);

    [Fact]
    public void Names_circles_and_depth_are_bounded_and_all_is_told_at_once()
    {
        static PlatformFile Link(string name, string next) => new($"checks/{name}.yaml", $"description: d\ncheck: {{ uses: {next} }}\n");
        var chain = Enumerable.Range(1, 6).Select(n => Link($"c{n}", n == 6 ? "end" : $"c{n + 1}")).Append(new PlatformFile("checks/end.yaml", "description: d\ncheck: { threshold: { source: prom, query: up, pass: value < 1.0 } }\n"));
        PlatformDefinitionReader.Read(Platform, "p.yaml", [Link("a", "b"), Link("b", "a"), Link("errors", "a"), Link("No", "a"), .. chain]).Problems.Select(p => p.ToString()).ShouldBe(
        [
            "checks/a.yaml:2:16: The templates go in a circle: a → b → a. (Write one of them out.)",
            "checks/b.yaml:2:16: The templates go in a circle: b → a → b. (Write one of them out.)",
            "checks/errors.yaml:1:1: 'errors' is what the routers count. (Give the file another name.)",
            "checks/No.yaml:1:1: A template of checks, and so its file, must have lower-case letters, digits and single hyphens inside, at most 40 characters; not 'No'.",
            "checks/c1.yaml:2:16: Templates of checks use each other at most 5 deep: c1 → c2 → c3 → c4 → c5 → c6. (Write one of them out.)",
            "checks/c2.yaml:2:16: Templates of checks use each other at most 5 deep: c2 → c3 → c4 → c5 → c6 → end. (Write one of them out.)",
        ]);
    }

    [Theory]
    [InlineData("run: { command: ./shop }\nrollout: { checks: [ { uses: budget } ] }\n")]
    [InlineData("run: { command: ./shop, traffic: none }\nrollout: { strategy: canary, steps: [ { weight: 5 }, { analyze: 5m } ], checks: [ { uses: budget } ] }\n")]
    [InlineData("run: { command: ./shop }\nrollout: { strategy: blueGreen, before: [ { analyze: 5m } ], checks: [ { uses: budget } ] }\n")]
    public void Without_a_platform_a_template_is_left_open_and_nothing_is_a_definition_that_has_one(string text)
    {
        var read = ServiceDefinitionReader.Read("service: shop\n" + text, "s.yaml", null);
        (read.Problems.Count, read.Definition, read.NeedsPlatform).ShouldBe((0, null, true));
        var open = read.Unknown.ShouldHaveSingleItem();
        (open.Line, open.Message).ShouldBe((3, "The template 'budget' of checks was not looked at: it is the platform's."));
        ServiceDefinitionReader.Read("service: shop\nrun: { command: ./shop }\nrollout: { checks: [ { uses: budget }, { uses: other, name: budget } ] }\n", "s.yaml", null).Problems.ShouldHaveSingleItem().Message.ShouldBe("'budget' is twice in checks.");
    }

    [Fact]
    public void Another_value_is_another_revision()
    {
        string Hash(string percent) => RevisionHash.Of("1.0", [], Read($"checks: [ {{ uses: budget, with: {{ job: a, percent: {percent} }} }} ]", ("budget", Budget)).For("prod"), 0, []);
        Hash("1").ShouldBe(Hash("1"));
        Hash("1").ShouldNotBe(Hash("2"));
    }

    private static string Yaml(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static string Unescaped(string promql) => System.Text.RegularExpressions.Regex.Replace(promql, @"\\(x(?<hex>[0-9a-f]{2})|(?<one>.))", m => m.Groups["hex"].Success ? ((char)Convert.ToInt32(m.Groups["hex"].Value, 16)).ToString() : m.Groups["one"].Value);

    private static PlatformDefinition PlatformOf(params (string Name, string Text)[] templates)
    {
        var platform = PlatformDefinitionReader.Read(Platform, "p.yaml", [.. templates.Select(t => new PlatformFile($"checks/{t.Name}.yaml", t.Text))]);
        platform.Problems.ShouldBeEmpty();
        return platform.Definition!;
    }

    private static ServiceDefinition Read(string rollout, params (string Name, string Text)[] templates)
    {
        var (own, rest) = rollout.Split('\n') is [var first, .. var others] ? (first, string.Join('\n', others)) : (rollout, "");
        var result = ServiceDefinitionReader.Read($"service: shop\nrun: {{ command: ./shop }}\nrollout: {{ {own} }}\n{rest}\n", "s.yaml", PlatformOf(templates));
        result.Problems.ShouldBeEmpty();
        return result.Definition.ShouldNotBeNull();
    }
}
