using System.Text;
using System.Text.Json;

namespace Slipway.Cli.Init;

/// <summary>A JSON file of the repository, whatever it holds.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    /// <summary>Its root object; null: there is none, or it cannot be read, which is then among the problems.</summary>
    public static JsonElement? Object(RepositoryFiles files, string path)
    {
        if (files.Text(path) is not { } text)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text), Lenient);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }

            files.Problem($"{files.NameOf(path)} is JSON, but not an object.");
        }
        catch (JsonException wrong)
        {
            files.Problem($"{files.NameOf(path)} is not JSON: it breaks on line {(wrong.LineNumber ?? 0) + 1}.");
        }

        return null;
    }

    /// <summary>A text at a path of members; null: there is none.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        try
        {
            return element.Member(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: JSON can say it, and no text can be it.
            return null;
        }
    }

    public static JsonElement? Member(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }

    /// <summary>The names of an object's members; empty: it is none.</summary>
    public static IEnumerable<string> Names(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Object } map ? map.EnumerateObject().Select(NameOf) : [];

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
