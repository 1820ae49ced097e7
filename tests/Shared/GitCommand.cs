using System.Diagnostics;

namespace Slipway.Testing;

/// <summary>The git program, as a developer uses it.</summary>
internal static class GitCommand
{
    /// <summary>What it printed, without the last line's end.</summary>
    /// <exception cref="InvalidOperationException">It did not end well; with what it said.</exception>
    public static string Run(string folder, params IEnumerable<string> arguments)
    {
        string[] line = ["-c", "user.name=Maren", "-c", "user.email=maren@example.org", "-c", "commit.gpgSign=false", .. arguments];
        using var git = Process.Start(new ProcessStartInfo("git", line) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"git {string.Join(' ', line)} ended with {git.ExitCode}: {said.Result}");
    }
}
