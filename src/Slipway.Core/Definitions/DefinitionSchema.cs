using System.Text.Json.Nodes;

namespace Slipway.Core.Definitions;

/// <summary>The JSON Schema (2020-12) of <c>slipway.yaml</c>, for editors. It is a little wider than the reader: what holds between keys is not in it.</summary>
public static class DefinitionSchema
{
    public static string Json()
    {
        var schema = Keys.Service.Schema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "slipway.yaml");
        schema["oneOf"] = new JsonArray(Required("run"), Required("processes"));
        return schema.ToJsonString(Indented);
    }

    private static JsonObject Required(string key) => new() { ["required"] = new JsonArray(key) };

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };
}
