using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Slipway.Agent.Jobs;
using Slipway.Agent.Tests.Harness;
using Slipway.Client.Agents;
using static Slipway.Agent.Tests.Jobs.JobsUnderTest;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Jobs that keep folders from run to run: real git, a real sandbox, a server that keeps what it is given.</summary>
public sealed class JobsWithCaches
{
    private static readonly WantedCache Npm = new() { Name = "npm", Key = ["**/package-lock.json"], Paths = ["~/.npm"] };
    private static readonly WantedCache Own = new() { Name = "node_modules", Key = ["package-lock.json"], Paths = ["node_modules", "~/.tool"] };

    [Fact]
    public async Task The_second_run_finds_what_the_first_has_saved_and_saves_nothing()
    {
        await using var jobs = Create(files: ("package-lock.json", "1"));
        var (job, first) = await RunAsync(jobs, 1, "mkdir -p ~/.npm/deep; echo kept > ~/.npm/deep/a; printf '#!/bin/sh\\necho ran' > ~/.npm/run; chmod +x ~/.npm/run; ln -s deep/a ~/.npm/link; chmod -R a-w ~/.npm/deep", Npm);
        (first.Hit, first.Why, first.Saved).ShouldBe((false, "nothing is kept yet for what package-lock.json says now", true));
        first.Bytes!.Value.ShouldBeGreaterThan(0);
        jobs.Server.LinesOf(job, -1).ShouldContain(line => line.StartsWith("## cache npm: saved ", StringComparison.Ordinal));

        var (next, second) = await RunAsync(jobs, 2, "cat ~/.npm/deep/a ~/.npm/link; ~/.npm/run; echo more >> ~/.npm/deep/a; rm ~/.npm/run", Npm);
        (second.Hit, second.From, second.Bytes, second.Saved, second.WhyNotSaved).ShouldBe((true, "main", first.Bytes, false, null));
        jobs.Server.LinesOf(next, 0).ShouldBe(["kept", "kept", "ran"]);
        jobs.Server.LinesOf(next, -1).ShouldContain(line => line.StartsWith("## cache npm: restored ", StringComparison.Ordinal) && line.Contains(" of main in "));
        // The bytes were here: saved by this agent, never fetched. What the second job did to its copy has changed nothing.
        jobs.Agent.Server.Caches.Requests.ShouldNotContain("BYTES");
        jobs.Agent.Server.Caches.Requests.Count(r => r == "PUT").ShouldBe(1);
        var (third, _) = await RunAsync(jobs, 3, "cat ~/.npm/deep/a; ls ~/.npm", Npm);
        jobs.Server.LinesOf(third, 0).ShouldBe(["kept", "deep", "link", "run"]);
    }

    [Fact]
    public async Task An_agent_that_has_not_seen_it_before_fetches_it_once()
    {
        await using var jobs = Create(files: ("package-lock.json", "1"));
        await RunAsync(jobs, 1, "mkdir ~/.npm; echo kept > ~/.npm/a", Npm);
        Directory.Delete(Path.Combine(jobs.Agent.Data, "caches"), recursive: true);
        Directory.CreateDirectory(Path.Combine(jobs.Agent.Data, "caches"));
        foreach (var attempt in (int[])[2, 3])
        {
            var (job, seen) = await RunAsync(jobs, attempt, "cat ~/.npm/a", Npm);
            seen.Hit.ShouldBeTrue(seen.Why);
            jobs.Server.LinesOf(job, 0).ShouldBe(["kept"]);
        }
        jobs.Agent.Server.Caches.Requests.Count(r => r == "BYTES").ShouldBe(1);
        Directory.GetFiles(Path.Combine(jobs.Agent.Data, "caches")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Another_lock_file_another_name_and_other_folders_are_another_key_and_an_unrelated_file_is_not()
    {
        await using var jobs = Create(files: [("package-lock.json", "1"), ("web/package-lock.json", "w")]);
        var keys = new List<string> { KeyOf(Npm), KeyOf(Npm with { Name = "other" }), KeyOf(Npm with { Paths = ["~/.other"] }), KeyOf(Npm with { Variant = "node=20" }) };
        File.WriteAllText(Path.Combine(jobs.Repository, "unrelated"), "x");
        KeyOf(Npm).ShouldBe(keys[0]);
        File.WriteAllText(Path.Combine(jobs.Repository, "web/package-lock.json"), "w2");
        keys.Add(KeyOf(Npm));
        File.Move(Path.Combine(jobs.Repository, "web/package-lock.json"), Path.Combine(jobs.Repository, "web/npm-shrinkwrap.json"));
        keys.Add(KeyOf(Npm));
        keys.Distinct().Count().ShouldBe(keys.Count);
        keys.ShouldAllBe(key => key.Length == 64);

        string KeyOf(WantedCache cache) => CacheKey.Of(jobs.Repository, null, cache).Digest!;
    }

    [Fact]
    public async Task Key_files_are_found_below_the_service_and_above_it_and_no_link_is_followed()
    {
        await using var jobs = Create(files: [("lock", "root"), ("services/lock", "s"), ("services/shop/lock", "shop"), ("services/shop/deep/lock", "deep"), ("services/web/lock", "web"), ("services/shop/only", "o"), ("services/shop/.wrapper/w.properties", "w")]);
        var shop = Path.Combine(jobs.Repository, "services/shop");
        File.CreateSymbolicLink(Path.Combine(shop, "linked"), "/etc/hostname");
        Directory.CreateSymbolicLink(Path.Combine(shop, "out"), "/etc");
        Files("**/lock").ShouldBe(["lock", "services/lock", "services/shop/deep/lock", "services/shop/lock"]);
        Files("lock").ShouldBe(["services/shop/lock"]);
        Files("**/w.properties", "nothing").ShouldBe(["services/shop/.wrapper/w.properties"]);
        Key("only", "missing", "linked", "out/hostname").Missing.ShouldBe(["missing", "linked", "out/hostname"]);
        Key("**/*.none").WhyNone.ShouldBe("no file in the checkout is **/*.none");
        CacheKey.Of(jobs.Repository, "services/shop", Npm with { Key = ["**/none"], Otherwise = ["only"] }).Files.ShouldBe(["services/shop/only"]);

        CacheKey Key(params string[] globs) => CacheKey.Of(jobs.Repository, "services/shop", Npm with { Key = globs });
        IReadOnlyList<string> Files(params string[] globs) => Key(globs).Files;
    }

    [Fact]
    public async Task A_job_that_fails_and_a_cache_without_key_or_content_save_nothing_and_say_why()
    {
        await using var jobs = Create(files: ("package-lock.json", "1"));
        var (_, failed) = await RunAsync(jobs, 1, "mkdir ~/.npm; echo bad > ~/.npm/a; exit 1", Npm);
        (failed.Saved, failed.WhyNotSaved).ShouldBe((false, "only a job that ends well saves"));
        var (job, none) = await RunAsync(jobs, 2, "mkdir ~/.npm; echo a > ~/.npm/a", Npm with { Key = ["yarn.lock", "package.json"] });
        (none.Hit, none.Why, none.WhyNotSaved).ShouldBe((false, "no file in the checkout is yarn.lock or package.json", "it has no key"));
        jobs.Server.LinesOf(job, -1).ShouldContain("## cache npm: there is no file yarn.lock, which its key names");
        (await RunAsync(jobs, 3, "true", Own)).Seen.WhyNotSaved.ShouldBe("there is nothing at node_modules or ~/.tool");
        (await RunAsync(jobs, 4, "mkdir -p ~/.tool/empty", Own)).Seen.WhyNotSaved!.ShouldContain("there is no file in it");
        (await RunAsync(jobs, 5, "mkdir node_modules; ln -s /etc/passwd node_modules/x; echo a > node_modules/a", Own)).Seen.WhyNotSaved!.ShouldBe("'node_modules/x': it is a link to the absolute path /etc/passwd; links must be relative and stay inside");
        (await RunAsync(jobs, 6, "ln -s /etc ~/.tool", Own)).Seen.WhyNotSaved!.ShouldStartWith("'~/.tool': it is a link");
        // Outputs that cannot be packed fail the job after its steps: it did not end well either.
        var withOutputs = jobs.Job(Step("make", "mkdir ~/.npm; echo a > ~/.npm/a")) with { Attempt = 7, Caches = [Npm], Outputs = ["nothing"] };
        (await jobs.RunAsync(withOutputs)).Caches.Single().WhyNotSaved.ShouldBe("only a job that ends well saves");
        jobs.Agent.Server.Caches.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kept_state_that_is_broken_or_means_no_good_is_a_miss_and_what_the_job_makes_is_saved_instead()
    {
        await using var jobs = Create(files: ("package-lock.json", "1"));
        var key = CacheKey.Of(jobs.Repository, null, Own).Digest!;
        var attempt = 0;
        var outside = Path.Combine(Path.GetTempPath(), $"slipway-climbed-{Guid.NewGuid():N}");
        foreach (var (kept, why) in new[]
        {
            ("no archive at all"u8.ToArray(), "cannot be unpacked safely"),
            (Tar(("workspace/node_modules/a", "x", null), ($"workspace/../../../../../../..{outside}", "x", null)), "climbs out"),
            (Tar(("workspace/node_modules", null, "/etc"), ("workspace/node_modules/passwd", "x", null)), "absolute path /etc"),
            (Tar(("home/.tool", null, "../../../../.."), ("home/a", "x", null)), "outside the artifact"),
            // Nothing in it is what this cache keeps; whatever else there is stays out of the job's sight.
            (Tar(("workspace/readme.txt", "poisoned", null), ("home/.bashrc", "poisoned", null)), "what main has kept holds none of its folders"),
        })
        {
            jobs.Agent.Server.Caches.Kept.Clear();
            jobs.Agent.Server.Caches.Kept[key] = kept;
            var (job, seen) = await RunAsync(jobs, ++attempt, $"[ ! -e node_modules ]; [ ! -e ~/.tool ]; cat readme.txt; ls -A ~; mkdir node_modules; echo {attempt} > node_modules/a", Own);
            seen.Hit.ShouldBeFalse();
            seen.Why!.ShouldContain(why);
            jobs.Server.LinesOf(job, 0).ShouldBe(["read me"]);
            File.Exists(outside).ShouldBeFalse();
            (seen.Saved, seen.WhyNotSaved).ShouldBe((true, null));
            CacheEndpoints.DigestOf(jobs.Agent.Server.Caches.Kept[key]).ShouldNotBe(CacheEndpoints.DigestOf(kept));
        }
    }

    [Fact]
    public async Task Bytes_that_are_spoilt_on_the_way_or_on_this_agent_are_not_used()
    {
        await using var jobs = Create(files: ("package-lock.json", "1"));
        await RunAsync(jobs, 1, "mkdir ~/.npm; echo kept > ~/.npm/a", Npm);
        var file = Directory.GetFiles(Path.Combine(jobs.Agent.Data, "caches")).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^9] ^= 1;
        File.WriteAllBytes(file, bytes);
        var (job, seen) = await RunAsync(jobs, 2, "cat ~/.npm/a", Npm);
        seen.Hit.ShouldBeTrue(seen.Why);
        jobs.Server.LinesOf(job, 0).ShouldBe(["kept"]);
        jobs.Agent.Server.Caches.Requests.Count(r => r == "BYTES").ShouldBe(1);

        File.Delete(Directory.GetFiles(Path.Combine(jobs.Agent.Data, "caches")).Single());
        jobs.Agent.Server.Caches.Damage = whole => [.. whole[..^1], (byte)(whole[^1] ^ 1)];
        var (_, spoilt) = await RunAsync(jobs, 3, "[ ! -e ~/.npm ]", Npm);
        spoilt.Why!.ShouldStartWith("what main has kept did not come: what came has the digest sha256:");
        Directory.GetFiles(Path.Combine(jobs.Agent.Data, "caches")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_or_has_no_room_costs_the_job_nothing_but_time()
    {
        await using var jobs = Create(files: ("package-lock.json", "1"));
        var caches = jobs.Agent.Server.Caches;
        caches.Faults = _ => 503;
        var (_, away) = await RunAsync(jobs, 1, "mkdir ~/.npm; echo a > ~/.npm/a", Npm);
        (away.Hit, away.Why, away.Saved, away.WhyNotSaved).ShouldBe((false, "the server answered 503", false, "the server answered 503"));
        caches.Faults = _ => null;
        caches.WhyNot = "the server has no room for it";
        var (_, full) = await RunAsync(jobs, 2, "mkdir ~/.npm; echo a > ~/.npm/a", Npm);
        (full.Saved, full.WhyNotSaved).ShouldBe((false, "the server has no room for it"));
        Directory.GetFiles(Path.Combine(jobs.Agent.Data, "caches")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_in_the_commit_or_comes_from_another_job_goes_before_what_was_kept()
    {
        await using var jobs = Create(files: [("package-lock.json", "1"), ("vendor/a", "of the commit")]);
        var cache = new WantedCache { Name = "both", Key = ["package-lock.json"], Paths = ["vendor", "~/.tool"] };
        await RunAsync(jobs, 1, "echo changed > vendor/a; mkdir ~/.tool; echo kept > ~/.tool/a", cache);
        var (job, seen) = await RunAsync(jobs, 2, "cat vendor/a; echo; cat ~/.tool/a", cache);
        seen.Hit.ShouldBeTrue();
        jobs.Server.LinesOf(job, 0).ShouldBe(["of the commit", "kept"]);
        jobs.Server.LinesOf(job, -1).ShouldContain("## cache both: 'vendor' is not restored: it is in the commit, or another job made it");
    }

    [Fact]
    public async Task A_tool_is_told_where_its_folder_is_and_the_job_may_say_otherwise()
    {
        await using var jobs = Create(files: ("pom.xml", "1"));
        var cache = new WantedCache { Name = "maven", Key = ["**/pom.xml"], Paths = ["~/.m2"], Env = new Dictionary<string, string> { ["TOOL_HOME"] = "-Dhome=~/.m2", ["COLOUR"] = "blue" } };
        var (job, _) = await RunAsync(jobs, 1, "echo $TOOL_HOME $COLOUR", cache);
        jobs.Server.LinesOf(job, 0).ShouldBe(["-Dhome=/home/build/.m2 green"]);
    }

    [Fact]
    public async Task A_cache_that_would_reach_out_of_checkout_and_home_is_refused_before_anything_is_done()
    {
        await using var jobs = Create();
        foreach (var (cache, attempt) in new[] { Npm with { Paths = ["~/../../etc"] }, Npm with { Paths = ["/etc"] }, Npm with { Key = ["../x"] }, Npm with { Name = "a\nb" } }.Select((c, i) => (c, i + 1)))
        {
            var end = await jobs.RunAsync(jobs.Job(Step("one", "true")) with { Attempt = attempt, Caches = [cache] });
            (end.Outcome, end.Steps.Count).ShouldBe((ObservedOutcome.InfrastructureFailed, 0));
        }
    }

    [Fact]
    public void What_was_not_used_for_the_longest_time_goes_first_and_half_written_files_go_at_the_start()
    {
        var root = Directory.CreateTempSubdirectory("slipway-kept-").FullName;
        var paths = new AgentPaths(root);
        paths.Create();
        var time = new SteppingTime();
        var states = new KeptStates(paths, time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, mostBytes: 2500);
        string[] digests = [.. "abc".Select(c => "sha256:" + new string(c, 64))];
        foreach (var digest in digests)
        {
            time.Step();
            var file = states.NewFile();
            File.WriteAllBytes(file, new byte[1000]);
            states.Keep(file, digest);
        }
        Directory.GetFiles(paths.Caches).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe([new string('b', 64), new string('c', 64)]);
        File.WriteAllBytes(states.NewFile(), new byte[10]);
        states.RemoveLeftovers();
        Directory.GetFiles(paths.Caches).Length.ShouldBe(2);
        Directory.Delete(root, recursive: true);
    }

    private static async Task<(WantedJob Job, ObservedCache Seen)> RunAsync(JobsUnderTest jobs, int attempt, string run, WantedCache cache)
    {
        var job = jobs.Job(Step("one", run)) with { Attempt = attempt, Token = new(1, attempt), Caches = [cache] };
        var end = await jobs.RunAsync(job);
        end.Outcome.ShouldBe(run.EndsWith("exit 1", StringComparison.Ordinal) ? ObservedOutcome.BuildFailed : ObservedOutcome.Succeeded, end.Reason);
        return (job, end.Caches.ShouldHaveSingleItem());
    }

    /// <param name="entries">With a content a file, with a target a link.</param>
    private static byte[] Tar(params (string Name, string? Content, string? Target)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zip, TarEntryFormat.Gnu))
        {
            foreach (var (name, content, target) in entries)
            {
                tar.WriteEntry(target is null
                    ? new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content!)) }
                    : new GnuTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });
            }
        }
        return bytes.ToArray();
    }

    private sealed class SteppingTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public void Step() => _now += TimeSpan.FromMinutes(1);

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
