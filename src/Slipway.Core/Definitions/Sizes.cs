using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Definitions;

/// <summary>Amounts of bytes as people write them: <c>512MiB</c>, <c>1.5GiB</c>, <c>2TiB</c>.</summary>
public static partial class Sizes
{
    private static readonly string[] Units = ["MiB", "GiB", "TiB"];

    /// <summary>False when <paramref name="text"/> is no amount; a number without a unit is none.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        var match = Grammar().Match(text ?? "");
        bytes = match.Success ? (long)(decimal.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * (1L << (20 + (10 * Array.IndexOf(Units, match.Groups[2].Value))))) : 0;
        return match.Success;
    }

    /// <summary>A whole amount.</summary>
    public static string Words(long bytes) => bytes % (1L << 40) == 0 ? $"{bytes >> 40}TiB" : bytes % (1L << 30) == 0 ? $"{bytes >> 30}GiB" : $"{bytes >> 20}MiB";

    [GeneratedRegex(@"^([0-9]{1,7}(?:\.[0-9]{1,3})?)(MiB|GiB|TiB)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
