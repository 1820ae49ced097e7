using System.Text.Json.Nodes;
using Slipway.Core.Expressions;
using Slipway.Core.Ledger;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Traffic;

namespace Slipway.Core.Tests.Definitions;

public sealed class RevisionHashTests
{
    private static readonly EffectiveDefinition Definition = new()
    {
        Run = new RunSpec { Command = ["node", "server.js"], Env = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" } },
        Rollout = new RolloutSpec { Strategy = RolloutStrategy.Canary, Steps = [new RolloutStep { Weight = 5 }, new RolloutStep { Pause = TimeSpan.MaxValue }] },
    };

    [Fact]
    public void The_same_inputs_in_another_order_have_the_same_hash()
    {
        var other = Definition with { Run = Definition.Run with { Env = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" } } };
        var hash = RevisionHash.Of("1.0", ["sha256:a", "sha256:b"], Definition, 1, ["s@1", "t@2"]);
        hash.ShouldMatch("^[0-9a-f]{64}$");
        RevisionHash.Of("1.0", ["sha256:b", "sha256:a"], other, 1, ["t@2", "s@1"]).ShouldBe(hash);
    }

    [Fact]
    public void Each_input_changes_the_hash()
    {
        string[] hashes =
        [
            RevisionHash.Of("1.0", ["sha256:a"], Definition, 1, []),
            RevisionHash.Of("1.0", ["sha256:b"], Definition, 1, []),
            RevisionHash.Of("1.1", ["sha256:a"], Definition, 1, []),
            RevisionHash.Of("1.0", ["sha256:a"], Definition, 2, []),
            RevisionHash.Of("1.0", ["sha256:a"], Definition, 1, ["s@1"]),
            RevisionHash.Of("1.0", ["sha256:a"], Definition with { Run = Definition.Run with { Instances = 2 } }, 1, []),
            RevisionHash.Of("1.0", ["sha256:a"], Definition with { Rollout = Definition.Rollout with { Tolerate = 0.2 } }, 1, []),
            .. new RolloutSpec[]
            {
                new() { Rolling = new() { Batch = new(2) } }, new() { Rolling = new() { Batch = new(Share: 0.02) } }, new() { Rolling = new() { Surge = new(2) } }, new() { Rolling = new() { MaxUnavailable = new(2) } },
                new() { Rolling = new() { MinHealthyTime = TimeSpan.FromSeconds(2) } }, new() { Rolling = new() { ProgressDeadline = TimeSpan.FromSeconds(2) } },
                new() { Switch = new() { Before = [new() { Approve = 1 }] } }, new() { Switch = new() { After = [new() { Approve = 1 }] } }, new() { Baseline = true }, new() { Sticky = new(TimeSpan.FromHours(1)) },
                new() { AbortScaleDownDelay = TimeSpan.FromSeconds(2) }, new() { RollbackWindow = TimeSpan.FromSeconds(2) },
                new() { Steps = [new() { Instances = new(null) }] }, new() { Steps = [new() { Instances = new(new(2)) }] }, new() { Steps = [new() { Route = [] }] },
                new() { Steps = [new() { Route = [new(RequestPart.Header, "a")] }] }, new() { Steps = [new() { Route = [new(RequestPart.Header, "a", "b")] }] }, new() { Steps = [new() { Route = [new(RequestPart.Header, "a", Prefix: "b")] }] },
                new() { Steps = [new() { Mirror = 5 }] }, new() { Steps = [new() { Verify = ["a"] }] }, new() { Steps = [new() { Approve = 1 }] },
                new() { Hooks = new() { Before = [new() { Name = "a", Run = "b" }] } }, new() { Hooks = new() { After = [new() { Name = "a", Run = "b" }] } }, new() { Hooks = new() { Before = [new() { Name = "a", Run = "b", If = Condition.Parse<HookFields>("true", out _) }] } },
                new() { TolerateLatency = TimeSpan.Zero }, new() { WarmUp = TimeSpan.Zero }, new() { Hooks = new() { Before = [new() { Name = "a", Url = "b" }] } },
                new() { Hooks = new() { Before = [new() { Name = "a", Run = "b", OnError = HookError.Ignore }] } }, new() { Hooks = new() { Before = [new() { Name = "a", Run = "b", Timeout = TimeSpan.FromSeconds(2) }] } },
            }.Select(rollout => RevisionHash.Of("1.0", ["sha256:a"], Definition with { Rollout = rollout }, 1, [])),
            .. new VerificationSpec[]
            {
                new() { Name = "x" }, new() { Name = "x", Retries = 1 }, new() { Name = "x", Interval = TimeSpan.FromSeconds(2) }, new() { Name = "x", Http = new() { Path = "/" } },
                new() { Name = "x", Http = new() { Path = "/", Headers = [new("a")] } }, new() { Name = "x", Http = new() { Path = "/", Headers = [new("a", "b")] } },
                new() { Name = "x", Http = new() { Path = "/", Headers = [new("a", Prefix: "b")] } }, new() { Name = "x", Http = new() { Path = "/", Latency = TimeSpan.FromSeconds(1) } },
                new() { Name = "x", Http = new() { Path = "/", Json = Condition.Parse<AnswerFields>("body.ok", out _) } },
            }.Select(proof => RevisionHash.Of("1.0", ["sha256:a"], Definition with { Verify = [proof] }, 1, [])),
        ];
        hashes.Distinct().Count().ShouldBe(hashes.Length);
    }

    /// <summary>An upgrade must not take what runs for something else.</summary>
    [Fact]
    public void What_a_definition_was_called_before_it_is_still_called() =>
        RevisionHash.Of("1.0", ["sha256:a"], Definition, 1, []).ShouldBe("be82b4c9d80e49763c0ea5ffa0ef32ec947cb92eb22b0f4e86dedeea0c4e7908");

    [Fact]
    public void What_a_verification_was_called_before_it_is_still_called() =>
        RevisionHash.Of("1.0", ["sha256:a"], Definition with { Verify = [new() { Name = "smoke", Http = new() { Path = "/", Contains = "x" } }] }, 1, []).ShouldBe("50c04f81d33fbc4362b8b04438a40d92c5d2eb31321755cc4450d338e08ad7bd");

    // Numbers of RFC 8785, appendix B.
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(unchecked((long)0x8000000000000000), "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    public void Numbers_are_written_as_ECMAScript_prints_them(long bits, string expected) =>
        CanonicalJson.Write(JsonValue.Create(BitConverter.Int64BitsToDouble(bits))).ShouldBe(expected);

    [Fact]
    public void Keys_are_sorted_and_only_what_must_be_is_escaped() =>
        CanonicalJson.Write(new JsonObject { ["b"] = new JsonArray(true, null, "\u0001\"é€\n"), ["a"] = new JsonObject() })
            .ShouldBe("{\"a\":{},\"b\":[true,null,\"\\u0001\\\"é€\\n\"]}");

    [Fact]
    public void A_number_that_is_not_finite_is_refused() =>
        Should.Throw<ArgumentException>(() => CanonicalJson.Write(JsonValue.Create(double.NaN)));
}
