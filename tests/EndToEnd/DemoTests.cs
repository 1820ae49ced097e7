using System.Text.Json;
using EndToEnd.Harness;

namespace EndToEnd;

/// <summary>What a newcomer sees first.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demonstration_goes_as_told_and_leaves_nothing_running()
    {
        await using var newcomer = LocalPlatformProcess.NotStarted();

        var (exitCode, output, error) = await newcomer.Run("up", "--demo", "--once", "--json", "--data", newcomer.Data, "--port", newcomer.Port, "--router-port", newcomer.RouterPort);

        exitCode.ShouldBe(0, $"{output}\n{error}");
        using var told = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        told.RootElement.GetProperty("asTold").GetBoolean().ShouldBeTrue();
        told.RootElement.GetProperty("claims").GetArrayLength().ShouldBe(7);
        told.RootElement.GetProperty("load").GetProperty("requests").GetInt64().ShouldBeGreaterThan(5000);
        Processes.Of(newcomer.Data).ShouldBeEmpty();
    }
}
