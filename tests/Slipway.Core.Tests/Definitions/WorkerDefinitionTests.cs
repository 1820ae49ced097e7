using Slipway.Core.Definitions;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Tests.Definitions;

public sealed class WorkerDefinitionTests
{
    private const string Head = "service: mailer\nrun: { command: ./mailer, traffic: none, instances: 4 }\n";

    [Fact]
    public void A_worker_is_not_probed_and_is_judged_by_nothing_where_nothing_is_said()
    {
        var definition = Read(Head);
        definition.Run.ShouldSatisfyAllConditions(run => run.IsWorker.ShouldBeTrue(), run => run.Health.Path.ShouldBeNull(), run => run.Instances.ShouldBe(4));
        definition.Rollout.Checks.ShouldBeEmpty();
    }

    [Fact]
    public void A_path_lets_it_be_probed() =>
        Read("service: mailer\nrun: { command: ./mailer, traffic: none, health: { path: /alive, timeout: 2s } }\n").Run.Health.ShouldBe(new HealthSpec { Path = "/alive", Timeout = TimeSpan.FromSeconds(2) });

    [Fact]
    public void Its_canary_says_how_instances_are_exchanged_and_keeps_nothing_warm()
    {
        var canary = Read(Head + "rollout: { strategy: canary, steps: [ { weight: 25 } ], surge: 2, maxUnavailable: 1, minHealthyTime: 10s }\n").Rollout;
        canary.Rolling.ShouldBe(new RollingSpec { Surge = new(2), MaxUnavailable = new(1), MinHealthyTime = TimeSpan.FromSeconds(10) });
        Read(Head + "rollout: { strategy: blueGreen }\n").Rollout.KeepWarm.ShouldBe(TimeSpan.Zero);
        Read("service: shop\nrun: { command: ./shop }\nrollout: { strategy: blueGreen }\n").Rollout.KeepWarm.ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void An_environment_may_make_a_worker_of_it()
    {
        var definition = Read("service: mailer\nrun: { command: ./mailer }\nenvironments: { dev: { run: { traffic: none } } }\n");
        (definition.Run.IsWorker, definition.For("dev").Run.IsWorker).ShouldBe((false, true));
        definition.For("dev").Rollout.Checks.ShouldBeEmpty();
    }

    [Fact]
    public void To_serve_requests_may_be_said_and_changes_no_revision()
    {
        var said = Read("service: shop\nrun: { command: ./shop, traffic: requests }\n");
        RevisionHash.Of("1.0", [], said.For("prod"), 0, []).ShouldBe(RevisionHash.Of("1.0", [], Read("service: shop\nrun: { command: ./shop }\n").For("prod"), 0, []));
        RevisionHash.Of("1.0", [], said.For("prod"), 0, []).ShouldNotBe(RevisionHash.Of("1.0", [], Read("service: shop\nrun: { command: ./shop, traffic: none, health: { path: / } }\nrollout: { checks: [ { name: lag, threshold: { source: p, query: q, pass: value < 1 } } ] }\n").For("prod"), 0, []));
    }

    [Theory]
    [InlineData("run: { command: ./m, traffic: non }\n", "s.yaml:2:31: Unknown traffic 'non'. (Did you mean 'none'?)")]
    [InlineData("run: { command: ./m, traffic: none, requestTimeout: 5s }\n", "s.yaml:2:37: A worker has no requests: requestTimeout has no meaning. (Remove it; what may take how long is the worker's own affair.)")]
    [InlineData("run: { command: ./m, traffic: none, health: { timeout: 5s } }\n", "s.yaml:2:47: timeout is about probes, and a worker without health.path is not probed. (Give a path that it answers at $PORT, or remove this.)")]
    [InlineData("run: { command: ./m, traffic: none, health: { interval: 30s } }\n", "s.yaml:2:45: A worker is healthy once it has run for healthyAfter × interval, here 1m: that is not before the deadline of 1m. (Lower one of the two, or raise deadline.)")]
    [InlineData("run: { command: ./m, traffic: none }\nverify: [ { name: smoke, http: { path: / } } ]\n", "s.yaml:3:26: A worker answers no requests: http cannot verify it. (Use run, with a script that looks at what the worker does.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { sticky: {} }\n", "s.yaml:3:12: A worker has no sessions: sticky has no meaning. (Remove it, or remove traffic: none if the service answers requests.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { keepWarm: 5m }\n", "s.yaml:3:12: keepWarm keeps instances without traffic, but a worker that runs works. (Remove it; a way back starts the old version's instances again.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { strategy: canary, steps: [ { weight: 5 } ], baseline: true }\n", "s.yaml:3:56: A worker's canary takes the place of running instances; there is no baseline beside them. (Remove it.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { strategy: canary, steps: [ { weight: 5 }, { mirror: 5 } ] }\n", "s.yaml:3:56: A worker has no requests: mirror has no meaning. (Remove it, or remove traffic: none if the service answers requests.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { strategy: blueGreen, before: [ { route: none } ] }\n", "s.yaml:3:45: A worker has no requests: route has no meaning. (Remove it, or remove traffic: none if the service answers requests.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { strategy: canary, steps: [ { instances: 2 }, { weight: 5 } ] }\n", "s.yaml:3:41: A worker's weight is its share of the instances: instances says the same once more. (Say it with weight.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { checks: [errors] }\n", "s.yaml:3:21: The routers count no requests of a worker: it cannot be judged by errors. (Use counts, threshold or mannWhitney, with a metric source.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { checks: [ { name: latency, acceptable: 1% } ] }\n", "s.yaml:3:30: The routers count no requests of a worker: it cannot be judged by latency. (Use counts, threshold or mannWhitney, with a metric source.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { strategy: canary, steps: [ { weight: 5 }, { analyze: 2m } ] }\n", "s.yaml:3:56: There is nothing to judge a worker by: it has no checks. (Add checks with counts or threshold (docs/checks.md), or remove analyze.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { watch: 2m }\n", "s.yaml:3:12: After 100 % there is no other version to compare a worker with: watch needs a check with a threshold. (Add one, or remove watch.)")]
    [InlineData("run: { command: ./m, traffic: none }\nrollout: { strategy: canary, steps: [ { weight: 5 } ], surge: 0 }\n", "s.yaml:3:63: With neither surge nor maxUnavailable no instance could be exchanged. (Let one of them be at least 1.)")]
    [InlineData("run: { command: ./m }\nenvironments: { prod: { run: { traffic: none } } }\nverify: [ { name: smoke, http: { path: / } } ]\n", "s.yaml:4:26: A worker answers no requests: http cannot verify it. (Use run, with a script that looks at what the worker does.)")]
    public void What_speaks_of_requests_is_told_with_the_way_out(string text, string expected) =>
        ServiceDefinitionReader.Read("service: mailer\n" + text, "s.yaml", null).Problems.Select(p => p.ToString()).ShouldBe([expected]);

    private static ServiceDefinition Read(string text)
    {
        var result = ServiceDefinitionReader.Read(text, "s.yaml", null);
        result.Problems.ShouldBeEmpty();
        return result.Definition.ShouldNotBeNull();
    }
}
