using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Server.Tests;

public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Set SLIPWAY_UPDATE_SNAPSHOTS=1 to write the live document over the checked-in one.</summary>
    [Fact]
    public async Task The_checked_in_description_of_the_API_is_the_live_one()
    {
        await using var running = await RunningServer.StartAsync();
        var text = await running.Anonymous.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        var live = JsonNode.Parse(text)!.ToJsonString(Indented) + "\n";
        Snapshot.Matches("src/Slipway.Server/openapi.json", live);
    }
}
