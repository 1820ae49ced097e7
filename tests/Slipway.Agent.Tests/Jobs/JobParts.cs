using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Agent.Connection;
using Slipway.Agent.Jobs;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>The parts of running jobs that need no agent.</summary>
public sealed class JobParts : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-parts-").FullName;

    [Fact]
    public void However_output_comes_in_pieces_the_log_has_the_same_lines()
    {
        var bytes = Gen.ArrayOf(Gen.Frequency((6, Gen.Choose('a', 'z')), (2, Gen.Constant((int)'\n')), (1, Gen.Choose(128, 255)), (1, Gen.Constant((int)'\r')))).Select(numbers => numbers.Select(number => (byte)number).ToArray());
        var cuts = Gen.Choose(1, 7).ListOf();
        var number = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(bytes.ToArbitrary(), cuts.ToArbitrary(), (all, sizes) =>
        {
            var whole = Lines(all, [all.Length], $"whole-{number}");
            Lines(all, [.. sizes, all.Length], $"cut-{number++}").ShouldBe(whole);
            var expected = Encoding.UTF8.GetString(all).Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line).ToList();
            whole.ShouldBe(all.Length == 0 || all[^1] == '\n' ? expected.SkipLast(1) : expected);
        }));
    }

    [Fact]
    public void A_long_line_is_cut_between_characters()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("é", AgentLimits.LogLineBytes));
        var lines = Lines([.. Encoding.UTF8.GetBytes(text), (byte)'\n', (byte)'y'], [1000, 3, 100_000], "long");
        string.Concat(lines.SkipLast(1)).ShouldBe(text);
        lines.SkipLast(1).ShouldAllBe(line => Encoding.UTF8.GetByteCount(line) <= AgentLimits.LogLineBytes && !line.Contains('\uFFFD'));
        lines[^1].ShouldBe("y");
        // A line of exactly the bound has no empty one behind it, however it comes.
        var exact = new string('z', AgentLimits.LogLineBytes);
        Lines(Encoding.UTF8.GetBytes(exact + "\n"), [AgentLimits.LogLineBytes, 1], "exact").ShouldBe([exact]);
    }

    [Fact]
    public void A_log_that_was_torn_by_a_crash_goes_on_with_a_line_of_its_own()
    {
        var file = Path.Combine(_root, "torn");
        File.WriteAllText(file, "1 0 whole\n2 0 to");
        using (var log = new JobLog(file, TimeProvider.System))
        {
            log.Say(JobLog.NoStep, "again");
            log.Length.ShouldBe(new FileInfo(file).Length);
        }
        File.ReadAllLines(file)[..2].ShouldBe(["1 0 whole", "2 0 to"]);
        File.ReadAllLines(file)[2].ShouldEndWith(" -1 ## again");
    }

    [Fact]
    public void Reports_are_found_by_their_globs_and_no_link_is_followed()
    {
        foreach (var name in (string[])["out/a.xml", "out/deep/b.xml", "TestResults/x/c.trx", "d.xml", "out/e.txt"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, name))!);
            File.WriteAllText(Path.Combine(_root, name), "");
        }
        File.CreateSymbolicLink(Path.Combine(_root, "out", "link.xml"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(_root, "linked"), Path.Combine(_root, "out"));
        Found("out/*.xml").ShouldBe(["out/a.xml"]);
        Found("**/*.xml").ShouldBe(["d.xml", "out/a.xml", "out/deep/b.xml"]);
        Found("./out/**/?.xml", "**/*.trx").ShouldBe(["TestResults/x/c.trx", "out/a.xml", "out/deep/b.xml"]);
        Found("linked/*.xml", "nowhere/*.xml").ShouldBeEmpty();
        ReportFiles.Find(_root, ["**/*.xml"], DateTime.UtcNow.AddHours(1)).ShouldBeEmpty();

        IEnumerable<string> Found(params string[] globs) => ReportFiles.Find(_root, globs, DateTime.MinValue).Select(file => Path.GetRelativePath(_root, file));
    }

    [Fact]
    public void Inputs_take_the_place_of_what_is_there_and_follow_no_link_out()
    {
        var (from, to, outside) = (Made("from"), Made("to"), Made("outside"));
        Write(from, "dist/a.txt", "new");
        Write(from, "trap/b.txt", "new");
        Write(from, "folder", "a file now");
        Write(from, "file/c.txt", "a folder now");
        Directory.CreateSymbolicLink(Path.Combine(from, "link"), "dist");
        File.SetUnixFileMode(Path.Combine(from, "dist", "a.txt"), (UnixFileMode)0b101_101_101);
        Write(to, "dist/a.txt", "old");
        Write(to, "dist/kept.txt", "kept");
        Write(to, "folder/x.txt", "x");
        Write(to, "file", "f");
        Directory.CreateSymbolicLink(Path.Combine(to, "trap"), outside);
        Directory.CreateSymbolicLink(Path.Combine(to, "link"), outside);
        JobInputs.MoveOver(new(from), to);
        File.ReadAllText(Path.Combine(to, "dist", "a.txt")).ShouldBe("new");
        File.GetUnixFileMode(Path.Combine(to, "dist", "a.txt")).ShouldBe((UnixFileMode)0b111_101_101);
        File.ReadAllText(Path.Combine(to, "dist", "kept.txt")).ShouldBe("kept");
        File.ReadAllText(Path.Combine(to, "trap", "b.txt")).ShouldBe("new");
        File.ReadAllText(Path.Combine(to, "folder")).ShouldBe("a file now");
        File.ReadAllText(Path.Combine(to, "file", "c.txt")).ShouldBe("a folder now");
        new DirectoryInfo(Path.Combine(to, "link")).LinkTarget.ShouldBe("dist");
        Directory.GetFileSystemEntries(outside).ShouldBeEmpty();
    }

    [Fact]
    public void Some_paths_of_a_tree_are_packed_under_their_own_names_whatever_order_they_are_named_in()
    {
        Write(_root, "web/dist/a.js", "a");
        Write(_root, "web/secret.txt", "s");
        Write(_root, "report.txt", "r");
        var (first, one) = Pack("web/dist", "report.txt", "./web/dist/a.js");
        Pack("report.txt", "web/dist/").Outcome.ShouldBe(one);
        var unpacked = Made("unpacked");
        ArtifactExtractor.Extract(new MemoryStream(first), unpacked, null, TestContext.Current.CancellationToken).ShouldBeOfType<ExtractOutcome.Extracted>();
        Directory.GetFiles(unpacked, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(unpacked, file)).Order(StringComparer.Ordinal).ShouldBe(["report.txt", "web/dist/a.js"]);
        Pack(".").Outcome.ShouldBeOfType<PackOutcome.Refused>().Reason.ShouldContain("the whole directory");
        Pack("web/../..").Outcome.ShouldBeOfType<PackOutcome.Refused>();
        Pack("nothing").Outcome.ShouldBeOfType<PackOutcome.Refused>().ToString().ShouldBe("'nothing': there is nothing of that name");

        (byte[] Bytes, PackOutcome Outcome) Pack(params string[] paths)
        {
            using var packed = new MemoryStream();
            var outcome = ArtifactPacker.Pack(_root, paths, packed, null, TestContext.Current.CancellationToken);
            return (packed.ToArray(), outcome);
        }
    }

    [Fact]
    public void A_snapshot_takes_jobs_back_and_an_attempt_that_was_taken_back_does_not_return()
    {
        var job = new WantedJob
        {
            Run = "shop-run-1", Job = "test (20, a/b)", Attempt = 1, Token = new(2, 1), Service = "shop", Commit = new string('a', 40), Branch = "main", Network = false,
            Timeout = TimeSpan.FromHours(1), Env = new Dictionary<string, string>(), Steps = [new() { Name = "one", Run = "true" }],
        };
        var (state, remarks) = WantedState.Empty.Accept(new() { Full = false, Jobs = [job] }, _ => false);
        remarks.ShouldBeEmpty();
        state.Jobs.Keys.ShouldBe(["shop-run-1/1/test (20, a/b)"]);
        state.Accept(new() { Full = false }, _ => false).Next.Jobs.Count.ShouldBe(1);
        var (older, said) = state.Accept(new() { Full = false, Jobs = [job with { Token = new(1, 9) }] }, _ => false);
        older.Jobs.Values.Single().Token.ShouldBe(new Token(2, 1));
        said.Single().WhyRefused!.ShouldContain("1.9 is older than 2.1");
        var (gone, _) = state.Accept(new() { Full = true }, _ => false);
        gone.Jobs.ShouldBeEmpty();
        var (again, _) = gone.Accept(new() { Full = true, Jobs = [job] }, _ => false);
        again.Jobs.ShouldBeEmpty();
        again.RefusedJobs.Values.Single().MayHaveRun.ShouldBeTrue();
        gone.Accept(new() { Full = true, Jobs = [job with { Token = new(3, 1) }] }, _ => false).Next.Jobs.Count.ShouldBe(1);
        state.Accept(new() { Full = false, Jobs = [job with { Attempt = 2, Commit = "--upload-pack=x" }] }, _ => false).Next.RefusedJobs.Values.Single().Reason.ShouldContain("is not a commit");
    }

    [Fact]
    public void The_wanted_state_of_an_agent_that_knew_no_jobs_is_read()
    {
        var paths = new AgentPaths(_root);
        File.WriteAllText(paths.Wanted, """{ "versionSets": {}, "routes": {}, "retired": [] }""");
        var state = new WantedStore(paths, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Load([], []);
        state.Jobs.ShouldBeEmpty();
        state.RetiredJobs.ShouldBeEmpty();
        state.RefusedJobs.ShouldBeEmpty();
        // Nor does an older server speak of them.
        var wanted = (ServerWanted)System.Text.Json.JsonSerializer.Deserialize("""{ "type": "wanted", "full": true, "versionSets": [], "routes": [] }""", AgentProtocolJson.Default.FromServer)!;
        state.Accept(wanted, _ => false).Next.Jobs.ShouldBeEmpty();
    }

    [Fact]
    public void Folders_of_attempts_are_plain_names_that_no_two_share()
    {
        string Name(string run, string job) => AttemptFolder.NameOf(new()
        {
            Run = run, Job = job, Attempt = 1, Token = default, Service = "shop", Commit = "", Branch = "", Network = false, Timeout = default, Env = new Dictionary<string, string>(), Steps = [],
        });
        Name("shop-run-1", "build").ShouldBe("shop-run-1.build.1");
        string[] names = [Name("a", "../../x"), Name("a", ".._.._x"), Name("a.b", "c"), Name("a", "b.c"), Name("a", new string('x', 300)), Name("a", new string('x', 301))];
        names.Distinct().Count().ShouldBe(names.Length);
        names.ShouldAllBe(name => name.Length < 200 && !name.Contains('/') && !name.StartsWith('.'));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private List<string> Lines(byte[] bytes, IEnumerable<int> sizes, string name)
    {
        var file = Path.Combine(_root, name);
        using (var log = new JobLog(file, TimeProvider.System))
        {
            var output = log.Of(3);
            var at = 0;
            foreach (var size in sizes)
            {
                var take = Math.Min(size, bytes.Length - at);
                output.Write(bytes.AsSpan(at, take));
                at += take;
            }
            output.End();
        }
        return [.. File.ReadAllText(file).Split('\n').SkipLast(1).Select(line => line.Split(' ', 3)).Select(parts => parts[1] == "3" ? parts[2] : "another step's")];
    }

    private string Made(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    private static void Write(string root, string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
        File.WriteAllText(Path.Combine(root, name), content);
    }
}
