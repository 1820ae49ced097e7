using Slipway.Core.Definitions;
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

    /// <summary>What the platform was read from; empty when it comes from no file.</summary>
    public PlatformTexts PlatformTexts { get; init; } = new("", []);
}

/// <summary>The files of a platform folder that are in force together.</summary>
internal sealed record PlatformTexts(string Platform, IReadOnlyList<PlatformFile> Checks)
{
    public bool Equals(PlatformTexts? other) => other is not null && Platform == other.Platform && Checks.SequenceEqual(other.Checks);

    public override int GetHashCode() => HashCode.Combine(Platform, Checks.Count);
}
