using System.Globalization;
using System.Text.Json;

namespace Storefront;

public sealed record Product(string Id, string Name, string Picture, decimal Price, bool IsNew = false)
{
    public string PriceText => Price.ToString("0.00", CultureInfo.InvariantCulture) + " €";
}

public static class Catalog
{
    public static IReadOnlyList<Product> Products { get; } =
    [
        new("kettle", "Harbour kettle", "🫖", 39.00m),
        new("mug", "Enamel mug", "☕", 11.50m),
        new("lamp", "Deck lamp", "🏮", 64.00m),
        new("rope", "Skipping rope", "🪢", 18.90m),
        new("compass", "Pocket compass", "🧭", 27.00m, IsNew: true),
        new("map", "Coastal map", "🗺️", 14.00m, IsNew: true),
    ];

    public static string ToJson(IEnumerable<Product> products)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var product in products)
            {
                writer.WriteStartObject();
                writer.WriteString("id", product.Id);
                writer.WriteString("name", product.Name);
                writer.WriteNumber("price", product.Price);
                writer.WriteBoolean("isNew", product.IsNew);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
