using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Slipway.Server.Access;
using Slipway.Server.OpenApi;

namespace Slipway.Server.Web;

/// <summary>The API's description for reading, made on the server from the OpenAPI document; loads nothing.</summary>
internal static class DocsPage
{
    private const string Style = """
        :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
        h2{margin-top:2.5rem;text-transform:capitalize}h3{font:600 1rem ui-monospace,monospace;margin:1.5rem 0 .25rem;overflow-wrap:anywhere}p{margin:.25rem 0}
        dl{margin:.25rem 0 .25rem 1rem}dt{font:.9rem ui-monospace,monospace}dd{margin:0 0 .25rem 1.5rem}code{font:.9em ui-monospace,monospace}
        """;

    public static void Map(IEndpointRouteBuilder root) =>
        root.MapGet("/docs", ShowAsync).OpenToAnyone("Describes what the published source does.").ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(HttpContext context, [FromKeyedServices("v1")] IOpenApiDocumentProvider documents, CancellationToken cancel)
    {
        var nonce = WebApp.NewNonce();
        SecurityHeaders.UseBarePage(context.Response, nonce);
        return TypedResults.Content(Render(await documents.GetOpenApiDocumentAsync(cancel), nonce), "text/html; charset=utf-8");
    }

    private static string Render(OpenApiDocument document, string nonce)
    {
        var page = new StringBuilder();
        page.Append($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Slipway API</title><style nonce=\"{nonce}\">{Style}</style></head><body>");
        page.Append($"<h1>Slipway API</h1><p>{E(document.Info.Description)}</p><p>For programs: <a href=\"{ApiDescription.DocumentPath}\">{ApiDescription.DocumentPath}</a></p>");
        var operations = document.Paths.SelectMany(p => (p.Value.Operations ?? []).Select(o => (Path: p.Key, Method: o.Key.Method, Operation: o.Value)));
        foreach (var tag in operations.GroupBy(o => o.Operation.Tags?.FirstOrDefault()?.Name ?? "other"))
        {
            page.Append($"<h2>{E(tag.Key)}</h2>");
            foreach (var (path, method, operation) in tag)
            {
                page.Append($"<section><h3>{E(method)} {E(path)}</h3><p>{E(operation.Summary)} {E(operation.Description)}</p>");
                Describe(page, operation);
                page.Append("</section>");
            }
        }

        page.Append("<h2>Documents</h2>");
        foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            page.Append($"<section><h3 id=\"{E(name)}\">{E(name)}</h3><p>{E(schema.Description)}</p>");
            Properties(page, schema);
            page.Append("</section>");
        }

        return page.Append("</body></html>").ToString();
    }

    private static void Describe(StringBuilder page, OpenApiOperation operation)
    {
        page.Append("<dl>");
        foreach (var parameter in operation.Parameters ?? [])
        {
            page.Append($"<dt>{E(parameter.Name)} <small>{E(parameter.In?.ToString().ToLowerInvariant())}</small></dt><dd>{E(parameter.Description)}</dd>");
        }

        foreach (var (type, media) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            page.Append($"<dt>body</dt><dd>{E(type)} {Type(media.Schema)}</dd>");
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            page.Append($"<dt>{E(status)}</dt><dd>{E(response.Description)} {string.Join(", ", (response.Content ?? new Dictionary<string, OpenApiMediaType>()).Values.Select(m => Type(m.Schema)))}</dd>");
        }

        page.Append("</dl>");
    }

    private static void Properties(StringBuilder page, IOpenApiSchema schema)
    {
        if (schema.Enum is { Count: > 0 } values)
        {
            page.Append($"<p><code>{E(string.Join(" | ", values.Select(v => v.ToString())))}</code></p>");
        }

        page.Append("<dl>");
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            page.Append($"<dt>{E(name)}{(schema.Required?.Contains(name) == true ? "" : "?")} <small>{Type(property)}</small></dt><dd>{E(property.Description)}</dd>");
        }

        page.Append("</dl>");
    }

    private static string Type(IOpenApiSchema? schema) => schema switch
    {
        null => "",
        OpenApiSchemaReference { Reference.Id: { } id } => $"<a href=\"#{E(id)}\">{E(id)}</a>",
        { Items: { } items } => Type(items) + "[]",
        { OneOf: { Count: > 0 } oneOf } => string.Join(" | ", oneOf.Select(Type)),
        _ => E(string.Join(" ", [schema.Type?.ToString().ToLowerInvariant(), schema.Format])),
    };

    private static string E(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
