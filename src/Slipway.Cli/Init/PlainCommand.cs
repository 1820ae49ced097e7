using System.Text.RegularExpressions;

namespace Slipway.Cli.Init;

/// <summary>A program of which nothing is known but how it is started.</summary>
internal static partial class PlainCommand
{
    private static readonly string[] Scripts = ["serve.sh", "start.sh", "run.sh"];

    /// <summary>Null: nothing says how it is started.</summary>
    public static Draft? Detect(RepositoryFiles files)
    {
        if (files.Has("Procfile") && WebProcess().Match(files.Text("Procfile") ?? "") is { Success: true } process)
        {
            var command = process.Groups["command"].Value.Trim();
            return Of(files, $"exec {command}").Found($"web: {(command.Length <= 60 ? command : command[..60] + "…")}", "Procfile");
        }

        return files.FirstOf(Scripts) is { } script ? Of(files, $"exec sh {script}").Found("a script to start it", script).Guess($"{script} starts it") : null;
    }

    /// <summary>As a person says it, or a file does.</summary>
    /// <param name="command">For a shell.</param>
    public static Draft Of(RepositoryFiles files, string command)
    {
        var draft = new Draft(files, "command", "a program started by a command") { Command = new(Draft.Shell(command), "It must listen on $HOST:$PORT.") };
        draft.Health = new("/", "Guessed: nothing is known of what it answers. Must answer GET with 200 to 399.");
        if (files.Has("Makefile") && MakeAll().IsMatch(files.Text("Makefile") ?? ""))
        {
            draft.Step("build", "make", "Guessed: the Makefile builds it.").Guess("the Makefile builds it");
        }
        else
        {
            draft.Network = false;
            draft.Guess("nothing is built");
        }

        return draft.PackCheckout(comment: "What runs is the checkout with what was built in it, without Git's own files.").Guess("no tests").Guess("health path /").Check("It must listen on $HOST:$PORT.");
    }

    [GeneratedRegex(@"^web:[ \t]{0,20}(?<command>[^\n\r]{1,500})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex WebProcess();

    [GeneratedRegex(@"^(all|build)[ \t]{0,20}:", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MakeAll();
}
