using System.Diagnostics;
using System.Text;
using Slipway.Agent.Instances;
using Slipway.Agent.Jobs;

namespace Slipway.Agent.Tests.Jobs;

public sealed class SandboxedSteps : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("slipway-job-").FullName;
    private readonly StringBuilder _output = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private JobFolders Folders => new(Made("workspace"), Made("home"), Made("tmp"));

    [Fact]
    public async Task This_machine_has_a_sandbox() => (await JobSandbox.WhyNotAsync(Cancel)).ShouldBeNull();

    [Fact]
    public async Task A_step_writes_into_the_checkout_and_its_exit_code_is_told()
    {
        (await RunAsync("echo one; echo two >&2; pwd; echo made > made.txt; exit 7")).ShouldBe(new StepEnd(7, false, null));
        _output.ToString().ShouldBe("one\ntwo\n/workspace\n");
        (await File.ReadAllTextAsync(Path.Combine(_root, "workspace", "made.txt"), Cancel)).ShouldBe("made\n");
    }

    [Fact]
    public async Task A_step_sees_nothing_of_the_machine_but_its_folders_and_its_own_processes()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "secret"), "s", Cancel);
        (await RunAsync($"ls {_root} 2>/dev/null && exit 1; ls /root /var 2>/dev/null && exit 3; touch /usr/x 2>/dev/null && exit 2; ls -d /proc/[0-9]* | wc -l; cat /proc/self/status | grep CapEff; env | cut -d= -f1 | sort | tr '\\n' ' '")).ExitCode.ShouldBe(0);
        _output.ToString().ShouldContain("0000000000000000");
        _output.ToString().ShouldNotContain("SLIPWAY_INSTANCE_DIR");
        int.Parse(_output.ToString().Split('\n').First(l => int.TryParse(l, out var n) && n is > 0 and < 20), System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(10);
    }

    [Fact]
    public async Task Without_network_there_is_none_and_with_it_there_is()
    {
        const string Interfaces = "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' \\n'";
        (await RunAsync(Interfaces)).ExitCode.ShouldBe(0);
        _output.ToString().ShouldBe("lo");
        _output.Clear();
        (await RunAsync("cat /proc/net/tcp /proc/net/tcp6 | wc -l", network: true)).ExitCode.ShouldBe(0);
        int.Parse(_output.ToString().Trim(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_step_that_takes_too_long_is_ended_with_all_that_it_started_though_it_ignores_SIGTERM()
    {
        var mark = $"slipway-test-{Path.GetFileName(_root)}";
        var watch = Stopwatch.StartNew();
        var end = await RunAsync($"trap '' TERM; (trap '' TERM; exec -a {mark} sleep 600) & setsid bash -c \"trap '' TERM; exec -a {mark} sleep 600\" & echo begun; sleep 600", timeout: TimeSpan.FromSeconds(2));
        end.ShouldBe(new StepEnd(null, true, null));
        _output.ToString().ShouldBe("begun\n");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        ProcFs.All().Where(p => CommandOf(p.Pid).Contains(mark, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_step_leaves_behind_in_the_background_ends_with_it()
    {
        var mark = $"slipway-test-{Path.GetFileName(_root)}";
        (await RunAsync($"setsid bash -c 'exec -a {mark} sleep 600' >/dev/null 2>&1 & echo done")).ExitCode.ShouldBe(0);
        ProcFs.All().Where(p => CommandOf(p.Pid).Contains(mark, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_that_asks_for_the_impossible_is_told_as_not_started()
    {
        var end = await RunAsync("true", directory: "not-there");
        end.ExitCode.ShouldBeNull();
        end.Fault.ShouldNotBeNull();
        _output.ToString().ShouldContain("not-there");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Task<StepEnd> RunAsync(string script, bool network = false, TimeSpan? timeout = null, string? directory = null) => StepProcess.RunAsync(
        status => JobSandbox.CommandLine(Folders, directory, network, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = JobSandbox.HomePath }, status, ["bash", "-euo", "pipefail", "-c", script]),
        Path.Combine(_root, "status"), _root, null, timeout ?? TimeSpan.FromMinutes(1), bytes =>
        {
            _output.Append(Encoding.UTF8.GetString(bytes.Span));
            return ValueTask.CompletedTask;
        },
        TimeProvider.System, Cancel);

    private static string CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            // It ended while we looked.
            return "";
        }
    }

    private string Made(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
}
