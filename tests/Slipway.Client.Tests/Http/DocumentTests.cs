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
}
