using FsCheck;
using FsCheck.Fluent;
using Slipway.Agent.Connection;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Connection;

/// <summary>What the agent accepts as wanted, and the other pure parts of the connection.</summary>
public sealed class WantedFences
{
    [Fact]
    public void Whatever_comes_the_token_of_a_resource_never_goes_back()
    {
        var set = from name in Gen.Elements("a/prod/1", "b/prod/1") from generation in Gen.Choose(1, 2) from counter in Gen.Choose(1, 5) from count in Gen.Choose(0, 2) select Set(name, generation, counter, count);
        var route = from generation in Gen.Choose(1, 2) from counter in Gen.Choose(1, 5) from weights in Gen.Elements(true, false) select Route("a/prod", generation, counter, weights);
        var message = from sets in set.ListOf() from routes in route.ListOf() from full in Gen.Elements(true, false)
                      select new ServerWanted { Full = full, VersionSets = [.. sets], Routes = [.. routes] };
        Check.QuickThrowOnFailure(Prop.ForAll(message.ListOf().ToArbitrary(), messages =>
        {
            var state = WantedState.Empty;
            var newest = new Dictionary<string, Token>();
            foreach (var one in messages)
            {
                state = state.Accept(one, _ => false).Next;
                foreach (var (key, token) in one.VersionSets.Select(wanted => (WantedState.KeyOf(wanted), wanted.Token)).Concat(one.Routes.Select(wanted => (WantedState.KeyOf(wanted), wanted.Token))))
                {
                    newest[key] = newest.TryGetValue(key, out var before) && before > token ? before : token;
                }
                foreach (var (key, token) in newest)
                {
                    TokenOf(state, key).ShouldBe(token);
                }
            }
        }));
    }

    [Fact]
    public void An_older_token_is_refused_in_a_change_and_in_a_snapshot_and_the_resource_stays_as_it_is()
    {
        var (state, _) = WantedState.Empty.Accept(new() { Full = true, VersionSets = [Set("a/prod/1", 1, 7, 3)] }, _ => false);
        foreach (var full in (bool[])[true, false])
        {
            var (next, remarks) = state.Accept(new() { Full = full, VersionSets = [Set("a/prod/1", 1, 6, 0)] }, _ => true);
            next.VersionSets["a/prod/1"].Count.ShouldBe(3);
            remarks.Single().WhyRefused!.ShouldContain("1.6 is older than 1.7");
        }
        var (taken, none) = state.Accept(new() { Full = false, VersionSets = [Set("a/prod/1", 2, 1, 0)] }, _ => true);
        none.ShouldBeEmpty();
        taken.VersionSets["a/prod/1"].Count.ShouldBe(0);
    }

    [Fact]
    public void What_a_snapshot_does_not_name_is_kept_and_said()
    {
        var (state, _) = WantedState.Empty.Accept(new() { Full = true, VersionSets = [Set("a/prod/1", 1, 1, 2)], Routes = [Route("a/prod", 1, 1, true)] }, _ => false);
        var (next, remarks) = state.Accept(new() { Full = true }, _ => true);
        next.VersionSets["a/prod/1"].Count.ShouldBe(2);
        next.Routes["a/prod"].Weights.ShouldNotBeEmpty();
        remarks.Select(remark => remark.Resource).ShouldBe(["versionset/a/prod/1", "route/a/prod"]);
        remarks.ShouldAllBe(remark => remark.WhyRefused == null);
    }

    [Fact]
    public void What_was_wanted_away_and_is_gone_leaves_only_its_fence()
    {
        var (state, _) = WantedState.Empty.Accept(new() { Full = true, VersionSets = [Set("a/prod/1", 1, 5, 0)] }, _ => false);
        state.Accept(new() { Full = true }, _ => true).Next.VersionSets.ShouldContainKey("a/prod/1");
        var (gone, remarks) = state.Accept(new() { Full = true }, _ => false);
        gone.VersionSets.ShouldBeEmpty();
        remarks.ShouldBeEmpty();
        var (still, refused) = gone.Accept(new() { Full = false, VersionSets = [Set("a/prod/1", 1, 4, 2)] }, _ => false);
        still.VersionSets.ShouldBeEmpty();
        refused.Single().WhyRefused.ShouldNotBeNull();
        gone.Accept(new() { Full = false, VersionSets = [Set("a/prod/1", 1, 6, 2)] }, _ => false).Next.VersionSets["a/prod/1"].Count.ShouldBe(2);
    }

    [Fact]
    public void What_cannot_be_done_is_refused_with_its_reason_and_the_old_is_kept()
    {
        var good = Set("a/prod/1", 1, 1, 1);
        var (state, _) = WantedState.Empty.Accept(new() { Full = true, VersionSets = [good], Routes = [Route("a/prod", 1, 1, true)] }, _ => false);
        foreach (var (bad, why) in (IEnumerable<(WantedVersionSet, string)>)[
            (good with { Count = -1 }, "count"), (good with { ArtifactDigest = "sha256:../../x" }, "digest"), (good with { Command = [] }, "command"),
            (good with { Service = "../x" }, "not of service"), (good with { Drain = TimeSpan.FromSeconds(-1) }, "drain"),
            (good with { Env = new Dictionary<string, string> { ["A=B"] = "" } }, "env"),
            (good with { Health = good.Health with { Path = "healthz" } }, "health path"), (good with { Health = good.Health with { Interval = TimeSpan.Zero } }, "interval")])
        {
            var (next, remarks) = state.Accept(new() { Full = false, VersionSets = [bad with { Token = new(1, 2) }] }, _ => true);
            next.VersionSets["a/prod/1"].ShouldBe(good);
            remarks.Single().WhyRefused!.ShouldContain(why);
            next.Refused["versionset/a/prod/1"].Reason.ShouldContain(why);
            next.Accept(new() { Full = false, VersionSets = [good with { Token = new(1, 3) }] }, _ => true).Next.Refused.ShouldBeEmpty();
        }
        var route = Route("a/prod", 1, 2, true);
        var (kept, _) = state.Accept(new() { Full = false, Routes = [route with { Weights = [new("a/prod/1", "1", "stable", 90)] }] }, _ => true);
        kept.Routes["a/prod"].Token.ShouldBe(new(1, 1));
        kept.Refused["route/a/prod"].Reason.ShouldContain("sum to 90");
    }

    [Fact]
    public void Marks_copies_and_sessions_that_cannot_be_are_refused_and_the_route_stays()
    {
        var (state, _) = WantedState.Empty.Accept(new() { Full = true, Routes = [Route("a/prod", 1, 1, true)] }, _ => true);
        var route = Route("a/prod", 1, 2, true);
        foreach (var (impossible, why) in new[]
        {
            (route with { Marks = [new("a/prod/1", "1", new("body", "x"))] }, "the part of a mark"), (route with { Marks = [new("a/prod/1", "1", new("query", "x", "a", "b"))] }, "the prefix of a mark"),
            (route with { Marks = [.. Enumerable.Repeat(new WantedMark("a/prod/1", "1", new("query", "x")), 101)] }, "101 marks"),
            (route with { Marks = [new("a/prod/1", "", new("query", "x"))] }, "a mark leads to 'a/prod/1' in version ''"), (route with { Marks = [null!] }, "a mark is null"),
            (route with { Mirror = new("nobody", "1", 10) }, "copies go to 'nobody'"),
            (route with { Mirror = new("a/prod/1", "1", 0) }, "0 % of copies"), (route with { Sticky = new(TimeSpan.FromDays(500)) }, "sessions of 500"),
        })
        {
            var (kept, _) = state.Accept(new() { Full = false, Routes = [impossible] }, _ => true);
            kept.Routes["a/prod"].Token.ShouldBe(new(1, 1));
            kept.Refused["route/a/prod"].Reason.ShouldContain(why);
        }

        var possible = route with { Marks = [new("a/prod/2", "2", new("query", "x"))], Mirror = new("a/prod/2", "2", 100), Sticky = new(TimeSpan.FromDays(1)) };
        state.Accept(new() { Full = false, Routes = [possible] }, _ => true).Next.Routes["a/prod"].ShouldBe(possible);
    }

    [Fact]
    public void A_route_from_a_peer_that_knows_no_marks_has_none()
    {
        const string Text = """{"type":"wanted","full":true,"routes":[{"lane":"a/prod","token":{"generation":1,"counter":1},"generation":1,"host":"a.prod.localhost","weights":[]}]}""";
        var route = ((ServerWanted)System.Text.Json.JsonSerializer.Deserialize(Text, AgentProtocolJson.Default.FromServer)!).Routes.Single();
        route.Marks.ShouldBeEmpty();
        (route.Mirror, route.Sticky).ShouldBe((null, null));
    }

    [Fact]
    public void Connecting_again_waits_from_a_fifth_of_a_second_to_ten()
    {
        Enumerable.Range(1, 8).Select(failures => ReconnectSchedule.After(failures).TotalSeconds).ShouldBe([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]);
        ReconnectSchedule.After(int.MaxValue).ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(0, null, 1)]
    [InlineData(4, null, 5)]
    [InlineData(0, 0.9, 1)]
    [InlineData(3, 0.9, 4)]
    [InlineData(3, 1.1, 1)]
    [InlineData(5, 3.1, 6)]
    [InlineData(5, 3.3, 1)]
    [InlineData(50, 10.1, 1)]
    public void A_connection_that_lasted_longer_than_was_waited_for_it_ends_the_row_of_failures(int before, double? served, int failures) =>
        ReconnectSchedule.Failures(before, served is { } seconds ? TimeSpan.FromSeconds(seconds) : null).ShouldBe(failures);

    [Fact]
    public void A_large_reading_is_sent_in_pieces_that_each_fit_and_lose_nothing()
    {
        var buckets = Enumerable.Range(0, 2 * LatencyBuckets.Count).Select(i => 1_000_000_000L + i).ToList();
        var seconds = Enumerable.Range(0, 120).Select(second => new SecondCounts(1_700_000_000 + second, new(1, 2, 3, 4, 5, 6), buckets, [])).ToList();
        var counts = new RouterCounts
        {
            Incarnation = "i",
            Sequence = 9,
            At = 1,
            Sets = [.. Enumerable.Range(0, 3).Select(i => new VersionSetCounts
            {
                Lane = "a/prod",
                Generation = 1,
                VersionSet = $"a/prod/{i}",
                Version = "1",
                Arm = "stable",
                Weight = 100,
                Total = new(1, 2, 3, 4, 5, 6),
                Seconds = seconds,
            })],
        };
        var messages = AgentMessages.Split(counts).ToList();
        messages.Count.ShouldBe(6);
        messages.ShouldAllBe(message => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes<FromAgent>(message, AgentProtocolJson.Default.FromAgent).Length <= AgentProtocol.MaxFrameBytes);
        messages.SelectMany(message => message.Counts.Sets).Sum(set => set.Seconds.Count).ShouldBe(360);
        messages.ShouldAllBe(message => message.Counts.Sequence == 9 && message.Counts.Incarnation == "i");
        messages.Select(message => message.More).ShouldBe([true, true, true, true, true, false]);
        AgentMessages.Split(counts with { Sets = [] }).ShouldHaveSingleItem().More.ShouldBeFalse("that nothing was counted is told too");
    }

    private static Token TokenOf(WantedState state, string key) =>
        state.VersionSets.Values.Where(set => WantedState.KeyOf(set) == key).Select(set => set.Token)
            .Concat(state.Routes.Values.Where(route => WantedState.KeyOf(route) == key).Select(route => route.Token))
            .Concat(state.Retired.Where(fence => fence.Key == key).Select(fence => fence.Token)).Single();

    private static WantedVersionSet Set(string name, int generation, int counter, int count) => new()
    {
        VersionSet = name,
        Token = new(generation, counter),
        Service = name.Split('/')[0],
        Environment = "prod",
        Version = "1",
        Count = count,
        ArtifactDigest = "sha256:" + new string('0', 64),
        ArtifactBytes = 0,
        Command = ["x"],
        Env = new Dictionary<string, string>(),
        Health = new() { Path = "/", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1), HealthyAfter = 1, UnhealthyAfter = 1, Deadline = TimeSpan.FromSeconds(1) },
        Drain = TimeSpan.Zero,
    };

    private static WantedRoute Route(string lane, int generation, int counter, bool weights) => new()
    {
        Lane = lane,
        Token = new(generation, counter),
        Generation = counter,
        Host = "a.prod.localhost",
        Weights = weights ? [new("a/prod/1", "1", "stable", 100)] : [],
    };
}
