using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Client.Http;

namespace Slipway.Client.Tests.Http;

public sealed class DocumentTests
{
    /// <summary>The server leaves out what is null; a member that may be null and must be there could not be read then.</summary>
    [Fact]
    public void Whatever_may_be_null_may_be_left_out()
    {
        var types = typeof(ApiClientJson).GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
            .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!);
        var seen = new HashSet<Type>();
        var waiting = new Queue<Type>(types);
        var wrong = new List<string>();
        while (waiting.TryDequeue(out var type))
        {
            if (!seen.Add(type) || ApiClientJson.Default.GetTypeInfo(type) is not { } document)
            {
                continue;
            }

            foreach (var property in document.Properties)
            {
                waiting.Enqueue(property.PropertyType);
                if (property is { IsRequired: true, IsSetNullable: true } || (property.IsRequired && Nullable.GetUnderlyingType(property.PropertyType) is not null))
                {
                    wrong.Add($"{type.Name}.{property.Name}");
                }
            }

            if (document.ElementType is { } element)
            {
                waiting.Enqueue(element);
            }
        }

        seen.Count.ShouldBeGreaterThan(40);
        wrong.ShouldBeEmpty();
    }

    /// <summary>The server writes them so; an enum that nobody thought of when it was made would be read by its number alone.</summary>
    [Fact]
    public void Every_enum_is_a_word_in_camel_case()
    {
        var enums = typeof(ApiClientJson).Assembly.GetTypes().Where(type => type.IsEnum && type.Namespace == "Slipway.Client.Api" && ApiClientJson.Default.GetTypeInfo(type) is not null).ToList();

        enums.Count.ShouldBeGreaterThan(15);
        foreach (var type in enums)
        {
            var first = Enum.GetValues(type).GetValue(0)!;
            var name = first.ToString()!;
            JsonSerializer.Serialize(first, type, ApiClientJson.Default).ShouldBe($"\"{char.ToLowerInvariant(name[0])}{name[1..]}\"", type.Name);
        }
    }
}
