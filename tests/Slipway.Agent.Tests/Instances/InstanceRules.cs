using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Agent.Instances;
using Slipway.Client.Agents;

namespace Slipway.Agent.Tests.Instances;

/// <summary>The pure parts of keeping instances.</summary>
public sealed class InstanceRules
{
    [Fact]
    public void The_plan_reaches_the_wanted_counts_touches_nothing_that_is_not_wanted_and_drains_only_what_is_too_many()
    {
        var states = Gen.Elements(Enum.GetValues<InstanceState>());
        var sets = Gen.Elements("a/prod/1", "b/prod/1", "c/prod/1", "unknown/prod/1");
        var instances = from set in sets from state in states select (set, state);
        var worlds = from list in instances.ListOf() from counts in Gen.Choose(0, 4).ListOf(3) select (list, counts);
        Check.QuickThrowOnFailure(Prop.ForAll(worlds.ToArbitrary(), world =>
        {
            var wanted = new[] { "a/prod/1", "b/prod/1", "c/prod/1" }.Zip(world.counts).ToDictionary(pair => pair.First, pair => Wanted(pair.First, pair.Second));
            var present = world.list.Select((one, index) => new PlannedInstance($"i-{index}", one.set, index, one.state)).ToList();
            var plan = InstancePlan.From(wanted, present);
            plan.Drain.ShouldAllBe(id => present.Single(instance => instance.Id == id).State != InstanceState.Draining);
            plan.Drain.ShouldBeUnique();
            plan.Drain.ShouldAllBe(id => present.Single(instance => instance.Id == id).VersionSet != "unknown/prod/1");
            foreach (var (name, set) in wanted)
            {
                var stay = present.Count(instance => instance.VersionSet == name && instance.State != InstanceState.Draining && !plan.Drain.Contains(instance.Id));
                (stay + plan.Start.Count(start => start == name)).ShouldBe(set.Count);
            }
        }));
    }

    [Fact]
    public void The_least_useful_instance_is_drained_first_and_among_equals_the_newest()
    {
        PlannedInstance[] present =
        [
            new("old", "a/prod/1", 1, InstanceState.Healthy),
            new("sick", "a/prod/1", 2, InstanceState.Unhealthy),
            new("new", "a/prod/1", 3, InstanceState.Healthy),
        ];
        InstancePlan.From(new Dictionary<string, WantedVersionSet> { ["a/prod/1"] = Wanted("a/prod/1", 2) }, present).Drain.ShouldBe(["sick"]);
        InstancePlan.From(new Dictionary<string, WantedVersionSet> { ["a/prod/1"] = Wanted("a/prod/1", 1) }, present).Drain.ShouldBe(["sick", "new"]);
    }

    [Fact]
    public void Flapping_health_is_never_healthy()
    {
        var judge = HealthJudge.Unproven;
        for (var i = 0; i < 100; i++)
        {
            judge = judge.After(i % 2 == 0, healthyAfter: 2, unhealthyAfter: 3);
            judge.Healthy.ShouldBeFalse();
        }
    }

    [Fact]
    public void Health_changes_after_the_streak_that_was_asked_for_and_not_before()
    {
        var judge = HealthJudge.Unproven.After(true, 2, 3);
        judge.Healthy.ShouldBeFalse();
        judge = judge.After(true, 2, 3);
        judge.Healthy.ShouldBeTrue();
        judge = judge.After(false, 2, 3).After(false, 2, 3).After(true, 2, 3).After(false, 2, 3).After(false, 2, 3);
        judge.Healthy.ShouldBeTrue();
        judge.After(false, 2, 3).Healthy.ShouldBeFalse();
    }

    [Fact]
    public void What_never_was_healthy_is_given_up_at_the_fifth_death_and_what_was_is_tried_for_ever()
    {
        var never = new DeathRecord(WasHealthy: false, Deaths: 0);
        var waits = new List<TimeSpan?>();
        for (var i = 0; i < 5; i++)
        {
            (never, var wait) = RestartPolicy.AfterDeath(never, TimeSpan.Zero);
            waits.Add(wait);
        }
        waits.ShouldBe([TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(800), TimeSpan.FromMilliseconds(1600), null]);
        var once = new DeathRecord(WasHealthy: true, Deaths: 0);
        for (var i = 0; i < 100; i++)
        {
            (once, var wait) = RestartPolicy.AfterDeath(once, TimeSpan.FromSeconds(1));
            wait!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(30));
        }
        RestartPolicy.AfterDeath(once, TimeSpan.FromSeconds(61)).Wait.ShouldBe(TimeSpan.FromMilliseconds(200));
    }

    [Theory]
    [InlineData("42 (sh) S 1 42 41 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 777 99", 'S', 1, 42, 41, 777)]
    [InlineData("42 (a) R) (b\n c) Z 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456 99", 'Z', 7, 8, 9, 123456)]
    public void A_process_is_read_whatever_its_name_holds(string text, char state, int parent, int group, int session, long started) =>
        ProcFs.Parse(42, Encoding.ASCII.GetBytes(text)).ShouldBe(new ProcessStat(42, state, parent, group, session, started));

    [Fact]
    public void A_cut_off_process_line_is_nothing() => ProcFs.Parse(42, "42 (sh) S 1"u8).ShouldBeNull();

    [Fact]
    public void Listening_sockets_are_read_with_who_can_reach_them()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:4E20 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0 100 0 0 10 0",
            "   1: 00000000:4E21 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1002 1 0 100 0 0 10 0",
            "   2: 0500A8C0:4E22 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1003 1 0 100 0 0 10 0",
            "   3: 0100007F:4E20 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 1004 1 0 100 0 0 10 0",
            "   4: 00000000000000000000000000000000:4E23 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1005 1 0",
            "   5: 0000000000000000FFFF00000100007F:4E24 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1006 1 0",
            "   6: 00000000000000000000000001000000:4E25 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1007 1 0",
        ];
        ListeningSockets.Parse(lines).ShouldBe([
            new(20000, 1001, true), new(20001, 1002, true), new(20002, 1003, false), new(20003, 1005, true), new(20004, 1006, true), new(20005, 1007, false)]);
    }

    [Fact]
    public void A_port_is_the_instances_own_only_when_nobody_else_listens_on_it()
    {
        ListeningSocket[] sockets = [new(20000, 1, true), new(20001, 2, true), new(20001, 3, true), new(20002, 4, false)];
        PortSight.From(20000, sockets, new HashSet<long> { 1 }).ShouldBeOfType<PortSight.Own>();
        PortSight.From(20000, sockets, new HashSet<long>()).ShouldBeOfType<PortSight.Stranger>();
        PortSight.From(20001, sockets, new HashSet<long> { 2 }).ShouldBeOfType<PortSight.Stranger>();
        PortSight.From(20002, sockets, new HashSet<long>()).ShouldBeOfType<PortSight.Nobody>();
        PortSight.From(20009, sockets, new HashSet<long> { 2, 1 }).ShouldBeOfType<PortSight.Elsewhere>().Ports.ShouldBe([20000, 20001]);
    }

    [Fact]
    public void A_port_in_use_is_not_given_and_one_that_was_given_back_comes_late()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var only = new PortPicker(port, port, "seed");
        only.Pick().ShouldBeNull();
        var picker = new PortPicker(19000, 19049, "seed");
        var first = picker.Pick()!.Value;
        picker.Release(first);
        var next = Enumerable.Range(0, 20).Select(_ => picker.Pick()!.Value).ToList();
        next.ShouldNotContain(first);
        next.ShouldBeUnique();
    }

    [Fact]
    public void Output_is_turned_over_and_the_writer_goes_on_in_the_same_file()
    {
        var directory = Directory.CreateTempSubdirectory("slipway-output-").FullName;
        var path = Path.Combine(directory, "output.log");
        // Opened as the wrapper's shell does: every write goes to the file's end, wherever that is.
        using (var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", $"exec >>{path}; while read line; do echo \"$line\"; done"]) { RedirectStandardInput = true })!)
        {
            for (var round = 1; round <= 4; round++)
            {
                var line = new string((char)('a' + round), 100);
                shell.StandardInput.WriteLine(line);
                shell.StandardInput.Flush();
                SpinWait.SpinUntil(() => File.Exists(path) && new FileInfo(path).Length == 101, TimeSpan.FromSeconds(30)).ShouldBeTrue();
                InstanceOutput.Rotate(path, maxBytes: 100, files: 3);
                new FileInfo(path).Length.ShouldBe(0);
            }
            shell.StandardInput.Close();
            shell.WaitForExit(30_000).ShouldBeTrue();
        }
        Directory.GetFiles(directory).Length.ShouldBe(3);
        File.ReadAllText(path + ".1").ShouldContain("eee");
        File.ReadAllText(path + ".2").ShouldContain("ddd");
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_tail_reaches_back_into_the_file_before_and_begins_at_a_line()
    {
        var directory = Directory.CreateTempSubdirectory("slipway-output-").FullName;
        var path = Path.Combine(directory, "output.log");
        File.WriteAllText(path + ".1", "one\ntwo\nthree\n");
        File.WriteAllText(path, "four\nfive\n");
        InstanceOutput.Tail(path, 1000).ShouldBe("one\ntwo\nthree\nfour\nfive\n");
        InstanceOutput.Tail(path, 14).ShouldBe("four\nfive\n");
        InstanceOutput.Tail(path, 7).ShouldBe("five\n");
        InstanceOutput.TellingLines(path, lines: 2).ShouldBe("four\nfive");
        InstanceOutput.Tail(Path.Combine(directory, "none"), 10).ShouldBe("");
        Directory.Delete(directory, recursive: true);
    }

    [Theory]
    [InlineData("ready\nnode:internal/modules/cjs/loader:1210\n  throw err;\n\nError: Cannot find module 'expres'\nRequire stack:\n- /app.js\n    at Module._load {\n  code: 'MODULE_NOT_FOUND',\n  requireStack: [\n    '/app.js'\n  ]\n}\n\nNode.js v20.20.2\n", "Error: Cannot find module 'expres'")]
    [InlineData("Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'cart'\n", "KeyError: 'cart'")]
    [InlineData("panic: no database\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:4\nexit status 2\n", "panic: no database")]
    [InlineData("Unhandled exception. System.IO.IOException: gone\n   at Shop.Main()\n", "Unhandled exception. System.IO.IOException: gone")]
    [InlineData("one\ntwo\nno errors so far\n", "one\ntwo\nno errors so far")]
    public void Of_what_a_program_wrote_the_lines_with_the_error_are_told(string output, string told)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "an earlier Error: not this one\n");
        var from = InstanceOutput.LengthOf(path);
        File.AppendAllText(path, output);
        InstanceOutput.TellingLines(path, from).ShouldBe(told);
        File.Delete(path);
    }

    [Fact]
    public void Between_the_outputs_of_two_starts_stands_a_line_with_the_time()
    {
        var path = Path.GetTempFileName();
        var at = new DateTimeOffset(2026, 11, 22, 4, 30, 5, TimeSpan.FromHours(1));
        InstanceOutput.MarkNextStart(path, at);
        File.ReadAllText(path).ShouldBe("");
        File.WriteAllText(path, "first\n");
        InstanceOutput.MarkNextStart(path, at);
        File.ReadAllText(path).ShouldBe("first\n--- started again, 2026-11-22 03:30:05 UTC ---\n");
        File.Delete(path);
    }

    private static WantedVersionSet Wanted(string name, int count) => new()
    {
        VersionSet = name,
        Token = new(1, 1),
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
}
