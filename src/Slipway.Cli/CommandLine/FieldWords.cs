using System.CommandLine;

namespace Slipway.Cli.CommandLine;

/// <summary>What other tools call the same option: no nearness of letters finds <c>--why</c> behind <c>--reason</c>.</summary>
internal static class FieldWords
{
    /// <summary>Each word with the options that it may stand for, the likeliest first; <c>ENV</c> is that of the environment, whatever the command calls it.</summary>
    private static readonly Dictionary<string, string[]> Options = Table(
        ("--reason --because --comment -r", ["--why"]),
        ("--message --description -m", ["--why", "--notes"]),
        ("--environment --environments --stage --target --lane --namespace -e -n", [Environment]),
        ("--target", ["--router"]),
        ("--wait --tail -w -f", ["--watch", "--follow"]),
        ("--watch", ["--follow"]),
        ("--follow", ["--watch"]),
        ("--output --format --out -o", ["--json"]),
        ("--count --lines --max --number --last", ["--limit"]),
        ("--max-wait --wait-timeout --deadline", ["--timeout"]),
        ("--since --start --begin --starts", ["--from", "--after"]),
        ("--end --ends --to", ["--until"]),
        ("--duration --time -d", ["--for", "--expires"]),
        ("--ttl --expiry --valid-for --lifetime", ["--expires"]),
        ("--rate --qps --requests -q", ["--rps"]),
        ("--tag", ["--version", "--ref"]),
        ("--sha --revision --rev", ["--commit", "--ref"]),
        ("--commit --branch", ["--ref"]),
        ("--directory --dir --folder", ["--path", "--data", "--artifact", "--platform"]),
        ("--file", ["--artifact", "--definition", "--input"]),
        ("--url --git --source", ["--repository"]),
        ("--url --api --endpoint --address --host", ["--server"]),
        ("--listen", ["--bind", "--port"]),
        ("--tags --selector -l", ["--label"]),
        ("--search --filter --match --contains", ["--grep"]),
        ("--timestamps -t", ["--times"]),
        ("--running --open", ["--active"]),
        ("--tolerance", ["--tolerate"]),
        ("--alpha --significance", ["--falseAlarmRate", "--false-alarm-rate"]),
        ("--user --as", ["--identity"]),
        ("--plan --preview --what-if", ["--dry-run"]),
        ("--overwrite", ["--force"]),
        ("--force --assume-yes -y", ["--yes"]));

    private const string Environment = "ENV";

    private static readonly string[] OfService = ["--service", "--app", "--application", "--project", "-s"];

    /// <summary>All options that some word stands for.</summary>
    public static IEnumerable<string> Named => Options.Values.SelectMany(options => options).Where(option => option != Environment).Distinct();

    /// <summary>The option that a word of the field stands for here, rather one that is not given yet; null: none that this command takes.</summary>
    /// <param name="known">All that this command takes.</param>
    public static string? Meant(string word, IReadOnlyList<Option> known, Func<Option, bool> isGiven) =>
        Options.GetValueOrDefault(word, [])
            .SelectMany(name => known.Where(option => name == Environment ? Common.IsEnvironment(option) : option.Name == name))
            .OrderBy(option => isGiven(option))
            .FirstOrDefault()?.Name;

    /// <summary>The argument that somebody gives as an option: the service, or an id. Null: it is neither, or the command takes none.</summary>
    public static Argument? ArgumentMeant(string word, Command command) =>
        OfService.Contains(word) ? command.Arguments.FirstOrDefault(argument => argument is Argument<ReleaseName> || argument.Name == "S")
        : word == "--id" ? command.Arguments.FirstOrDefault(argument => argument.Name == "ID")
        : null;

    /// <summary>A word that stands in several lines has the options of all of them, in their order.</summary>
    private static Dictionary<string, string[]> Table(params (string Words, string[] Options)[] lines) => lines
        .SelectMany(line => line.Words.Split(' ').Select(word => (Word: word, line.Options)))
        .GroupBy(each => each.Word)
        .ToDictionary(each => each.Key, each => each.SelectMany(line => line.Options).ToArray());
}
