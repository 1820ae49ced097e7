using System.Text.RegularExpressions;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.Terminal;

public sealed partial class HintTests
{
    [Theory]
    [InlineData("Give a version such as 1.4.0.", "Give a version such as 1.4.0.")]
    [InlineData("stop that program, or choose another port with --port", "Stop that program, or choose another port with --port.")]
    [InlineData("Did you mean 'storefront'?", "Did you mean 'storefront'?")]
    [InlineData("`slipway status` lists what there is", "`slipway status` lists what there is.")]
    [InlineData("--token gives one", "--token gives one.")]
    [InlineData("slipway promotion explain p-12", "slipway promotion explain p-12")]
    [InlineData("slipway rollout resume p-12, or slipway rollout abort p-12", "slipway rollout resume p-12, or slipway rollout abort p-12")]
    [InlineData("slipway rollback shop --env prod --to 2.1.0", "slipway rollback shop --env prod --to 2.1.0")]
    [InlineData("slipway init .", "slipway init .")]
    [InlineData("name it: slipway service add . --path web", "Name it: slipway service add . --path web")]
    [InlineData("apt-get install git", "apt-get install git")]
    [InlineData("it can go back to 2.1.0: slipway rollback shop --env prod --to 2.1.0", "It can go back to 2.1.0: slipway rollback shop --env prod --to 2.1.0")]
    [InlineData("look at: slipway instance logs i-8", "Look at: slipway instance logs i-8")]
    [InlineData("try it once more: slipway hold lift hold-p-12; then slipway promote shop@2.1.0 --to prod", "Try it once more: slipway hold lift hold-p-12; then slipway promote shop@2.1.0 --to prod")]
    [InlineData("its log: /var/log/agent.log", "Its log: /var/log/agent.log.")]
    public void A_hint_is_a_sentence_or_a_command(string hint, string printed)
    {
        Hint.Of(hint).ShouldBe(printed);
        Hint.Of(printed).ShouldBe(printed);
    }

    [Theory]
    [InlineData("it was rolled back", "it was rolled back.")]
    [InlineData("It failed. To try it once more: slipway hold lift h; then slipway promote shop@2.1.0 --to prod", "It failed. To try it once more: slipway hold lift h; then slipway promote shop@2.1.0 --to prod")]
    [InlineData("There was no traffic: slipway load s makes some", "There was no traffic: slipway load s makes some.")]
    public void A_reason_ends_with_a_stop_unless_a_command_ends_it(string reason, string printed) => Hint.Stopped(reason).ShouldBe(printed);

    /// <summary>An arrow stands for "to" between a release and its environment, and else before a hint.</summary>
    [Fact]
    public void Every_arrow_before_a_hint_is_printed_by_it()
    {
        var arrows = 0;
        foreach (var (file, line) in Sources.Of("Slipway.Cli").SelectMany(file => File.ReadLines(file).Select(line => (file, line))).Where(read => Printed().IsMatch(read.line)))
        {
            arrows++;
            (line.Contains("Hint.Of(", StringComparison.Ordinal) || Path.GetFileName(file) == "Hint.cs" || line.Contains("{service}@{version} → {environment}", StringComparison.Ordinal)).ShouldBeTrue($"{file}: {line.Trim()}");
        }

        arrows.ShouldBeGreaterThan(3);
    }

    [GeneratedRegex("^(?!\\s*//).*→ \\{")]
    private static partial Regex Printed();
}
