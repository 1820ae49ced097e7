using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>New versions that cannot run: the rollout says why and what to do, and the version that runs is left alone.</summary>
public sealed class BadProgramTests(Shop shop)
{
    [Fact]
    public async Task A_version_that_does_not_come_up_is_taken_back_with_its_reason_and_the_service_goes_on()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = await shop.Running();
        using var client = platform.Client();
        using var load = (await client.Prod()).Load(100);
        using var enough = new CancellationTokenSource();
        var sending = load.Run(enough.Token);

        await Fails("2.0.0", "sleep 600", "/healthz", "did not listen on port");
        await Fails("2.0.1", "sh -c 'echo no database at db.internal >&2; exit 3'", "/healthz", "with exit code 3", "no database at db.internal");
        await Fails("2.0.2", "sh -c 'PORT=0 exec dotnet Storefront.dll'", "/healthz", "not on the port");
        await Fails("2.0.3", "./storefront", "/healthz", "The command cannot be started");
        await Fails("2.0.4", "dotnet Storefront.dll", "/nothing-here", "was not healthy within");

        load.Report().Versions.ShouldAllBe(version => version.Version == "1.0.0");
        await Shop.Release(client, "3.0.0", shop.Build("3.0.0"));
        (await client.Deliver("3.0.0")).State.ShouldBe(PromotionStateView.Succeeded, "the lane is usable right after");
        await enough.CancelAsync();
        await sending;
        load.Report().Failed.ShouldBe(0);

        async Task Fails(string version, string command, string health, params string[] reasons)
        {
            await Shop.Release(client, version, shop.Build(version), $$"""
                service: storefront
                run: { command: "{{command}}", instances: 2, health: { path: {{health}}, interval: 200ms, deadline: 4s }, drain: 1s }
                rollout: { strategy: canary, steps: [ { weight: 20 }, { pause: 1s } ], checks: [ errors ] }
                """);
            var ended = await client.Deliver(version);
            ended.State.ShouldBe(PromotionStateView.RolledBack, version);
            foreach (var reason in reasons)
            {
                ended.Reason.ShouldNotBeNull().ShouldContain(reason);
            }

            var lane = await client.Prod();
            lane.Version.ShouldBe("1.0.0");
            lane.Health.ShouldBe(LaneHealth.Healthy);
            lane.Holds.ShouldContain(hold => hold.Version == version);
        }
    }

    [Fact]
    public async Task Wrong_artifacts_and_releases_are_refused_with_place_and_way_out_and_nothing_is_changed()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        (await platform.Run("service", "add", Shop.Service)).ExitCode.ShouldBe(0);
        var definition = Path.Combine(platform.Home, "slipway.yaml");
        await File.WriteAllTextAsync(definition, Shop.QuickCanary, cancel);
        var good = shop.Build("1.0.0");

        var twice = await platform.Run("service", "add", Shop.Service);
        twice.ExitCode.ShouldBe(1);
        twice.Error.ShouldContain(Shop.Service);

        var empty = Directory.CreateDirectory(Path.Combine(platform.Home, "empty")).FullName;
        await Refused(empty, definition, "empty");
        var corrupt = Path.Combine(platform.Home, "corrupt.tar.gz");
        await File.WriteAllBytesAsync(corrupt, [0x1f, 0x8b, 8, 0, 1, 2, 3, 4], cancel);
        await Refused(corrupt, definition, "artifact");
        var leading = Path.Combine(platform.Home, "leads-out");
        Directory.CreateDirectory(leading);
        File.CreateSymbolicLink(Path.Combine(leading, "shadow"), "/etc/shadow");
        await Refused(leading, definition, "shadow");
        var wrong = Path.Combine(platform.Home, "wrong.yaml");
        await File.WriteAllTextAsync(wrong, "service: storefront\nrun: { comand: dotnet Storefront.dll }\nrollout: { strategy: canaryy }\n", cancel);
        await Refused(good, wrong, "wrong.yaml:2:", "wrong.yaml:3:", "command", "canary");

        (await client.Releases(Shop.Service, cancel: cancel)).Items.ShouldBeEmpty();
        var nothing = await platform.Run("promote", $"{Shop.Service}@9.9.9", "--to", "prod");
        nothing.ExitCode.ShouldBe(3);
        nothing.Error.ShouldContain("9.9.9");
        (await platform.Run("release", "create", Shop.Service, "--version", "1.0.0", "--artifact", good, "--definition", definition)).ExitCode.ShouldBe(0);

        async Task Refused(string artifact, string with, params string[] told)
        {
            var run = await platform.Run("release", "create", Shop.Service, "--version", "1.0.0", "--artifact", artifact, "--definition", with);
            run.ExitCode.ShouldBe(2, run.Error);
            foreach (var part in told)
            {
                run.Error.ShouldContain(part);
            }
        }
    }
}
