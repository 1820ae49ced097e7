using FsCheck;
using FsCheck.Fluent;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.Terminal;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("plain text,\twith a tab – naïve", "plain text,\twith a tab – naïve")]
    [InlineData("\e[31mred\e[0m and \e[1;38;5;4mblue\e[m", "\e[31mred\e[0m and \e[1;38;5;4mblue\e[m")]
    [InlineData("\e[2J\e[1;1Hup \e[3Athere \e[?25l\e[6n", "up there ")]
    [InlineData("\e]0;a title\aafter \e]8;;http://x\e\\link\e]8;;\e\\", "after link")]
    [InlineData("\ePq#0;2;0\e\\after \e_x\e\\ \e^y\e\\ \eXz\e\\", "after   ")]
    [InlineData("\u009b2J\u009d0;title\u009cafter\u0085", "after")]
    [InlineData("\e7kept\e8 \e(Bset \e#8 \ec", "kept set  ")]
    [InlineData("10 %\r50 %\r100 %\r", "100 %")]
    [InlineData("bell\a back\b\b null\0 del\u007f", "bell back null del")]
    [InlineData("\e[>4;2m\e[38m;\e[31", "\e[38m;")]
    [InlineData("\e]0;never ended", "")]
    [InlineData("\e[31;\e[32mtwo", "\e[32mtwo")]
    [InlineData("\e", "")]
    public void Only_what_changes_how_text_looks_is_left(string line, string clean)
    {
        ForeignText.Clean(line, colours: true).ShouldBe(clean);
        ForeignText.Clean(line, colours: false).ShouldNotContain("\e");
    }

    [Fact]
    public void Whatever_comes_no_other_command_reaches_the_terminal()
    {
        var pieces = Gen.Elements("\e", "[", "]", "m", "31", ";", "H", "\a", "\\", "x", " ", "?", "\u009b", "\u009c", "\r", "P", "\b", "\u0090").ListOf().Select(string.Concat);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(pieces.ToArbitrary(), text =>
        {
            var clean = ForeignText.Clean(text, colours: true);
            var left = System.Text.RegularExpressions.Regex.Replace(clean, "\e\\[[0-9;:]*m", "");
            left.ShouldAllBe(c => !char.IsControl(c));
            ForeignText.Clean(text, colours: false).ShouldAllBe(c => !char.IsControl(c));
        }));
    }
}
