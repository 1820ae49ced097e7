using Slipway.Core.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Server;

/// <summary>What the server is put together from and others make: the store, the platform's definition, the reader of definitions.</summary>
public sealed record ServerParts
{
    /// <summary>Not disposed by the server.</summary>
    public required IStore Store { get; init; }
    public required PlatformDefinition Platform { get; init; }
    public required ReadDefinition ReadDefinition { get; init; }
}
