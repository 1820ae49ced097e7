using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.Terminal;

public sealed class TableTests
{
    [Fact]
    public void Columns_are_aligned_numbers_to_the_right_and_empty_ones_left_out()
    {
        var table = new Table(default, null, "NAME", ">N", "EMPTY", "NOTE");
        table.Row("a", "5", "", "first");
        table.Row("longer", "1000", "", "");

        Print(table).ShouldBe("NAME       N  NOTE\na          5  first\nlonger  1000\n");
    }

    [Fact]
    public void On_a_terminal_the_last_column_is_cut_to_fit()
    {
        var table = new Table(default, 24, "NAME", "NOTE");
        table.Row("storefront", "a reason that is longer than the screen");

        Print(table).Split('\n')[1].ShouldBe("storefront  a reason th…");
    }

    [Theory]
    [InlineData(40, "NAME        NOTE\nstorefront  a reason that is longer than\n            5 % of the screen\n")]
    [InlineData(24, "NAME        NOTE\nstorefront\n    a reason that is\n    longer than 5 % of\n    the screen\n")]
    public void On_a_terminal_the_last_column_is_wrapped_where_nothing_may_be_cut(int width, string expected)
    {
        var table = new Table(default, width, "NAME", "NOTE") { Wraps = true };
        table.Row("storefront", "a reason that is longer than 5 % of the screen");

        Print(table).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("short", "short")]
    [InlineData("unbreakable-word", "unbreakab|le-word")]
    [InlineData("one two three", "one two|three")]
    [InlineData("exactly 9", "exactly 9")]
    [InlineData("has now 5 % here", "has now|5 % here")]
    public void Lines_break_at_spaces_and_within_words_that_fit_nowhere(string text, string lines) => string.Join('|', Wrapping.Lines(text, 9)).ShouldBe(lines);

    [Fact]
    public void Colours_do_not_move_the_columns()
    {
        var table = new Table(new Ink(true), null, "A", "B");
        table.Row(new("x", Tone.Good), "1");
        table.Row("yyy", "2");

        Print(table).ShouldContain("\e[32mx\e[0m    1\n");
    }

    private static string Print(Table table)
    {
        var output = new StringWriter();
        table.WriteTo(output);
        return output.ToString();
    }
}
