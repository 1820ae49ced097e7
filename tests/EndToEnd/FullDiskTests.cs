using EndToEnd.Harness;
using Slipway.Client.Api;

namespace EndToEnd;

/// <summary>The disk with the data directory is full, with a real file system and real processes.</summary>
public sealed class FullDiskTests(Shop shop)
{
    [Fact]
    public async Task While_the_disk_is_full_nothing_new_is_taken_what_runs_goes_on_and_all_is_well_when_there_is_space()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var platform = LocalPlatformProcess.NotStarted();
        await using var disk = await SmallDisk.Mount(platform.Data, megabytes: 128);
        try
        {
            Directory.CreateDirectory(Path.Combine(platform.Data, "platform"));
            await File.WriteAllTextAsync(Path.Combine(platform.Data, "platform", "platform.yaml"), LocalPlatformProcess.OnlyProd, cancel);
            await platform.StartAgain();
            using var client = platform.Client();
            await shop.Open(client);
            using var load = (await client.Prod()).Load(100);
            using var enough = new CancellationTokenSource();
            var sending = load.Run(enough.Token);
            var definition = Path.Combine(platform.Home, "slipway.yaml");
            await File.WriteAllTextAsync(definition, Shop.QuickCanary, cancel);
            var build = shop.Build("2.0.0");

            await disk.Fill();
            var refused = await platform.Run("release", "create", Shop.Service, "--version", "2.0.0", "--artifact", build, "--definition", definition);
            refused.ExitCode.ShouldNotBe(0);
            refused.Error.ShouldContain("no space left");
            await Task.Delay(TimeSpan.FromSeconds(5), cancel);
            var before = load.Report().Requests;
            await Until.True(() => load.Report().Requests > before + 100, "requests while the disk is full");

            disk.Free();
            await Until.True(
                async () => (await platform.Run("release", "create", Shop.Service, "--version", "2.0.0", "--artifact", build, "--definition", definition)).ExitCode == 0, "the release");
            (await client.Deliver("2.0.0")).State.ShouldBe(PromotionStateView.Succeeded);
            await enough.CancelAsync();
            await sending;
            load.Report().Failed.ShouldBe(0);
            (await client.WholeLedger()).Select((entry, n) => entry.Index - n).ShouldAllBe(first => first == 1);
        }
        finally
        {
            // Before the disk is taken away: what works on it could not be found any more.
            await platform.EndAll();
        }
    }
}
