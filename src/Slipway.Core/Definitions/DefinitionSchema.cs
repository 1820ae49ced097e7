namespace Slipway.Core.Definitions;

/// <summary>The JSON Schema (2020-12) of <c>slipway.yaml</c>, for editors. It is a little wider than the reader: what holds between keys is not in it.</summary>
public static class DefinitionSchema
{
    public static string Json()
    {
        var schema = Keys.Service.Schema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "slipway.yaml");
        return schema.ToJsonString(Indented);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };
}
