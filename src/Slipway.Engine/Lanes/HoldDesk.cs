using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Lanes;
using Slipway.Engine.Access;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Lanes;

/// <summary>Holds: placed and lifted by people.</summary>
public sealed class HoldDesk(IStore store, Platform platform, LaneStates lanes)
{
    private readonly LaneFlow flow = new(store.Generation);

    public async Task<IReadOnlyList<(LaneId Lane, Hold Hold)>> ListAsync(string? service, string? environment, CancellationToken cancel) =>
        [.. (await lanes.ListAsync(service, cancel)).Where(l => environment is null || l.Lane.Environment == environment).SelectMany(l => l.Holds.Select(h => (l.Lane, h)))];

    public async Task<Outcome<(LaneId Lane, Hold Hold)>> PlaceAsync(Actor by, LaneId lane, string? version, string why, RequestKey? key, CancellationToken cancel)
    {
        if (platform.Current.Find(lane.Environment) is null)
        {
            return Missing.Environment(platform, lane.Environment);
        }

        if (await store.ReadDocumentAsync(ServiceRecord.Collection, lane.Service, cancel) is null)
        {
            return await Missing.ServiceAsync(store, lane.Service, cancel);
        }

        if (version is not null && await store.ReadDocumentAsync(ReleaseDocuments.Collection, ReleaseDocuments.KeyOf(lane.Service, version), cancel) is null)
        {
            var missing = await Missing.ReleaseAsync(store, lane.Service, version, cancel);
            return missing with { NextStep = $"{missing.NextStep} Without a version the hold keeps every release of {lane.Service} out." };
        }

        if (string.IsNullOrWhiteSpace(why) || why.Length > Limits.WhyLength)
        {
            return Refusal.Invalid("whyMissing", $"A hold says why, in 1 to {Limits.WhyLength} characters.", "Give a reason that others will understand.");
        }

        var hold = new Hold(Secret.NewName("hold"), version, why.Trim(), by.Identity, store.Now);
        return await store.SendAsync(lane.Process, flow.WriteEvent(new HoldPlaced(hold)), key, cancel) is OnceResult.KeyReused ? OnceResult.KeyReused.Refusal : (lane, hold);
    }

    public async Task<Outcome<string>> LiftAsync(Actor by, string id, RequestKey? key, CancellationToken cancel)
    {
        var (lane, hold) = (await ListAsync(null, null, cancel)).FirstOrDefault(h => h.Hold.Id == id);
        if (hold is null)
        {
            return Refusal.NotFound($"There is no hold '{id}'.", "`slipway hold list` shows what there is.");
        }

        return await store.SendAsync(lane.Process, flow.WriteEvent(new HoldLifted(id, by.Identity)), key, cancel) is OnceResult.KeyReused ? OnceResult.KeyReused.Refusal : id;
    }
}
