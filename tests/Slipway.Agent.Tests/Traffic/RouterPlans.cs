using FsCheck;
using FsCheck.Fluent;
using Slipway.Agent.Traffic;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Traffic;

/// <summary>From wanted traffic and running instances to what the router serves.</summary>
public sealed class RouterPlans
{
    private static readonly Dictionary<string, WantedVersionSet> NoSets = [];
    private static readonly Dictionary<string, WantedVersionSet> BothSets = new[] { "a/prod/1", "a/prod/2" }.ToDictionary(name => name, name => Set(name, 1));

    [Fact]
    public void Only_instances_that_can_answer_get_requests()
    {
        var instance = from state in Gen.Elements(Enum.GetValues<InstanceState>()) from set in Gen.Elements("a/prod/1", "a/prod/2") from port in Gen.Choose(20000, 20999) select (set, state, port);
        Check.QuickThrowOnFailure(Prop.ForAll(instance.ListOf().ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (instances, weight) =>
        {
            var present = instances.DistinctBy(one => one.port).ToList();
            var plan = RouterPlan.From([Route(100 - weight, weight)], BothSets, Observed([.. present]), 5);
            plan.Sequence.ShouldBe(5);
            plan.Lanes.Single().VersionSets.Sum(set => set.Weight).ShouldBe(100);
            foreach (var set in plan.Lanes[0].VersionSets)
            {
                var mine = present.Where(one => one.set == set.VersionSet).ToLookup(one => one.state, one => $"http://127.0.0.1:{one.port}");
                var expected = mine[InstanceState.Healthy].Any() || set.Weight == 0 ? mine[InstanceState.Healthy] : mine[InstanceState.Unhealthy];
                set.Endpoints.ShouldBe(expected, ignoreOrder: true);
            }
        }));
    }

    [Theory]
    [InlineData(InstanceState.Healthy, InstanceState.Healthy, 95, 5)]
    [InlineData(InstanceState.Healthy, InstanceState.Unhealthy, 95, 5)]
    [InlineData(InstanceState.Healthy, InstanceState.BackOff, 95, 5)]
    [InlineData(InstanceState.BackOff, InstanceState.Healthy, 95, 5)]
    [InlineData(InstanceState.Healthy, InstanceState.Probing, 100, 0)]
    [InlineData(InstanceState.Healthy, InstanceState.Failed, 100, 0)]
    [InlineData(InstanceState.Healthy, null, 100, 0)]
    [InlineData(null, InstanceState.Healthy, 0, 100)]
    [InlineData(null, InstanceState.Probing, 0, 100)]
    [InlineData(InstanceState.Failed, InstanceState.Probing, 95, 5)]
    [InlineData(null, null, 0, 0)]
    public void What_other_hosts_run_has_its_share_there_and_what_has_not_come_up_here_has_none_yet(InstanceState? stable, InstanceState? canary, int stableServed, int canaryServed)
    {
        (string, InstanceState?)[] all = [("a/prod/1", stable), ("a/prod/2", canary)];
        var sets = all.Where(s => s.Item2 is not null).ToDictionary(s => s.Item1, s => Set(s.Item1, 1));
        var observed = Observed([.. all.Where(s => s.Item2 is not null).Select((s, i) => (s.Item1, s.Item2!.Value, 20000 + i))]);
        RouterPlan.From([Route(95, 5)], sets, observed, 1).Lanes.Single().VersionSets.Select(set => set.Weight).ShouldBe([stableServed, canaryServed]);
    }

    [Fact]
    public void Of_three_the_shares_of_those_that_are_here_sum_to_all()
    {
        var route = Route(0, 0) with { Weights = [new("a/prod/1", "1", "stable", 34), new("a/prod/2", "1", "baseline", 33), new("a/prod/3", "2", "canary", 33)] };
        var sets = new[] { "a/prod/2", "a/prod/3" }.ToDictionary(name => name, name => Set(name, 1));
        var observed = Observed(("a/prod/2", InstanceState.Healthy, 20001), ("a/prod/3", InstanceState.Healthy, 20002));
        RouterPlan.From([route], sets, observed, 1).Lanes.Single().VersionSets.Select(set => set.Weight).ShouldBe([0, 50, 50]);
    }

    [Fact]
    public void An_instance_that_is_drained_gets_nothing_even_when_it_is_the_last()
    {
        RouterPlan.From([Route(100, 0)], NoSets, Observed(("a/prod/1", InstanceState.Draining, 20000)), 1).Lanes[0].VersionSets[0].Endpoints.ShouldBeEmpty();
    }

    [Fact]
    public void A_version_set_under_preview_is_reachable_without_weight()
    {
        var route = Route(100, 0) with { Previews = ["a/prod/3"], Weights = [new("a/prod/1", "1", "stable", 100)] };
        var lane = RouterPlan.From([route], NoSets, Observed(("a/prod/3", InstanceState.Healthy, 20003)), 1).Lanes.Single();
        lane.Preview!.Host.ShouldBe("a--preview.prod.localhost");
        lane.Preview.VersionSet.ShouldBe("a/prod/3");
        var set = lane.VersionSets.Single(set => set.VersionSet == "a/prod/3");
        set.Weight.ShouldBe(0);
        set.Endpoints.ShouldBe(["http://127.0.0.1:20003"]);
    }

    [Fact]
    public void What_only_marks_or_copies_name_is_listed_with_its_instances_and_without_weight()
    {
        var mark = new RequestMark(RequestMark.Header, "X-Try", "new");
        var route = Route(90, 10) with
        {
            Marks = [new("a/prod/3", "3", mark), new("a/prod/2", "2", mark), new("a/prod/3", "3", mark)],
            Mirror = new("a/prod/4", "4", 20),
            Previews = ["a/prod/3"],
            Sticky = new(TimeSpan.FromHours(1)),
        };
        var observed = Observed(("a/prod/3", InstanceState.Healthy, 20003), ("a/prod/3", InstanceState.Unhealthy, 20013), ("a/prod/4", InstanceState.Healthy, 20004));
        var lane = RouterPlan.From([route], BothSets, observed, 1).Lanes.Single();
        lane.VersionSets.Select(set => (set.VersionSet, set.Version, set.Weight)).ShouldBe([("a/prod/1", "1", 90), ("a/prod/2", "2", 10), ("a/prod/3", "3", 0), ("a/prod/4", "4", 0)]);
        lane.VersionSets[2].Endpoints.ShouldBe(["http://127.0.0.1:20003"]);
        lane.VersionSets[3].Endpoints.ShouldBe(["http://127.0.0.1:20004"]);
        lane.Marks.ShouldBe([new("a/prod/3", mark), new("a/prod/2", mark), new("a/prod/3", mark)]);
        lane.Mirror.ShouldBe(new("a/prod/4", 20));
        lane.Sticky.ShouldBe(new(TimeSpan.FromHours(1)));
        lane.Preview!.VersionSet.ShouldBe("a/prod/3");
    }

    [Fact]
    public void Other_marks_copies_or_sessions_make_another_service()
    {
        var mark = new RequestMark(RequestMark.Header, "X-Try", "new");
        var route = Route(90, 10) with { Marks = [new("a/prod/2", "2", mark)], Mirror = new("a/prod/2", "2", 20), Sticky = new(TimeSpan.FromHours(1)) };
        RouterPlan.SameService(Plan(route), Plan(route with { Marks = [.. route.Marks] })).ShouldBeTrue();
        foreach (var other in new[]
        {
            route with { Marks = [] }, route with { Marks = [new("a/prod/1", "1", mark)] }, route with { Marks = [new("a/prod/2", "2", mark with { Is = "old" })] },
            route with { Mirror = null }, route with { Mirror = new("a/prod/2", "2", 21) }, route with { Sticky = null }, route with { Sticky = new(TimeSpan.FromHours(2)) },
        })
        {
            RouterPlan.SameService(Plan(route), Plan(other)).ShouldBeFalse();
        }

        RouterConfiguration Plan(WantedRoute one) => RouterPlan.From([one], NoSets, Observed(), 1);
    }

    [Fact]
    public void A_lane_without_weights_is_there_and_serves_nothing()
    {
        var lane = RouterPlan.From([Route(100, 0) with { Weights = [] }], NoSets, Observed(), 1).Lanes.Single();
        lane.VersionSets.ShouldBeEmpty();
        lane.Host.ShouldBe("a.prod.localhost");
    }

    [Fact]
    public void Sequence_and_chosen_ports_do_not_make_another_service_but_an_endpoint_does()
    {
        var plan = RouterPlan.From([Route(100, 0)], NoSets, Observed(("a/prod/1", InstanceState.Healthy, 20000)), 1);
        RouterPlan.SameService(plan, plan with { Sequence = 9, Lanes = [plan.Lanes[0] with { Port = 4711 }] }).ShouldBeTrue();
        RouterPlan.SameService(plan, RouterPlan.From([Route(100, 0)], NoSets, Observed(("a/prod/1", InstanceState.Healthy, 20001)), 1)).ShouldBeFalse();
    }

    private static ILookup<string, ObservedInstance> Observed(params (string Set, InstanceState State, int Port)[] instances) =>
        instances.ToLookup(one => one.Set, one => new ObservedInstance { Instance = $"a-{one.Port}", State = one.State, Port = one.Port });

    private static WantedVersionSet Set(string name, int count) => new()
    {
        VersionSet = name, Token = new Token(1, 1), Service = "a", Environment = "prod", Version = "1", Count = count, ArtifactDigest = "sha256:a", ArtifactBytes = 1, Command = ["x"], Env = new Dictionary<string, string>(),
        Health = new() { Path = "/", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1), HealthyAfter = 1, UnhealthyAfter = 1, Deadline = TimeSpan.FromSeconds(9) }, Drain = TimeSpan.Zero,
    };

    private static WantedRoute Route(int first, int second) => new()
    {
        Lane = "a/prod",
        Token = new(1, 1),
        Generation = 3,
        Host = "a.prod.localhost",
        Weights = [new("a/prod/1", "1", "stable", first), new("a/prod/2", "2", "canary", second)],
    };
}
