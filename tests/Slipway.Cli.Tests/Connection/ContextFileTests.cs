using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Connection;

public sealed class ContextFileTests
{
    private static readonly WhoAmI Admin = new() { Identity = "admin", Roles = ["admin"], Permissions = [], Installation = "i", Program = "slipway" };
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_runs_keeps_its_place()
    {
        await using var first = (await FakeServer.Start()).On("GET /api/v1/whoami", ApiClientJson.Default.WhoAmI, Admin);
        using var home = new TemporaryFolder();
        new ContextFile(first.Url, home.File("first/admin-token", "slp_first\n")).Write(ShellIn(home));

        var other = await new ContextFile(new Uri("http://127.0.0.1:1"), home.File("second/admin-token", "slp_second\n")).TakeOver(ShellIn(home), Cancel);

        other.ShouldBe(new TakenOver(Stays: first.Url, Ended: null));
        ContextFile.Read(ShellIn(home))!.Server.ShouldBe(first.Url);
        first.Requests.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer slp_first");
    }

    [Fact]
    public async Task A_server_that_has_ended_or_is_another_program_now_is_replaced()
    {
        await using var stranger = await FakeServer.Start();
        stranger.Refuse("GET /api/v1/whoami", 401, "unknownToken", "The token is unknown.", "no way");
        foreach (var gone in (Uri[])[new("http://127.0.0.1:1"), stranger.Url])
        {
            using var home = new TemporaryFolder();
            new ContextFile(gone, home.File("first/admin-token", "slp_first\n")).Write(ShellIn(home));

            (await new ContextFile(new Uri("http://127.0.0.1:2"), home.File("second/admin-token", "slp_second\n")).TakeOver(ShellIn(home), Cancel)).ShouldBe(new TakenOver(Stays: null, Ended: gone));

            ContextFile.Read(ShellIn(home))!.Server.Port.ShouldBe(2);
        }
    }

    [Fact]
    public async Task A_damaged_file_is_replaced()
    {
        using var home = new TemporaryFolder();
        home.File(".slipway/context.json", "{");

        (await new ContextFile(new Uri("http://127.0.0.1:2"), "token").TakeOver(ShellIn(home), Cancel)).ShouldBe(new TakenOver(null, null));

        ContextFile.Read(ShellIn(home))!.Server.Port.ShouldBe(2);
    }

    [Fact]
    public void At_its_end_a_server_takes_its_own_file_away_and_no_other_one_s()
    {
        using var home = new TemporaryFolder();
        var (mine, other) = (new ContextFile(new Uri("http://127.0.0.1:1"), "/data/admin-token"), new ContextFile(new Uri("http://127.0.0.1:2"), "/other/admin-token"));
        other.Write(ShellIn(home));

        mine.Remove(ShellIn(home));
        ContextFile.Read(ShellIn(home)).ShouldBe(other);

        other.Remove(ShellIn(home));
        ContextFile.Read(ShellIn(home)).ShouldBeNull();
        other.Remove(ShellIn(home));
    }

    private static Shell ShellIn(TemporaryFolder home) => new()
    {
        Out = TextWriter.Null, Error = TextWriter.Null, In = TextReader.Null, OutIsTerminal = false, ErrorIsTerminal = false, InIsTerminal = false,
        Variable = name => name == "HOME" ? home.Path : null, Directory = home.Path, Time = TimeProvider.System, Interruption = new(TextWriter.Null, TimeProvider.System), MeasureWidth = () => 100,
    };
}
