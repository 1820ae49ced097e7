using Slipway.Core.Environments;
using Slipway.Engine.Environments;
using Slipway.Server.Tests.Rollouts;

namespace Slipway.Server.Tests;

/// <summary>What the soak gate says of a release that was not well in the environments before.</summary>
public sealed class SoakGateTests
{
    [Fact]
    public async Task Where_a_release_is_held_further_back_that_is_said_and_no_command_leads_in_a_circle()
    {
        await using var running = await WithReleaseAsync();
        var hold = (await running.Admin.SendAsync("POST", "/api/v1/holds", """{"service":"shop","environment":"dev","version":"1.0","why":"GET / answered 500"}""").JsonAsync(201))["id"]!.GetValue<string>();
        var (why, opened) = await SoakAsync(running);
        why.ShouldBe("1.0 is held in dev: GET / answered 500");
        opened.ShouldNotBeNull().ShouldEndWith($": slipway hold lift {hold}");
    }

    [Fact]
    public async Task The_command_leads_to_the_first_environment_that_it_has_not_been_well_in()
    {
        await using var running = await WithReleaseAsync();
        (await SoakAsync(running)).ShouldBe(("1.0 has not been well in staging yet", "slipway promote shop@1.0 --to dev"));
    }

    [Fact]
    public async Task Where_it_is_on_its_way_there_nobody_is_told_to_promote_it_once_more()
    {
        await using var running = await WithReleaseAsync();
        var id = (await running.Admin.SendAsync("POST", "/api/v1/promotions", """{"service":"shop","environment":"dev","version":"1.0"}""").JsonAsync(201))["id"]!.GetValue<string>();
        await Until.TrueAsync(async () => (await running.Admin.SendAsync("GET", $"/api/v1/promotions/{id}").JsonAsync())["state"]!.GetValue<string>() == "rollingOut");
        (await SoakAsync(running)).ShouldBe(($"1.0 is on its way in dev, and not well there yet: {id}", null));
    }

    [Fact]
    public async Task Who_waits_for_it_to_be_well_is_asked_again_as_soon_as_it_is()
    {
        await using var running = await WithReleaseAsync();
        await using var agent = await WorkingAgent.StartAsync(running);
        var onwards = (await running.Admin.SendAsync("POST", "/api/v1/promotions", """{"service":"shop","environment":"staging","version":"1.0"}""").JsonAsync(201))["id"]!.GetValue<string>();
        await Until.TrueAsync(async () => (await running.Admin.SendAsync("GET", $"/api/v1/promotions/{onwards}").JsonAsync())["gates"]!.AsArray().Count > 0);
        var asked = DateTimeOffset.Parse((await running.Admin.SendAsync("GET", $"/api/v1/promotions/{onwards}").JsonAsync())["requestedAt"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
        await running.Admin.SendAsync("POST", "/api/v1/promotions", """{"service":"shop","environment":"dev","version":"1.0"}""").JsonAsync(201);
        await Until.TrueAsync(async () => (await running.Admin.SendAsync("GET", $"/api/v1/promotions/{onwards}").JsonAsync())["state"]!.GetValue<string>() != "waiting");
        (DateTimeOffset.UtcNow - asked).ShouldBeLessThan(Core.Kernel.Limits.GateRecheck, "and not when gates are asked again by themselves");
    }

    private static async Task<RunningServer> WithReleaseAsync()
    {
        var running = await ReleaseTests.WithServiceAsync();
        var platform = running.Part<Platform>();
        platform.Replace(platform.Current with
        {
            Environments = [new EnvironmentDefinition { Name = "dev" }, new EnvironmentDefinition { Name = "staging", After = ["dev"] }, new EnvironmentDefinition { Name = "prod", After = ["staging"] }],
        });
        await ReleaseTests.UploadAsync(running, ReleaseTests.Archive(("run", "x")), "1.0", "service: shop\nrun: { command: ./run }\n").StatusAsync(201);
        return running;
    }

    private static async Task<(string Why, string? OpenedBy)> SoakAsync(RunningServer running)
    {
        var id = (await running.Admin.SendAsync("POST", "/api/v1/promotions", """{"service":"shop","environment":"prod","version":"1.0"}""").JsonAsync(201))["id"]!.GetValue<string>();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var gates = (await running.Admin.SendAsync("GET", $"/api/v1/promotions/{id}").JsonAsync())["gates"]!.AsArray();
            if (gates.SingleOrDefault(gate => gate!["name"]!.GetValue<string>() == "soak") is { } soak)
            {
                return (soak["why"]!.GetValue<string>(), soak["openedBy"]?.GetValue<string>());
            }

            await Task.Delay(20, late.Token);
        }
    }
}
