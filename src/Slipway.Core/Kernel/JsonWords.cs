namespace Slipway.Core.Kernel;

/// <summary>Enumeration values as they are written everywhere outside the code: camelCase.</summary>
public static class JsonWords
{
    public static string Of<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
