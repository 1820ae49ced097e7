using Slipway.Cli.Load;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace EndToEnd.Harness;

/// <summary>What tests do with a platform again and again.</summary>
internal static class Deliveries
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Promotes to prod and waits for the end, whatever it is.</summary>
    public static async Task<PromotionView> Deliver(this SlipwayClient client, string version)
    {
        var started = await client.StartPromotion(new StartPromotion { Service = Shop.Service, Environment = "prod", Version = version }, Cancel);
        return await client.Ended(started.Id);
    }

    public static async Task<PromotionView> Ended(this SlipwayClient client, string promotion, TimeSpan? patience = null)
    {
        PromotionView? last = null;
        try
        {
            await Until.True(async () => (last = await client.Promotion(promotion, Cancel)).EndedAt is not null, $"the end of {promotion}", patience);
            return last!;
        }
        catch (TimeoutException inVain)
        {
            var history = await client.LedgerEntries(new LedgerFilter(Promotion: promotion), limit: 200, cancel: Cancel);
            var rollout = last?.Rollout is { } id ? await client.Rollout(id, Cancel) : null;
            throw new TimeoutException(
                $"{inVain.Message}\n{last?.State}: {last?.Reason}\n{rollout?.State}: {rollout?.Reason}, until {rollout?.Until}\n{string.Join('\n', history.Items.Select(entry => $"{entry.At:HH:mm:ss} {entry.Text}"))}", inVain);
        }
    }

    public static LoadGenerator Load(this LaneView lane, int rps = 200) => new(new LoadTarget { Url = new Uri(lane.Url.ShouldNotBeNull()), RequestsPerSecond = rps });

    public static Task<LaneView> Prod(this SlipwayClient client) => client.Lane(Shop.Service, "prod", Cancel);

    /// <summary>Every entry of the ledger, from the first.</summary>
    public static async Task<IReadOnlyList<LedgerEntryView>> WholeLedger(this SlipwayClient client)
    {
        var entries = new List<LedgerEntryView>();
        while (true)
        {
            var page = await client.LedgerEntries(new LedgerFilter(), entries.Count > 0 ? entries[^1].Index : null, cancel: Cancel);
            if (page.Items.Count == 0)
            {
                return entries;
            }

            entries.AddRange(page.Items);
        }
    }
}
