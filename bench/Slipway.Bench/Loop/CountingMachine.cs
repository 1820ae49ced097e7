using System.Text.Json.Nodes;
using Slipway.Core.Kernel;

namespace Slipway.Bench.Loop;

/// <summary>Counts, and writes to itself that it shall count on.</summary>
internal sealed class CountingMachine : IMachine
{
    private static readonly string Ballast = new('x', 200);

    public string Kind => "counting";
    public int Version => 1;
    public string TimeCame => "1";

    public string WriteEvent(object @event) => (string)@event;

    public Decided Decide(ProcessId process, string? state, int stateVersion, string @event, DateTimeOffset at)
    {
        var count = state is null ? 0 : JsonNode.Parse(state)!["count"]!.GetValue<long>();
        return new Decided(
            new JsonObject { ["count"] = count + 1, ["ballast"] = Ballast }.ToJsonString(),
            [],
            [new Fact("bench.counted", new FactSubject { Service = process.Key }, Fact.Slipway, new JsonObject { ["count"] = count })],
            [new Message(process, TimeCame)],
            null,
            Ended: false);
    }
}
