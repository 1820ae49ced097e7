using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Connection;

/// <summary>The end of the ledger, which the API reads forwards only.</summary>
internal static class NewestEntries
{
    private const int Growth = 8, PageLimit = 1000;

    /// <summary>Reads ever longer stretches of its end, until one has as many entries as are wanted or begins where it should.</summary>
    /// <param name="after">Entries up to this index do not count.</param>
    /// <returns>The newest ones in order; <see cref="Page{T}.Next"/> says that there are older ones.</returns>
    public static async Task<Page<LedgerEntryView>> Read(SlipwayClient client, LedgerFilter filter, long after, int most, CancellationToken cancel)
    {
        var head = (await client.Status(cancel: cancel)).LedgerIndex;
        for (var width = most + 1L; ; width *= Growth)
        {
            var from = Math.Max(after, head - width);
            var page = await All(client, filter, from, cancel);
            if (from == after || page.Items.Count > most)
            {
                var newest = page.Items.Skip(page.Items.Count - most).ToList();
                return new() { Items = newest, Next = newest.Count < page.Items.Count ? newest[0].Index.ToString() : null };
            }
        }
    }

    public static Task<Page<LedgerEntryView>> All(SlipwayClient client, LedgerFilter filter, long? after, CancellationToken cancel) =>
        Pages.Read(next => client.LedgerEntries(filter, next is null ? after : long.Parse(next), PageLimit, cancel));
}
