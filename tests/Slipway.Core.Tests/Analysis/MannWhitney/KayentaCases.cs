using System.Text.Json;

namespace Slipway.Core.Tests.Analysis.MannWhitney;

/// <summary>
/// Kayenta's own test cases (Apache-2.0, github.com/spinnaker/kayenta), which are not part of this repository: <c>shared/reference/kayenta_cases.json</c> in a folder above,
/// or the file that <c>SLIPWAY_KAYENTA_CASES</c> names.
/// </summary>
internal static class KayentaCases
{
    public const string Variable = "SLIPWAY_KAYENTA_CASES";
    private const string Place = "shared/reference/kayenta_cases.json";
    private static readonly Lazy<IReadOnlyDictionary<string, JsonElement>?> Read = new(() => Find() is { } path ? Parse(path) : null);

    /// <summary>By suite and name; null: the file is not there.</summary>
    public static IReadOnlyDictionary<string, JsonElement>? All => Read.Value;

    /// <summary>The case, or the end of the test as skipped.</summary>
    public static JsonElement Get(string name)
    {
        Assert.SkipWhen(All is null, $"Kayenta's cases are not here: {Place} is in no folder above this checkout, and {Variable} names no file.");
        return All!.TryGetValue(name, out var found) ? found : throw new ArgumentException($"There is no case “{name}”.", nameof(name));
    }

    public static double[] Numbers(this JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(Number)];

    /// <summary>NaN is written as a string.</summary>
    public static double Number(this JsonElement value) => value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!) : value.GetDouble();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"{Variable} names a file that is not there.", named);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, Place) is var path && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private static Dictionary<string, JsonElement> Parse(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(path));
        return file.RootElement.GetProperty("cases").EnumerateArray()
            .ToDictionary(one => $"{one.GetProperty("suite").GetString()}: {one.GetProperty("test").GetString()}", one => one.Clone());
    }
}
