using Slipway.Core.Kernel;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Core.Traffic;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Engine.Tests.Simulation;

namespace Slipway.Engine.Tests.Loop;

/// <summary>Where a service's processes come, and which hosts are told of its traffic.</summary>
public sealed class TargetPlacementTests
{
    private static readonly LaneId Lane = new("shop", "prod");
    private static readonly IReadOnlyDictionary<string, string> Anywhere = new Dictionary<string, string>();

    // Nobody leases effects here.
    private readonly MemoryStore _store = new(new VirtualTime(), Mutation.FencingIgnored);
    private readonly AgentRegistry _agents = new();
    private readonly TargetPlacement _placement;
    private long _counter;

    public TargetPlacementTests()
    {
        foreach (var name in new[] { "a", "b" })
        {
            _agents.Put(new AgentPresence { Name = name, Connected = true, LastSeenAt = VirtualTime.Start, SeenStamp = 0, Labels = Anywhere, Program = "a test", ProtocolVersion = 1 });
        }

        _placement = new TargetPlacement(_store, _agents, new WantedSignal());
    }

    [Fact]
    public async Task A_new_version_comes_where_it_takes_an_old_ones_place_whatever_workers_are_there()
    {
        var (old, @new) = (Spec("1.0", mailers: 1), Spec("2.0", mailers: 1));
        await EnsureAsync(old, 1);
        await EnsureAsync(old.Workers[0], 1);
        await EnsureAsync(@new, 1);
        Placed(old).ShouldBe(["a 1"]);
        Placed(old.Workers[0]).ShouldBe(["a 1"], "what serves requests there takes nothing from it");
        Placed(@new).ShouldBe(["b 1"]);
    }

    [Fact]
    public async Task What_is_to_stand_beside_waits_for_the_host_that_it_stands_on_and_goes_nowhere_else()
    {
        var (old, @new) = (Spec("1.0", mailers: 1), Spec("2.0", mailers: 1));
        await EnsureAsync(old.AsBaseline, 1);
        await EnsureAsync(old.AsBaseline, 0);
        await EnsureAsync(old, 1);
        await EnsureAsync(@new, 1);
        Placed(@new).ShouldBe(["b 1"]);
        _agents.Remove("b");
        await EnsureAsync(old.AsBaseline, 1, beside: @new.Id);
        Placed(old.AsBaseline).ShouldBe(["b 1"], "not on a, which is there and has had some of it before");
    }

    [Fact]
    public async Task A_host_with_workers_alone_is_not_told_to_divide_requests_that_it_cannot_serve()
    {
        var spec = Spec("1.0", mailers: 2);
        await EnsureAsync(spec, 1);
        await EnsureAsync(spec.Workers[0], 2);
        (await ShiftAsync(new TrafficWeight(spec.Id, spec.Version, Arm.Stable, 100))).ShouldBeNull();
        Told().ShouldBe(["a"]);
    }

    [Fact]
    public async Task That_nothing_has_traffic_any_more_need_be_told_to_nobody_where_nobody_had_any()
    {
        await EnsureAsync(Spec("1.0", mailers: 1).Workers[0], 1);
        (await ShiftAsync()).ShouldBeNull();
        (await ShiftAsync(new TrafficWeight("shop/prod/x", "1.0", Arm.Stable, 100))).ShouldBe("no agent runs anything of this lane");
        Told().ShouldBeEmpty();
    }

    private static VersionSetSpec Spec(string version, int mailers) => new()
    {
        Id = $"{Lane}/{version}", Lane = Lane, Version = version, Revision = version, ArtifactDigest = "sha256:0", ArtifactBytes = 1,
        Run = new RunSpec { Command = ["./web"], Process = "web", Workers = [new RunSpec { Command = ["./mailer"], Process = "mailer", IsWorker = true, Instances = mailers }] },
    };

    private async Task EnsureAsync(VersionSetSpec spec, int count, string? beside = null) => await
        _placement.EnsureAsync(Effect("ensureVersionSet"), new EnsureVersionSet { Spec = spec, Count = count, Token = new FencingToken(1, ++_counter), Target = Anywhere, Beside = beside }, CancellationToken.None);

    private Task<string?> ShiftAsync(params TrafficWeight[] weights) => _placement.ShiftAsync(
        Effect("shiftTraffic"),
        new ShiftTraffic { Wanted = new TrafficWanted { Lane = Lane, Generation = ++_counter, Weights = weights, RequestTimeout = TimeSpan.FromSeconds(1) }, Token = new FencingToken(1, _counter), Target = Anywhere },
        CancellationToken.None);

    private OutboxEffect Effect(string type) => new($"{_counter}", Lane.Process, type, "reconcile", "{}", 0, Started: false, 0);

    private IEnumerable<string> Placed(VersionSetSpec spec) =>
        from row in _store.Wanted
        where row.Resource == VersionSetWanted.ResourceOf(spec.Id)
        let count = System.Text.Json.JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted)!.Count
        where count > 0
        orderby row.Agent
        select $"{row.Agent} {count}";

    private IEnumerable<string> Told() => _store.Wanted.Where(row => row.Resource == TrafficWanted.ResourceOf(Lane)).Select(row => row.Agent).Order(StringComparer.Ordinal);
}
