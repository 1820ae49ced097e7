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
            var shown = $"web: {(command.Length <= 60 ? command : command[..60] + "…")}";
            var found = Of(files, $"exec {command}").Found(shown, "Procfile");
            (found.Sign, found.Started) = ($"the Procfile's `{shown}`", command);
            return found;
        }

        if (files.FirstOf(Scripts) is not { } script)
        {
            return null;
        }

        var draft = Of(files, $"exec sh {script}").Found("a script to start it", script).Guess($"{script} starts it");
        draft.Sign = files.NameOf(script);
        return draft;
    }

    /// <summary>Processes that a Procfile names beside the one that serves requests; <c>release</c> is none, it runs once.</summary>
    public static IReadOnlyList<string> Beside(RepositoryFiles files) =>
        [.. OtherProcess().Matches(files.Text("Procfile") ?? "").Select(process => process.Groups["name"].Value).Where(name => name is not ("web" or "release")).Distinct(StringComparer.Ordinal).Take(5)];

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

    /// <summary>Whether a command starts the program that a folder was found to be: by the same file, the same application, or the package's start script.</summary>
    public static bool Starts(string command, Draft found) =>
        (found.Ecosystem == "node" && StartScript().IsMatch(command)) || (Program().Match(command) is { Success: true } program && Program().Matches(found.Command.Value).Any(same => Name(same) == Name(program)));

    private static string Name(Match program) => program.Value.StartsWith("./", StringComparison.Ordinal) ? program.Value[2..] : program.Value;

    [GeneratedRegex(@"^(npm|yarn|pnpm)( run)? start$", RegexOptions.CultureInvariant)]
    private static partial Regex StartScript();

    /// <summary>A file that an interpreter runs, or an application in a Python module.</summary>
    [GeneratedRegex(@"(?<![\w./-])([\w./-]{1,120}\.([cm]?js|py|jar|dll)|[A-Za-z_][\w.]{0,100}:[A-Za-z_]\w{0,60}(\(\))?)(?=[\s'""]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    [GeneratedRegex(@"^web:[ \t]{0,20}(?<command>[^\n\r]{1,500})", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex WebProcess();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_-]{1,40}):[ \t]{0,20}[^\s]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex OtherProcess();

    [GeneratedRegex(@"^(all|build)[ \t]{0,20}:", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MakeAll();
}
