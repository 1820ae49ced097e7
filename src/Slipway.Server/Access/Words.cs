using System.Text.Json;

namespace Slipway.Server.Access;

/// <summary>Enumeration values as the API writes them.</summary>
internal static class Words
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
