using Slipway.Client.Api;
using Slipway.Client.Http;
using Slipway.Tests;

namespace Slipway.Cli.Tests.Commands;

public sealed class PromoteTests
{
    private static readonly GateView Open = new() { Name = "soak", State = GateStateView.Open, Why = "well in staging" };

    private static readonly GateView Frozen = new()
    {
        Name = "freeze", State = GateStateView.Waiting, Why = "frozen: sale", Until = CliRun.Now.AddHours(2), OpenedBy = "slipway freeze lift freeze-1",
    };

    [Fact]
    public async Task What_is_shut_is_said_with_who_or_what_opens_it()
    {
        var asked = Canned.Promotion(PromotionStateView.Waiting, reason: "the gates are being asked") with { Gates = [] };
        var approval = new GateView { Name = "approval", State = GateStateView.Waiting, Why = "waits for an approval", OpenedBy = "slipway promotion approve p-12, by somebody other than admin" };
        await using var server = await Answering(asked, asked, asked with { Reason = "freeze: frozen: sale", Gates = [Open, Frozen, approval] });

        Snapshot.Matches((await CliRun.Of(server, "promote", "storefront", "--to", "prod")).All);
    }

    [Fact]
    public async Task A_gate_that_is_closed_for_good_fails_the_command()
    {
        var asked = Canned.Promotion(PromotionStateView.Waiting, reason: "the gates are being asked") with { Gates = [] };
        var vetoed = new GateView { Name = "hold", State = GateStateView.Closed, Why = "1.3.0 was vetoed by ben: loses carts" };
        await using var server = await Answering(
            asked, asked with { State = PromotionStateView.Failed, Reason = "hold: 1.3.0 was vetoed by ben: loses carts", Gates = [vetoed], EndedAt = CliRun.Now });

        var run = await CliRun.Of(server, "promote", "storefront", "--to", "prod");

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldStartWith("storefront@1.3.0 → prod: failed. Hold: 1.3.0 was vetoed by ben: loses carts.\n");
    }

    [Fact]
    public async Task A_state_and_the_same_reason_are_said_once()
    {
        await using var server = await Answering(Canned.Promotion(PromotionStateView.RollingOut, "p-12", "rolling out"));

        (await CliRun.Of(server, "promote", "storefront", "--to", "prod")).Out.ShouldStartWith("storefront@1.3.0 → prod: rolling out\nFollow it: slipway rollout watch p-12\n");
    }

    [Fact]
    public async Task A_rollout_that_there_is_not_yet_is_not_offered_to_be_watched()
    {
        await using var server = await Answering(Canned.Promotion(PromotionStateView.Waiting, "p-12", "freeze: frozen: sale") with { Gates = [Open, Frozen] });

        (await CliRun.Of(server, "promote", "storefront", "--to", "prod")).Out.ShouldEndWith("Look at it again: slipway promotion show p-12\n");
    }

    /// <summary>Asking for the promotion gives the first, each look the next; the last one stays.</summary>
    private static async Task<FakeServer> Answering(params PromotionView[] views)
    {
        var at = 0;
        return (await FakeServer.Start())
            .On("POST /api/v1/promotions", ApiClientJson.Default.PromotionView, () => views[0], 201)
            .On("GET /api/v1/promotions/p-12", ApiClientJson.Default.PromotionView, () => views[at = Math.Min(at + 1, views.Length - 1)]);
    }
}
