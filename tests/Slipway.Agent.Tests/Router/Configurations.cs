using Slipway.Client.Traffic;

namespace Slipway.Agent.Tests.Router;

/// <summary>Short ways to write configurations down.</summary>
internal static class Configurations
{
    public const string Host = "shop.prod.localhost";
    public const string Url = "http://shop.prod.localhost";

    public static RouterVersionSet Set(string name, int weight, params IReadOnlyList<string> endpoints) =>
        new() { VersionSet = name, Version = name + ".0", Arm = name == "v1" ? "stable" : "canary", Weight = weight, Endpoints = endpoints };

    public static RouterLane Lane(long generation, params IReadOnlyList<RouterVersionSet> sets) =>
        new() { Lane = "shop/prod", Generation = generation, Host = Host, VersionSets = sets };

    public static RouterMark Mark(string versionSet, string part, string name, string? whole = null, string? prefix = null) => new(versionSet, new RequestMark(part, name, whole, prefix));

    public static RouterConfiguration Of(long sequence, params IReadOnlyList<RouterLane> lanes) => new() { Sequence = sequence, Lanes = lanes };

    /// <summary>One lane whose generation is the configuration's sequence.</summary>
    public static RouterConfiguration Of(long sequence, params IReadOnlyList<RouterVersionSet> sets) => Of(sequence, Lane(sequence, sets));
}
