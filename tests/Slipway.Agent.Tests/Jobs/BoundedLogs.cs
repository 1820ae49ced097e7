using System.Text;
using Slipway.Agent.Jobs;
using static Slipway.Agent.Tests.Jobs.JobsUnderTest;

namespace Slipway.Agent.Tests.Jobs;

/// <summary>Logs that would not end, and what must not stand in them.</summary>
public sealed class BoundedLogs : IDisposable
{
    private const long Bound = 4L << 20;
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-bounded-").FullName;

    [Fact]
    public void Behind_the_bound_the_last_lines_of_each_step_are_kept_and_the_cut_is_seen()
    {
        var path = Path.Combine(_root, "log");
        using (var log = new JobLog(path, TimeProvider.System, bound: Bound))
        {
            Write(log, 0, 60_000);
            Write(log, 1, 3);
            Write(log, 2, 60_000);
            log.Say(JobLog.NoStep, "the end");
        }
        new FileInfo(path).Length.ShouldBeLessThanOrEqualTo(Bound);
        var lines = File.ReadAllLines(path).Select(line => line.Split(' ', 3)).Select(parts => (Step: parts[1], Text: parts[2])).ToList();
        lines[0].Text.ShouldBe("step 0 line 0 " + new string('.', 100));
        lines.Where(line => line.Text.StartsWith("## ", StringComparison.Ordinal)).Select(line => line.Text.Split(':')[0]).ShouldBe(["## the log has reached 4 MiB", "## 3 MiB are left out here", "## 6 MiB are left out here", "## the end"]);
        var first = lines.Where(line => line.Step == "0" && line.Text.StartsWith("step", StringComparison.Ordinal)).Select(line => int.Parse(line.Text.Split(' ')[3])).ToList();
        first.ShouldBe(first.Order().Distinct().ToList());
        first[^1].ShouldBe(59_999);
        lines.Where(line => line.Step == "1").Select(line => line.Text[..13]).ShouldBe(["step 1 line 0", "step 1 line 1", "step 1 line 2"]);
        lines.Last(line => line.Step == "2").Text.ShouldStartWith("step 2 line 59999 ");
    }

    [Fact]
    public void Two_gigabytes_without_a_newline_cost_neither_disk_nor_memory()
    {
        var path = Path.Combine(_root, "log");
        var piece = Encoding.UTF8.GetBytes(new string('x', 1 << 16));
        using (var log = new JobLog(path, TimeProvider.System, bound: Bound))
        {
            var output = log.Of(0);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (long written = 0; written < 2L << 30; written += piece.Length)
            {
                output.Write(piece);
            }
            (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(4 << 20);
            output.Write("the last words"u8);
            output.End();
        }
        new FileInfo(path).Length.ShouldBeLessThanOrEqualTo(Bound);
        File.ReadLines(path).Count(line => line.Contains("MiB are left out here")).ShouldBe(1);
        File.ReadLines(path).Last().ShouldEndWith("xthe last words");
    }

    [Fact]
    public async Task A_secret_that_a_step_fetched_is_masked_however_it_is_printed_and_no_other_file_can_take_the_place_of_the_one_that_names_it()
    {
        await using var jobs = Create();
        var job = jobs.Job(
            Step("fetch", "echo hunter2222 >> $SLIPWAY_MASKS; for each in h u n t e r 2 2 2 2; do printf $each; sleep 0.02; done; echo; echo hunter2222hunter2222 hunter222; printf 'line one\\nline two\\n' >> $SLIPWAY_MASKS; printf 'a line one\\nline two b\\n'; echo no >> $SLIPWAY_MASKS"),
            Step("use", "rm -f $SLIPWAY_MASKS 2> /dev/null || echo kept; ln -sf /etc/passwd $SLIPWAY_MASKS 2> /dev/null || echo kept; echo hunter2222; exit 3"));
        var end = await jobs.RunAsync(job);
        end.Reason.ShouldBe("use: exit status 3");
        var lines = jobs.Server.LinesOf(job, 0);
        lines.Where(line => !line.StartsWith("## ", StringComparison.Ordinal)).ShouldBe(["***", "*** hunter222", "a ***", "*** b"]);
        lines.ShouldContain("## a line of 2 characters in $SLIPWAY_MASKS is not masked: with fewer than 4 it would stand in too much else");
        jobs.Server.LinesOf(job, 1).ShouldBe(["kept", "kept", "***", "## exit status 3"]);
        jobs.Server.LogOf(job).ShouldNotContain("hunter2222");
        Directory.EnumerateFiles(jobs.FolderOf(job), "*", SearchOption.AllDirectories).ShouldAllBe(file => !File.ReadAllText(file).Contains("hunter2222") || file.EndsWith("job.json", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Write(JobLog log, int step, int lines)
    {
        var output = log.Of(step);
        for (var line = 0; line < lines; line++)
        {
            output.Write(Encoding.UTF8.GetBytes($"step {step} line {line} {new string('.', 100)}\n"));
        }
        output.End();
    }
}
