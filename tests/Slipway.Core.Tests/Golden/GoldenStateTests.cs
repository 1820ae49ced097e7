using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Tests.Transitions;

namespace Slipway.Core.Tests.Golden;

/// <summary>
/// What every machine version ever wrote to a store is kept here, as `Golden/MACHINE/vVERSION/STATE.json`, and is read for as long as that version may be met. Files are never rewritten: with
/// SLIPWAY_UPDATE_SNAPSHOTS=1 only those that are missing for the version of today are made. So a changed shape shows here until the machine's version is raised and the old one is read.
/// </summary>
public sealed class GoldenStateTests
{
    [Fact]
    public void States_of_lanes_stay_readable() => Check("Lane", new LaneSamples());

    [Fact]
    public void States_of_promotions_stay_readable() => Check("Promotion", new PromotionSamples());

    [Fact]
    public void States_of_rollouts_stay_readable() => Check("Rollout", new RolloutSamples());

    private static void Check<TState, TEvent>(string name, Samples<TState, TEvent> samples)
        where TState : class
        where TEvent : class
    {
        var folder = Path.Combine(Checkout.Root, "tests", "Slipway.Core.Tests", "Golden", name);
        WriteMissing(Path.Combine(folder, $"v{samples.Machine.Version}"), samples);
        for (var version = Math.Max(1, samples.Machine.Version - 1); version <= samples.Machine.Version; version++)
        {
            var files = Directory.GetFiles(Path.Combine(folder, $"v{version}"), "*.json");
            files.Length.ShouldBeGreaterThan(0);
            foreach (var file in files)
            {
                var written = JsonNode.Parse(File.ReadAllText(file))!;
                var state = samples.Machine.ReadState(written.ToJsonString(), version);
                if (version == samples.Machine.Version)
                {
                    var again = JsonSerializer.SerializeToNode(state, samples.Json)!;
                    again.ToJsonString(Indented).ShouldBe(written.ToJsonString(Indented), $"{file}: today's code writes it in another shape; raise the machine's version and read the old one");
                }
            }
        }

        foreach (var state in samples.States.Where(s => s.State is not null))
        {
            File.Exists(FileOf(Path.Combine(folder, $"v{samples.Machine.Version}"), state.Name)).ShouldBeTrue($"there is no golden state of '{state.Name}'; run the test with SLIPWAY_UPDATE_SNAPSHOTS=1");
        }
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static void WriteMissing<TState, TEvent>(string folder, Samples<TState, TEvent> samples)
        where TState : class
        where TEvent : class
    {
        if (!Snapshot.Updates)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        foreach (var state in samples.States.Where(s => s.State is not null && !File.Exists(FileOf(folder, s.Name))))
        {
            File.WriteAllText(FileOf(folder, state.Name), JsonSerializer.SerializeToNode(state.State!, samples.Json)!.ToJsonString(Indented) + "\n");
        }
    }

    private static string FileOf(string folder, string name) => Path.Combine(folder, name.Replace(":", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace(' ', '-') + ".json");
}
