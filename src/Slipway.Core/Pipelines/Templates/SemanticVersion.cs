using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Pipelines.Templates;

/// <summary>A version as semver.org 2.0.0 orders them, without build metadata: <c>1.4.0</c>, <c>2.0.0-rc.1</c>.</summary>
/// <param name="Prerelease">Behind the hyphen; null: none.</param>
public sealed partial record SemanticVersion(int Major, int Minor, int Patch, string? Prerelease = null) : IComparable<SemanticVersion>
{
    /// <summary>Null: it is no whole version.</summary>
    public static SemanticVersion? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 60 || Grammar().Match(text) is not { Success: true } match)
        {
            return null;
        }

        return new(Number(match.Groups["major"]), Number(match.Groups["minor"]), Number(match.Groups["patch"]), match.Groups["pre"] is { Success: true, Value: var pre } ? pre : null);
    }

    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var numbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return numbers != 0 ? numbers : (Prerelease, other.Prerelease) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            ({ } mine, { } others) => Compare(mine.Split('.'), others.Split('.')),
        };
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{(Prerelease is null ? "" : $"-{Prerelease}")}");

    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Numbers by their value and before words, words by their letters; of two that begin alike the longer is the later.</summary>
    private static int Compare(string[] mine, string[] others)
    {
        foreach (var (a, b) in mine.Zip(others))
        {
            var (aIsNumber, bIsNumber) = (a.All(char.IsAsciiDigit), b.All(char.IsAsciiDigit));
            var order = aIsNumber && bIsNumber ? (a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b))
                : aIsNumber != bIsNumber ? (aIsNumber ? -1 : 1)
                : string.CompareOrdinal(a, b);
            if (order != 0)
            {
                return order;
            }
        }

        return mine.Length.CompareTo(others.Length);
    }

    private static int Number(Group group) => int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<major>0|[1-9][0-9]{0,5})\.(?<minor>0|[1-9][0-9]{0,5})\.(?<patch>0|[1-9][0-9]{0,5})(?:-(?<pre>(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
