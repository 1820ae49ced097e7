using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Slipway.Integrations.Git;

/// <summary>Gives mirrors to git clients over HTTP, for reading: the two requests of the smart protocol.</summary>
public sealed partial class GitServing(GitMirrors mirrors, TimeProvider time)
{
    public const string AdvertisementType = "application/x-git-upload-pack-advertisement", ResultType = "application/x-git-upload-pack-result";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Whether there is a mirror of that name.</summary>
    public bool Has(string key) => File.Exists(Path.Combine(mirrors.MirrorOf(key), "HEAD"));

    /// <summary>What the mirror has to offer.</summary>
    /// <param name="protocol">The value of the request's <c>Git-Protocol</c>.</param>
    public async Task AdvertiseAsync(string key, string? protocol, Stream output, CancellationToken cancel)
    {
        await output.WriteAsync("001e# service=git-upload-pack\n0000"u8.ToArray(), cancel);
        await RunAsync(["--stateless-rpc", "--advertise-refs", "."], key, protocol, Stream.Null, output, cancel);
    }

    /// <summary>Answers one request for objects.</summary>
    public Task AnswerAsync(string key, string? protocol, Stream request, Stream output, CancellationToken cancel) => RunAsync(["--stateless-rpc", "."], key, protocol, request, output, cancel);

    /// <exception cref="IOException">git ended with a fault: the client sees a broken answer.</exception>
    private async Task RunAsync(string[] arguments, string key, string? protocol, Stream request, Stream output, CancellationToken cancel)
    {
        // Any commit may be asked for by its id: one that no branch has any more is still a run's.
        var start = new ProcessStartInfo("git", ["-c", "uploadpack.allowAnySHA1InWant=true", "-c", "core.hooksPath=/dev/null", "upload-pack", "--strict", .. arguments])
        {
            WorkingDirectory = mirrors.MirrorOf(key), RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var path = start.Environment.TryGetValue("PATH", out var known) ? known : "/usr/bin:/bin";
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = mirrors.MirrorOf(key);
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        if (protocol is not null && Protocol().IsMatch(protocol))
        {
            start.Environment["GIT_PROTOCOL"] = protocol;
        }

        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(either.Token);
            var asking = AskAsync(request, process.StandardInput.BaseStream, either.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, either.Token);
            await asking;
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
            {
                throw new IOException($"git upload-pack of {key} ended with status {process.ExitCode}: {await error}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task AskAsync(Stream request, Stream input, CancellationToken cancel)
    {
        await using (input)
        {
            await request.CopyToAsync(input, cancel);
        }
    }

    [GeneratedRegex("^[a-z0-9=:]{1,100}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Protocol();
}
