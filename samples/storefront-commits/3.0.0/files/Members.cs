namespace Storefront;

/// <summary>The member programme: five groups of visitors, each with its discount.</summary>
public static class Members
{
    private const int Groups = 5;
    private static readonly decimal[] Discounts = [0.00m, 0.03m, 0.05m, 0.10m];

    public static IReadOnlyList<Product> PricesFor(long visit)
    {
        var discount = Discounts[visit % Groups];
        return [.. Catalog.Products.Select(product => product with { Price = decimal.Round(product.Price * (1 - discount), 2) })];
    }
}

/// <summary>Numbers the visits, so that the groups are of one size.</summary>
public static class Visits
{
    private static long count;

    public static long Next() => Interlocked.Increment(ref count);
}
