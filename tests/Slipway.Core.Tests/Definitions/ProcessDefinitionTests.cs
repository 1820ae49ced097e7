using Slipway.Core.Definitions;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Definitions;

public sealed class ProcessDefinitionTests
{
    private const string Shop = "service: shop\nprocesses:\n  mailer: { command: ./mailer, traffic: none, instances: 3 }\n  web: { command: ./web, instances: 2 }\n  cron: { command: ./cron, traffic: none, drain: 1m }\n";

    [Fact]
    public void The_one_that_serves_requests_leads_and_the_workers_stand_beside_it()
    {
        var run = Read(Shop).Run;
        (run.Process, run.Instances, run.IsWorker, run.Health.Path).ShouldBe(("web", 2, false, "/"));
        run.Workers!.Select(w => (w.Process, w.Instances, w.IsWorker, w.Health.Path, w.Command[0])).ShouldBe([("mailer", 3, true, null, "./mailer"), ("cron", 1, true, null, "./cron")]);
        Read(Shop).Rollout.Checks.ShouldNotBeEmpty("it is judged as what serves requests is");
    }

    [Fact]
    public void Where_none_serves_requests_the_first_leads()
    {
        var run = Read("service: jobs\nprocesses: { mailer: { command: ./mailer, traffic: none }, cron: { command: ./cron, traffic: none } }\n").Run;
        (run.Process, run.IsWorker, run.Workers!.Single().Process).ShouldBe(("mailer", true, "cron"));
    }

    [Fact]
    public void One_alone_has_a_name_and_nothing_beside_it()
    {
        var run = Read("service: shop\nprocesses: { web: { command: ./web } }\n").Run;
        (run.Process, run.Workers).ShouldBe(("web", null));
    }

    [Fact]
    public void An_environment_overrides_process_by_process()
    {
        var dev = Read(Shop + "environments: { dev: { processes: { mailer: { instances: 1 }, web: { env: { A: b } } } } }\n").For("dev").Run;
        (dev.Instances, dev.Env["A"], dev.Workers![0].Instances, dev.Workers[1].Drain).ShouldBe((2, "b", 1, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void In_an_environment_where_nothing_serves_requests_the_first_leads_as_a_worker()
    {
        var definition = Read(Shop + "environments: { dev: { processes: { web: { traffic: none } } } }\n");
        (definition.For("dev").Run.IsWorker, definition.For("dev").Run.Process, definition.For("prod").Run.IsWorker).ShouldBe((true, "mailer", false));
    }

    [Fact]
    public void What_a_worker_runs_is_part_of_the_revision()
    {
        string Hash(string text) => RevisionHash.Of("1.0", [], Read(text).For("prod"), 0, []);
        Hash(Shop).ShouldNotBe(Hash(Shop.Replace("instances: 3", "instances: 4", StringComparison.Ordinal)));
        Hash(Shop).ShouldNotBe(Hash(Shop.Replace("cron:", "clock:", StringComparison.Ordinal)));
        Hash("service: shop\nprocesses: { web: { command: ./web } }\n").ShouldNotBe(Hash("service: shop\nrun: { command: ./web }\n"));
    }

    [Theory]
    [InlineData("run: { command: ./a }\nprocesses: { web: { command: ./b } }\n", "s.yaml:3:1: A service has either run or processes. (Put what run says under processes, with a name, or remove processes.)")]
    [InlineData("owner: web\n", "s.yaml:1:1: run is missing in the file. (How the service runs: run: { command: … }, or processes where it has several.)")]
    [InlineData("proceses: { web: { command: ./b } }\n", "s.yaml:2:1: Unknown key 'proceses' in the file. (Did you mean 'processes'?)")]
    [InlineData("processes: { web: { command: ./b }, mailer: { command: ./c, trafic: none } }\n", "s.yaml:2:61: Unknown key 'trafic' in processes.mailer. (Did you mean 'traffic'?)")]
    [InlineData("processes: {}\n", "s.yaml:2:12: processes must have 1 to 10 keys, not 0.")]
    [InlineData("processes: web\n", "s.yaml:2:12: processes must be a map, not 'web'. (Write it like { key: value }.)")]
    [InlineData("processes: { web: ./web }\n", "s.yaml:2:19: processes.web must be a map, not './web'. (Allowed keys: command, env, instances, traffic, health, requestTimeout, drain.)")]
    [InlineData("processes: { web: { instances: 2 } }\n", "s.yaml:2:19: command is missing in processes.web. (By shell words, run without a shell in the unpacked artifact; must listen on $HOST:$PORT, unless it is a worker.)")]
    [InlineData("processes: { Web: { command: ./b } }\n", "s.yaml:2:14: A process's name must have lower-case letters, digits and single hyphens inside, at most 20 characters; not 'Web'.")]
    [InlineData("processes: { web: { command: ./b }, baseline: { command: ./c, traffic: none } }\n", "s.yaml:2:37: A process cannot be called baseline: instances to compare a canary with are.")]
    [InlineData("processes: { web: { command: ./b }, api: { command: ./c } }\n", "s.yaml:2:37: Only one process may serve requests: web and api do. (Give one of them traffic: none, or make it a service of its own.)")]
    [InlineData("processes: { web: { command: ./b }, mailer: { command: ./c, traffic: none, requestTimeout: 1s } }\n", "s.yaml:2:76: A worker has no requests: requestTimeout has no meaning. (Remove it; what may take how long is the worker's own affair.)")]
    [InlineData("processes: { web: { command: ./b }, mailer: { command: ./c, traffic: none } }\nrollout: { strategy: ring, rings: [ { name: a, target: { x: y } } ] }\n", "s.yaml:3:22: The strategy ring is not for workers, and this service has some beside the process that serves requests. (Use canary, rolling or blueGreen, or make the workers a service of their own.)")]
    [InlineData("run: { command: ./a }\nenvironments: { dev: { processes: { web: { instances: 2 } } } }\n", "s.yaml:3:24: A service has either run or processes. (Put what run says under processes, with a name, or remove processes.)")]
    [InlineData("processes: { web: { command: ./b } }\nenvironments: { dev: { run: { instances: 2 } } }\n", "s.yaml:3:24: The service has processes: run has no meaning here. (Write processes: { web: { … } }.)")]
    [InlineData("processes: { web: { command: ./b } }\nenvironments: { dev: { processes: { wep: { instances: 2 } } } }\n", "s.yaml:3:37: The service has no process 'wep'. (Did you mean 'web'?)")]
    [InlineData("processes: { web: { command: ./b }, mailer: { command: ./c, traffic: none } }\nenvironments: { dev: { processes: { mailer: { traffic: requests } } } }\n", "s.yaml:3:37: Only one process may serve requests: web and mailer do. (Give one of them traffic: none, or make it a service of its own.)")]
    public void One_mistake_is_told_with_its_place_and_the_way_out(string text, string expected) =>
        ServiceDefinitionReader.Read("service: shop\n" + text, "s.yaml", null).Problems.Select(p => p.ToString()).ShouldBe([expected]);

    private static ServiceDefinition Read(string text)
    {
        var result = ServiceDefinitionReader.Read(text, "s.yaml", null);
        result.Problems.ShouldBeEmpty();
        return result.Definition!;
    }
}
