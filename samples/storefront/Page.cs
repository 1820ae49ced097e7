using System.Net;
using System.Text;

namespace Storefront;

public static class Page
{
    private const string Accent = "#1f6f8b";

    public static string Render(string version, IReadOnlyList<Product> products)
    {
        var cards = new StringBuilder();
        foreach (var product in products)
        {
            cards.Append($"""
                <li><span class="picture" aria-hidden="true">{product.Picture}</span><b>{WebUtility.HtmlEncode(product.Name)}</b><span class="price">{product.PriceText}</span></li>

                """);
        }

        return $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Storefront</title>
            <style>
            :root { color-scheme: light dark; --accent: {{Accent}}; --card: color-mix(in srgb, canvas, canvastext 5%); }
            body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: canvas; color: canvastext; }
            header { background: var(--accent); color: #fff; padding: 2rem 1.25rem; }
            h1 { margin: 0; font-size: 1.75rem; } header p { margin: .25rem 0 0; opacity: .9; }
            main, footer { max-width: 60rem; margin: 0 auto; padding: 1.25rem; }
            ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
            li { background: var(--card); border-radius: .75rem; padding: 1rem; display: grid; gap: .25rem; }
            .picture { font-size: 2.5rem; } .price { font-variant-numeric: tabular-nums; }
            footer { opacity: .7; font-size: .875rem; }
            </style>
            </head>
            <body>
            <header><h1>Storefront</h1><p>Good things from the harbour</p></header>
            <main><ul>
            {{cards}}</ul></main>
            <footer>Version {{WebUtility.HtmlEncode(version)}}</footer>
            </body>
            </html>
            """;
    }
}
