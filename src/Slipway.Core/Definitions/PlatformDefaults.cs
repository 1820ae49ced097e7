namespace Slipway.Core.Definitions;

/// <summary>The platform of a new installation.</summary>
public static class PlatformDefaults
{
    private const string UpToProd = """
        # Environments and the promotion path. `slipway docs platform` prints every key.
        environments:
          dev:     { promote: auto, traffic: none }
          staging: { after: [dev], promote: auto, soak: 0s, traffic: none }
          prod:    { after: [staging], promote: manual, traffic: expected, concurrency: newestWins
        """;

    /// <summary>The text of <c>platform.yaml</c>: dev, then staging, then prod on request.</summary>
    public const string Yaml = UpToProd + " }\n";

    /// <summary>The same with an approval before prod.</summary>
    public const string YamlWithApproval = UpToProd + ", gates: [ { approval: { count: 1 } } ] }\n";
}
