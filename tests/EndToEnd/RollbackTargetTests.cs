using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>Where <c>slipway rollback</c> goes and where it does not, and what <c>slipway promote</c> refuses.</summary>
public sealed class RollbackTargetTests(Shop shop)
{
    private const string Rolling = """
        service: storefront
        run: { command: dotnet Storefront.dll, instances: 1, health: { path: /healthz, interval: 200ms }, drain: 2s }
        rollout: { strategy: rolling, watch: 1s, keepWarm: 5m }
        """;

    [Fact]
    public async Task What_was_vetoed_is_never_gone_back_to_what_is_held_only_by_name_and_what_comes_is_not_promoted_twice()
    {
        await using var platform = await shop.Running();
        using var client = platform.Client();
        foreach (var version in (string[])["1.1.0", "1.2.0"])
        {
            await Shop.Release(client, version, shop.Build(version), Rolling);
            (await client.Deliver(version)).State.ShouldBe(PromotionStateView.Succeeded);
        }

        (await client.Prod()).RollbackTo.ShouldBe(["1.1.0", "1.0.0"]);
        (await platform.Run("release", "veto", "storefront@1.1.0", "--why", "leaks")).ExitCode.ShouldBe(0);
        (await client.Prod()).RollbackTo.ShouldBe(["1.0.0"]);
        await Refused(platform, "1.1.0 was vetoed by admin: leaks", "--to", "1.1.0");
        await Refused(platform, "1.2.0 is what runs in storefront/prod", "--to", "1.2.0");
        var (unknown, _, said) = await platform.Run("rollback", "storefront", "--env", "prod", "--to", "9.9.9");
        unknown.ShouldBe(3, said);
        said.ShouldContain("There is no release storefront@9.9.9.");

        (await platform.Run("rollback", "storefront", "--env", "prod", "--watch")).ExitCode.ShouldBe(0);

        var lane = await client.Prod();
        lane.Version.ShouldBe("1.0.0");
        lane.Holds.ShouldHaveSingleItem().Version.ShouldBe("1.2.0");
        var shown = (await platform.Run("status", "storefront")).Out;
        shown.ShouldContain("1.2.0 (held)");
        await Refused(platform, "Every earlier version that was well in storefront/prod is held.");
        (await platform.Run("rollback", "storefront", "--env", "prod", "--to", "1.2.0", "--watch")).ExitCode.ShouldBe(0);
        (await client.Prod()).Version.ShouldBe("1.2.0");
        (await platform.Run("ledger", "list", "--service", "storefront")).Out.ShouldContain("admin asked to roll storefront in prod back to 1.2.0.");

        // What runs, and what is coming, is not promoted a second time.
        (await platform.Run("promote", "storefront@1.2.0", "--to", "prod")).Error.ShouldContain("storefront@1.2.0 runs in prod already");
        await Shop.Release(client, "1.3.0", shop.Build("1.3.0"));
        var coming = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = "1.3.0" }, TestContext.Current.CancellationToken);
        var (exitCode, _, error) = await platform.Run("promote", "storefront@1.3.0", "--to", "prod");
        exitCode.ShouldBe(1);
        error.ShouldContain($"storefront@1.3.0 is on its way to prod already: {coming.Id}");
        error.ShouldContain($"slipway rollout watch {coming.Id}");
    }

    private static async Task Refused(LocalPlatformProcess platform, string why, params string[] arguments)
    {
        var (exitCode, _, error) = await platform.Run(["rollback", "storefront", "--env", "prod", .. arguments]);
        exitCode.ShouldBe(1, error);
        error.ShouldContain(why);
    }
}
