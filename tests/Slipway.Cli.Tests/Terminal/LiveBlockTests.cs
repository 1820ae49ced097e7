using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.Terminal;

public sealed class LiveBlockTests
{
    [Fact]
    public void A_block_is_drawn_over_the_one_before_and_never_wraps()
    {
        var output = new StringWriter();
        var block = new LiveBlock(output, default, () => 11);

        block.Draw([["short"], ["this is too long"]]);
        block.Draw([["done"]]);

        output.ToString().ShouldBe("short\nthis is t…\n" + "\e[2A\r\e[J" + "done\n");
    }
}
