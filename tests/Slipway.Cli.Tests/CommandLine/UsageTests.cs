using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Tests;

namespace Slipway.Cli.Tests.CommandLine;

public sealed partial class UsageTests
{
    [Theory]
    [InlineData("promot storefront", "slipway has no command 'promot'. Did you mean promote?")]
    [InlineData("release crate storefront", "slipway release has no command 'crate'. Did you mean create?")]
    [InlineData("status --jsn", "slipway status has no option '--jsn'. Did you mean --json?")]
    [InlineData("promote s --to e --wach", "slipway promote has no option '--wach'. Did you mean --watch?")]
    [InlineData("promote s --env e", "slipway promote has no option '--env'. Did you mean --to?")]
    [InlineData("rollback s --environment e", "slipway rollback has no option '--environment'. Did you mean --env?")]
    [InlineData("promote s --environment e", "slipway promote has no option '--environment'. Did you mean --to?")]
    [InlineData("promote s -e e", "slipway promote has no option '-e'. Did you mean --to?")]
    [InlineData("rollout abort s-1 --reason w", "slipway rollout abort has no option '--reason'. Did you mean --why?")]
    [InlineData("rollout abort s-1 --reason=w", "slipway rollout abort has no option '--reason=w'. Did you mean --why?")]
    [InlineData("promotion reject s-1 --message w", "slipway promotion reject has no option '--message'. Did you mean --why?")]
    [InlineData("release create s --version 1 --artifact d --message n", "slipway release create has no option '--message'. Did you mean --notes?")]
    [InlineData("promote s --to e --wait", "slipway promote has no option '--wait'. Did you mean --watch?")]
    [InlineData("run logs 1 --watch", "slipway run logs has no option '--watch'. Did you mean --follow?")]
    [InlineData("status -o json", "slipway status has no option '-o'. Did you mean --json?")]
    [InlineData("freeze add --env e --why w --to 2030-01-01T00:00:00Z", "slipway freeze add has no option '--to'. Did you mean --until?")]
    [InlineData("freeze add --to e --why w", "slipway freeze add has no option '--to'. Did you mean --env?")]
    [InlineData("freeze add --env e --why w --end now", "slipway freeze add has no option '--end'. Did you mean --until?")]
    [InlineData("load s --env e --rate 5", "slipway load has no option '--rate'. Did you mean --rps?")]
    [InlineData("load s --env e --rps 5 --target 127.0.0.1:7381", "slipway load has no option '--target'. Did you mean --router?")]
    [InlineData("load s --env e --rps 5 --duration 1m", "slipway load has no option '--duration'. Did you mean --for?")]
    [InlineData("promote --service shop --to e", "slipway promote has no option '--service'.\n  → The service stands by itself: slipway promote shop")]
    [InlineData("rollout show --id=shop-1", "→ The id stands by itself: slipway rollout show shop-1")]
    [InlineData("hold add s --to e --why w", "slipway hold add has no option '--to'. Did you mean --env?")]
    [InlineData("load s --env e --rps 1 --router 7381", "--router: '7381' is no host with a port; it is written like 127.0.0.1:7381.")]
    [InlineData("load s --env e --rps 1 --router http://a:1/", "is no host with a port")]
    [InlineData("xyzzy", "slipway has no command 'xyzzy'.")]
    [InlineData("release", "slipway release needs one of: create, list")]
    [InlineData("rollout show", "slipway rollout show needs ID: the rollout's id.")]
    [InlineData("promote storefront", "slipway promote needs --to ENV: the environment.")]
    [InlineData("ledger list --after x", "--after: 'x' is no index; it is the number")]
    [InlineData("token create --name n --role boss", "--role: 'boss' is none of viewer, deployer, approver, admin, agent.")]
    [InlineData("token create --name n --role deploier", "Did you mean deployer?")]
    [InlineData("ledger checkpoint --help", "slipway ledger has no command 'checkpoint'. It has: list, verify.")]
    [InlineData("hold place --help", "slipway hold has no command 'place'. It has: add, list, lift.")]
    [InlineData("hold lst --help", "slipway hold has no command 'lst'. Did you mean list?")]
    [InlineData("release list s --limit many", "--limit: 'many' is not a number from 1 to 10000.")]
    [InlineData("up --port x", "--port: 'x' is no port")]
    [InlineData("release show storefront", "'storefront' names no version; it is written service@version")]
    [InlineData("promote s --to e --timeout soon", "--timeout: 'soon' is no duration")]
    [InlineData("freeze add --env e --until 2026-12-24 --why w", "--until: '2026-12-24' is no time")]
    [InlineData("load s --env e --rps 0", "--rps: '0' is not a number from 1 to 50000.")]
    [InlineData("analysis try f.csv --tolerate 3", "--tolerate: '3' is no share")]
    [InlineData("analysis try f.csv --falseAlarmRate 2", "--falseAlarmRate: '2' is no share from")]
    [InlineData("promote shop --version 2.0.1 --to prod", "slipway promote has no option '--version'.\n  → Write the version behind the service: shop@2.0.1.")]
    [InlineData("promote --version 2.0.1 shop --to prod", "→ Write the version behind the service: S@2.0.1.")]
    [InlineData("release veto shop@1.0.0 --version=2.0.1 --why w", "→ Write the version behind the service: shop@2.0.1.")]
    [InlineData("hold add shop --env prod --why w --version", "→ Write the version behind the service: shop@V.")]
    [InlineData("rollback shop --env prod --version 2.0.1", "→ The version goes with --to: --to 2.0.1.")]
    [InlineData("rollback shop@2.0.1 --env prod", "'shop@2.0.1' names a version, and here the service stands alone: shop --to 2.0.1.")]
    [InlineData("status shop@2.0.1", "'shop@2.0.1' names a version, and here the service stands alone: shop.")]
    [InlineData("agent --name a --token-file /none/such", "--token-file: there is no file /none/such.")]
    [InlineData("validate /none/such", "There is no file or folder /none/such.")]
    [InlineData("analysis try /none/such.csv", "There is no file /none/such.csv.")]
    [InlineData("backup restore /none/such --data /tmp/none-such-data", "There is no file /none/such.")]
    [InlineData("service add ./none/such", "There is no folder ./none/such.")]
    [InlineData("service add ./a --repository https://git.example.org/a.git", "'./a' is a repository itself")]
    [InlineData("service add shop --name store", "'shop' is a name itself")]
    public async Task Wrong_usage_is_2_and_says_what_was_meant(string line, string message)
    {
        var run = await CliRun.Of(line.Split(' '), new() { ["SLIPWAY_SERVER"] = "http://127.0.0.1:1" });

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldBeEmpty();
        run.Error.ShouldContain(message);
    }

    [Fact]
    public async Task What_is_missing_and_what_does_not_exist_is_told_at_once()
    {
        await using var server = await FakeServer.Start();
        server.Refuse("GET /api/v1/services/shop/releases/8.8", 404, "notFound", "There is no release 'shop@8.8'.", "There is: 1.0.0.");
        server.Refuse("GET /api/v1/freezes?environment=nope&limit=1", 404, "notFound", "There is no environment 'nope'.", "There are: dev, prod.");

        var run = await CliRun.Of(server, "hold", "add", "shop@8.8", "--env", "nope");

        run.ExitCode.ShouldBe(2);
        run.Error.ShouldBe("""
            slipway: slipway hold add needs --why TEXT: the reason, for the ledger and for whoever looks later.
            slipway: There is no release 'shop@8.8'.
              → There is: 1.0.0.
            slipway: There is no environment 'nope'.
              → There are: dev, prod.
              → slipway hold add --help

            """);
    }

    [Fact]
    public async Task Without_arguments_help_is_shown()
    {
        var run = await CliRun.Of([]);

        run.ExitCode.ShouldBe(0);
        run.Out.ShouldContain("promote");
    }

    [Fact]
    public async Task The_help_of_a_command_ends_with_its_examples() => Snapshot.Matches((await CliRun.Of(["promote", "--help"])).All);

    [Fact]
    public void Every_command_has_an_example_that_parses()
    {
        var root = CommandTree.Create(new CommandContext(Shell()));
        var leaves = Leaves(root).ToList();
        leaves.Count.ShouldBeGreaterThan(35);
        foreach (var leaf in leaves)
        {
            var command = leaf.ShouldBeOfType<CliCommand>();
            command.Examples.ShouldNotBeEmpty(command.Name);
            foreach (var example in command.Examples)
            {
                example.ShouldStartWith("slipway ");
                var words = CommandLineParser.SplitCommandLine(example.Split(" > ")[0]).Skip(1).Select(word => word == "FILE" ? "file" : word).ToList();
                var result = root.Parse(words);
                result.Errors.Select(error => error.Message).ShouldBeEmpty(example);
                result.CommandResult.Command.ShouldBeSameAs(command, example);
            }
        }
    }

    [Fact]
    public void No_complaint_about_a_value_names_a_NET_type()
    {
        var root = CommandTree.Create(new CommandContext(Shell()));
        var complaints = 0;
        foreach (var leaf in Leaves(root).Append(root.Subcommands.Single(command => command.Name == "agent")))
        {
            foreach (var option in leaf.Options.Where(option => option.ValueType != typeof(bool)))
            {
                foreach (var message in root.Parse([.. PathOf(leaf), option.Name, "x!"]).Errors.Select(error => error.Message))
                {
                    complaints++;
                    message.ShouldNotContain("System.");
                    message.ShouldNotContain("Cannot parse");
                    message.ShouldNotContain("not recognized");
                }
            }
        }

        complaints.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Every_option_that_another_tools_word_stands_for_exists()
    {
        var root = CommandTree.Create(new CommandContext(Shell()));
        var options = Leaves(root).Append<Command>(root).Concat(root.Subcommands).SelectMany(command => command.Options).Select(option => option.Name).ToHashSet();
        FieldWords.Named.Count().ShouldBeGreaterThan(25);
        FieldWords.Named.Where(name => !options.Contains(name)).ShouldBeEmpty();
    }

    /// <summary>What hints, messages and pages tell people to type.</summary>
    [Fact]
    public void Every_command_that_is_named_anywhere_exists()
    {
        var root = CommandTree.Create(new CommandContext(Shell()));
        var named = 0;
        foreach (var file in Texts())
        {
            foreach (Match match in Named().Matches(File.ReadAllText(file)))
            {
                named++;
                var command = root.Subcommands.FirstOrDefault(command => command.Name == match.Groups[1].Value);
                command.ShouldNotBeNull($"{file}: {match.Value}");
                if (command is { Action: null } && match.Groups[2].Value is { Length: > 0 } verb)
                {
                    command.Subcommands.Select(sub => sub.Name).ShouldContain(verb, $"{file}: {match.Value}");
                }
            }
        }

        named.ShouldBeGreaterThan(150);
    }

    private static IEnumerable<string> Texts()
    {
        string[] folders = ["src", "docs", Path.Combine("web", "src")], kinds = [".cs", ".md", ".ts", ".tsx", ".yaml"];
        return folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => kinds.Contains(Path.GetExtension(file)) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}decisions{Path.DirectorySeparatorChar}") && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"))
            .Append(Path.Combine(Checkout.Root, "README.md"));
    }

    private static IEnumerable<string> PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above and not RootCommand ? [.. PathOf(above), command.Name] : [command.Name];

    /// <summary>A command and perhaps its verb; the product itself is written with a capital, and its folder with a dot.</summary>
    [GeneratedRegex(@"(?<![.\w/-])slipway ([a-z]+)(?: ([a-z]+)\b)?")]
    private static partial Regex Named();

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private static Shell Shell() => new()
    {
        Out = TextWriter.Null, Error = TextWriter.Null, In = TextReader.Null, OutIsTerminal = false, ErrorIsTerminal = false, InIsTerminal = false, Variable = _ => null,
        Directory = "/", Time = TimeProvider.System, Interruption = new(TextWriter.Null, TimeProvider.System), MeasureWidth = () => 100,
    };
}
