using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Slipway.Agent.Instances;

namespace Slipway.Agent.Jobs;

/// <summary>How a call of git ended.</summary>
/// <param name="Error">The end of what it wrote to standard error.</param>
internal sealed record GitEnd(int ExitCode, string Output, string Error);

/// <summary>
/// Calls the git program on content that nobody vouches for: no configuration but what stands here, no hooks, no links, no prompts, no transport but the agent's own way to its
/// server; arguments are a list. Used on a checkout only before a step has seen it: what a step leaves in <c>.git</c> is never executed or believed here.
/// </summary>
internal sealed class AgentGit(TimeProvider time)
{
    private const int ErrorKept = 4000, MostOutput = 32 << 20;

    private static readonly string[] Always =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "fetch.unpackLimit=1",
        "-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false", "-c", "transfer.fsckObjects=true", "-c", "credential.helper=", "-c", "core.askPass=",
        "-c", "http.followRedirects=false", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "-c", "protocol.version=2", "-c", "safe.directory=*",
    ];

    /// <param name="folder">Where it runs; also what it takes for its home.</param>
    /// <param name="mark">The folder of the attempt, by which what is left of a killed agent is found.</param>
    /// <param name="environment">More of it, such as what no command line may show.</param>
    /// <exception cref="JobFaultException">It is not installed, took too long, or wrote too much.</exception>
    public async Task<GitEnd> RunAsync(
        string folder, IReadOnlyList<string> arguments, TimeSpan longest, string mark, CancellationToken cancellation, params IEnumerable<(string Name, string Value)> environment)
    {
        using var process = Start(folder, arguments, mark, environment);
        using var late = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var error = ReadAsync(process.StandardError, ErrorKept, keepEnd: true, either.Token);
            var output = await ReadAsync(process.StandardOutput, MostOutput, keepEnd: false, either.Token);
            await process.WaitForExitAsync(either.Token);
            return new(process.ExitCode, output ?? throw new JobFaultException($"git {arguments[0]} wrote more than {MostOutput >> 20} MiB"), (await error)!.Trim());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new JobFaultException($"git {arguments[0]} took longer than {longest.TotalSeconds:0} s and was ended");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static Process Start(string folder, IReadOnlyList<string> arguments, string mark, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("git", [.. Always, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        var kept = start.Environment.Where(variable => variable.Key is "PATH" or "SSL_CERT_FILE" or "SSL_CERT_DIR" or "GIT_SSL_CAINFO").ToList();
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        foreach (var (name, value) in kept)
        {
            start.Environment[name] = value;
        }
        start.Environment["HOME"] = folder;
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["GIT_ALLOW_PROTOCOL"] = "http:https";
        start.Environment[InstanceProcess.MarkVariable] = mark;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception missing)
        {
            throw new JobFaultException($"git cannot be run on this agent ({missing.Message}): install it there, apt-get install git");
        }
    }

    /// <returns>Null: there was more than that, and its end is not what is asked for.</returns>
    private static async Task<string?> ReadAsync(StreamReader from, int most, bool keepEnd, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var buffer = new char[8192];
        var tooMuch = false;
        while (await from.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (!tooMuch)
            {
                text.Append(buffer, 0, count);
            }
            if (keepEnd && text.Length > 2 * most)
            {
                text.Remove(0, text.Length - most);
            }
            tooMuch |= !keepEnd && text.Length > most;
        }
        return tooMuch ? null : text.ToString();
    }
}
