using Slipway.Engine.Environments;
using Slipway.Engine.Ports;

namespace Slipway.Server;

/// <summary>What the server opens before it is composed.</summary>
internal sealed record ServerParts
{
    public required IStore Store { get; init; }
    public required IJobStore Jobs { get; init; }
    public required ITestStore Tests { get; init; }
    public required Platform Platform { get; init; }

    /// <summary>The text that the platform was read from; empty when it comes from no file.</summary>
    public string PlatformText { get; init; } = "";
}
