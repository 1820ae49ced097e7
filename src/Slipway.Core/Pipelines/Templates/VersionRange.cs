using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Pipelines.Templates;

/// <summary>
/// Which versions of a template a service takes: <c>1</c> and <c>1.2</c> every one that begins so, <c>^1.2</c> every one that changes nothing which was there in 1.2 (nothing left of the first number that is not 0),
/// <c>~1.2.3</c> only the last number newer, <c>1.2.3</c> that one alone. A prerelease is taken only when it is named exactly.
/// </summary>
public sealed partial record VersionRange
{
    private VersionRange(string text, SemanticVersion least, SemanticVersion? below)
    {
        Text = text;
        Least = least;
        Below = below;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The oldest one that it allows.</summary>
    public SemanticVersion Least { get; }

    /// <summary>The oldest one that is too new; null: <see cref="Least"/> alone is allowed.</summary>
    public SemanticVersion? Below { get; }

    public bool IsExact => Below is null;

    /// <summary>Null: it is no range.</summary>
    public static VersionRange? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (SemanticVersion.Parse(text) is { } exact)
        {
            return new(text, exact, null);
        }

        if (Grammar().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var (major, minor, patch) = (Number(match.Groups["major"])!.Value, Number(match.Groups["minor"]), Number(match.Groups["patch"]));
        var least = new SemanticVersion(major, minor ?? 0, patch ?? 0);
        var caret = match.Groups["kind"].Value == "^";
        var below = minor is null || (caret && major > 0) ? new SemanticVersion(major + 1, 0, 0)
            : caret && minor == 0 && patch is { } last ? new SemanticVersion(0, 0, last + 1)
            : new SemanticVersion(major, minor.Value + 1, 0);
        return new(text, least, below);
    }

    public bool Allows(SemanticVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Below is null ? version == Least : version.Prerelease is null && version >= Least && version < Below;
    }

    public bool Equals(VersionRange? other) => Text == other?.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static int? Number(Group group) => group.Success ? int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(?<kind>[\^~])?(?<major>0|[1-9][0-9]{0,5})(?:\.(?<minor>0|[1-9][0-9]{0,5})(?:\.(?<patch>0|[1-9][0-9]{0,5}))?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
