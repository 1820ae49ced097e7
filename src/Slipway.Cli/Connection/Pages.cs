using Slipway.Client.Api;

namespace Slipway.Cli.Connection;

/// <summary>Lists longer than a page.</summary>
internal static class Pages
{
    /// <summary>Reads pages until there is no next one, or <paramref name="most"/> items are there; then <see cref="Page{T}.Next"/> says that there are more.</summary>
    public static async Task<Page<T>> Read<T>(Func<string?, Task<Page<T>>> read, int most = int.MaxValue)
    {
        var page = await read(null);
        var items = page.Items.ToList();
        while (page.Next is { } next && items.Count < most)
        {
            page = await read(next);
            items.AddRange(page.Items);
        }

        return items.Count <= most ? new() { Items = items, Next = page.Next } : new() { Items = items[..most], Next = page.Next ?? "" };
    }
}
