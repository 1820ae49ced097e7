using System.Diagnostics;
using EndToEnd.Harness;
using Slipway.Cli.Artifacts;
using Slipway.Client.Api;
using Slipway.Client.Http;

[assembly: AssemblyFixture(typeof(Shop))]

namespace EndToEnd.Harness;

/// <summary>The sample storefront, built once, and releases of it that behave as a test wants.</summary>
public sealed class Shop : IAsyncLifetime
{
    public const string Service = "storefront";

    /// <summary>A canary of a few seconds at 200 requests a second, judged on errors.</summary>
    public const string QuickCanary = """
        service: storefront
        run: { command: dotnet Storefront.dll, instances: 2, health: { path: /healthz, interval: 200ms }, drain: 2s }
        rollout:
          strategy: canary
          steps: [ { weight: 20 }, { pause: 1s }, { weight: 50 }, { analyze: 2s } ]
          checks: [ { name: errors, acceptable: 5% } ]
          watch: 2s
          keepWarm: 5m
        """;

    private readonly TemporaryFolder folder = new();

    public async ValueTask InitializeAsync()
    {
        // A copy: building leaves folders beside the sources.
        Copy(Path.Combine(AppContext.BaseDirectory, "samples", "storefront"), folder.In("source"));
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", "-c", "Release", "-o", folder.In("build"), "-v", "quiet", "--nologo", "--disable-build-servers"])
        {
            WorkingDirectory = folder.In("source"),
        })!;
        await publish.WaitForExitAsync();
        publish.ExitCode.ShouldBe(0);
        File.Delete(folder.In("build", "slipway.yaml"));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A folder with the built storefront in it, of that version.</summary>
    public string Build(string version, double faultRate = 0)
    {
        var build = folder.In($"{version}-{Guid.NewGuid():N}");
        Copy(folder.In("build"), build);
        File.WriteAllText(Path.Combine(build, "release.json"), FormattableString.Invariant($$"""{ "version": "{{version}}", "faultRate": {{faultRate}}, "latencyMillis": 1 }"""));
        return build;
    }

    /// <summary>A platform with prod alone, where 1.0.0 of the storefront runs.</summary>
    internal async Task<LocalPlatformProcess> Running()
    {
        var platform = await LocalPlatformProcess.Start(LocalPlatformProcess.OnlyProd);
        using var client = platform.Client();
        await Open(client);
        return platform;
    }

    /// <summary>1.0.0 comes to prod.</summary>
    internal async Task Open(SlipwayClient client)
    {
        await client.AddService(new AddService { Name = Service }, TestContext.Current.CancellationToken);
        await Release(client, "1.0.0", Build("1.0.0"));
        (await client.Deliver("1.0.0")).State.ShouldBe(PromotionStateView.Succeeded);
    }

    internal static async Task<CreateReleaseAnswer> Release(SlipwayClient client, string version, string folder, string definition = QuickCanary)
    {
        await using var packed = PackedArtifact.Of(Slipway.Cli.Terminal.Shell.OfThisProcess(), folder, TestContext.Current.CancellationToken);
        return await client.CreateRelease(
            Service, new ReleaseUpload { Version = version, Definition = definition, DefinitionFile = "slipway.yaml", OpenArtifact = packed.Open }, TestContext.Current.CancellationToken);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
