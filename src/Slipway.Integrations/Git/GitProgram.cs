using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Slipway.Integrations.Git;

/// <summary>How a call of git ended.</summary>
/// <param name="Error">The end of what it wrote to standard error.</param>
/// <param name="Cut">It wrote more than was allowed, and was ended.</param>
internal sealed record GitResult(int ExitCode, string Output, string Error, bool Cut);

/// <summary>
/// Calls the git program on repositories that nobody vouches for: no configuration but our own, no hooks, no prompts, no transports but those named, a limit of time and
/// of output; arguments are a list, and what a user named stands behind <c>--</c>.
/// </summary>
/// <param name="home">A folder that git may take for its home; empty.</param>
internal sealed class GitProgram(string home, TimeProvider time)
{
    private const int ErrorKept = 4000;
    private static readonly string[] CertificateVariables = ["SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"];

    private static readonly string[] Always =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "protocol.ext.allow=never",
        "-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false", "-c", "transfer.fsckObjects=true", "-c", "credential.helper=", "-c", "core.askPass=",
    ];

    /// <exception cref="TimeoutException">It took longer, and was ended.</exception>
    /// <exception cref="FileNotFoundException">git is not installed.</exception>
    public async Task<GitResult> RunAsync(IReadOnlyList<string> arguments, GitCall call, CancellationToken cancel)
    {
        using var process = Start(arguments, call);
        using var late = new CancellationTokenSource(call.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            var error = ReadEndAsync(process.StandardError, either.Token);
            var (output, cut) = await ReadAsync(process.StandardOutput, call.MostOutput, either.Token);
            if (cut)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync(either.Token);
            return new GitResult(process.ExitCode, Masked(output, call), Masked(await error, call), cut);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"git {arguments[0]} took longer than {call.Timeout.TotalSeconds:0} s.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string Masked(string text, GitCall call) => call.Secrets.Aggregate(text, (masked, secret) => masked.Replace(secret, "***", StringComparison.Ordinal));

    private Process Start(IReadOnlyList<string> arguments, GitCall call)
    {
        string[] line = [.. Always, .. call.Configuration.SelectMany(c => new[] { "-c", c }), .. arguments];
        var isKept = call.TalksWithOthers && GitSandbox.WhyNot is null;
        var start = new ProcessStartInfo(isKept ? "bwrap" : "git", isKept ? [.. GitSandbox.Before(call.Folder == home ? null : call.Folder, [.. Certificates(), .. call.Readable]), "git", .. line] : line)
        {
            WorkingDirectory = call.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        var path = start.Environment.TryGetValue("PATH", out var known) ? known : "/usr/bin:/bin";
        var certificates = start.Environment.Where(e => CertificateVariables.Contains(e.Key)).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in certificates)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = path;
        start.Environment["HOME"] = home;
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["GIT_ALLOW_PROTOCOL"] = call.Protocols;
        start.Environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oConnectTimeout=20 -oStrictHostKeyChecking=yes";
        foreach (var (name, value) in call.Environment)
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
            throw new FileNotFoundException("The git program is needed and is not on the PATH.", "git", missing);
        }
    }

    private static IEnumerable<string> Certificates() => CertificateVariables.Select(Environment.GetEnvironmentVariable).OfType<string>().Where(Path.IsPathFullyQualified);

    private static async Task<(string Text, bool Cut)> ReadAsync(StreamReader from, int most, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[8192];
        while (await from.ReadAsync(buffer, cancel) is var count and > 0)
        {
            if (text.Length + count > most)
            {
                return (text.Append(buffer, 0, most - text.Length).ToString(), true);
            }

            text.Append(buffer, 0, count);
        }

        return (text.ToString(), false);
    }

    private static async Task<string> ReadEndAsync(StreamReader from, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer, cancel) is var count and > 0)
        {
            text.Append(buffer, 0, count);
            if (text.Length > 2 * ErrorKept)
            {
                text.Remove(0, text.Length - ErrorKept);
            }
        }

        return text.ToString().Trim();
    }
}

/// <summary>Where and within what a call of git runs.</summary>
internal sealed record GitCall(string Folder, TimeSpan Timeout)
{
    /// <summary>Transports that it may use, divided by colons; empty: none.</summary>
    public string Protocols { get; init; } = "none";

    /// <summary>It is kept in a sandbox, if one can be made: only its folder can be written to, and of the rest only the system and <see cref="Readable"/> be read.</summary>
    public bool TalksWithOthers { get; init; }
    public IReadOnlyList<string> Readable { get; init; } = [];

    /// <summary>In characters.</summary>
    public int MostOutput { get; init; } = 1024 * 1024;
    public IReadOnlyList<string> Configuration { get; init; } = [];
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What must not be in anything that it says.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}
