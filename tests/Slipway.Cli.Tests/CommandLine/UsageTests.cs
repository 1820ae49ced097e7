using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.CommandLine;

public sealed class UsageTests
{
    [Theory]
    [InlineData("promot storefront", "slipway has no command 'promot'. Did you mean promote?")]
    [InlineData("release crate storefront", "slipway release has no command 'crate'. Did you mean create?")]
    [InlineData("status --jsn", "slipway status has no option '--jsn'. Did you mean --json?")]
    [InlineData("promote s --to e --wach", "slipway promote has no option '--wach'. Did you mean --watch?")]
    [InlineData("xyzzy", "slipway has no command 'xyzzy'.")]
    [InlineData("release", "slipway release needs one of: create, list")]
    [InlineData("rollout show", "slipway rollout show needs ID: the rollout's id.")]
    [InlineData("promote storefront", "Option '--to' is required.")]
    [InlineData("release show storefront", "'storefront' names no version; it is written service@version")]
    [InlineData("promote s --to e --timeout soon", "--timeout: 'soon' is no duration")]
    [InlineData("freeze add --env e --until 2026-12-24 --why w", "--until: '2026-12-24' is no time")]
    [InlineData("load s --env e --rps 0", "--rps: '0' is not a number from 1 to 50000.")]
    [InlineData("analysis try f.csv --tolerate 3", "--tolerate: '3' is no share")]
    [InlineData("analysis try f.csv --falseAlarmRate 2", "--falseAlarmRate: '2' is not a number")]
    [InlineData("service add ./storefront", "'./storefront' is a place")]
    public async Task Wrong_usage_is_2_and_says_what_was_meant(string line, string message)
    {
        var run = await CliRun.Of(line.Split(' '), new() { ["SLIPWAY_SERVER"] = "http://127.0.0.1:1" });

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldBeEmpty();
        run.Error.ShouldContain(message);
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

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private static Shell Shell() => new()
    {
        Out = TextWriter.Null, Error = TextWriter.Null, In = TextReader.Null, OutIsTerminal = false, ErrorIsTerminal = false, InIsTerminal = false, Variable = _ => null,
        Directory = "/", Time = TimeProvider.System, MeasureWidth = () => 100,
    };
}
