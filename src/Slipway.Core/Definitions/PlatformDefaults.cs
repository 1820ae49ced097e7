namespace Slipway.Core.Definitions;

/// <summary>The platform of a new installation.</summary>
public static class PlatformDefaults
{
    /// <summary>The text of <c>platform.yaml</c>: dev, then staging, then prod on request.</summary>
    public const string Yaml = """
        # Environments and the promotion path. `slipway docs platform` prints every key.
        environments:
          dev:     { promote: auto, traffic: none }
          staging: { after: [dev], promote: auto, soak: 0s, traffic: none }
          prod:    { after: [staging], promote: manual, traffic: expected, concurrency: newestWins }

        """;
}
