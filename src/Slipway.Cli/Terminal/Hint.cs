using System.Text.RegularExpressions;

namespace Slipway.Cli.Terminal;

/// <summary>
/// What to do next, as it stands behind an arrow: a sentence with a capital and a stop, or a command, alone or behind a colon, that ends as it is typed. Every arrow
/// is printed by this, so that no hint looks different, those that the server gives included.
/// </summary>
internal static partial class Hint
{
    public static string Of(string hint)
    {
        var text = hint.Trim();
        if (Command().Match(text) is { Success: true, Index: var at })
        {
            return at == 0 ? text : Capitalized(text);
        }

        return text.Length == 0 || text[^1] is '.' or '?' or '!' ? Capitalized(text) : $"{Capitalized(text)}.";
    }

    /// <summary>A sentence with its stop; without it where the way out that it tells of ends with a command, which is typed as it stands there.</summary>
    public static string Stopped(string sentence) => Steps().IsMatch(sentence) ? sentence : $"{sentence.TrimEnd('.')}.";

    /// <summary>An arrow and the hint, behind what it is about; empty: there is none.</summary>
    public static string Behind(string? hint) => hint is null ? "" : $" → {Of(hint)}";

    private static string Capitalized(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A command up to the end. Stops and semicolons are only within its words, such as a version's, or a stop is a word, this folder; else it is a sentence that begins with one.</summary>
    [GeneratedRegex(@"(?:^|(?<=: |; then ))(?:slipway|apt-get|export) [^.;]*(?:(?:[.;]\S|(?<= )\.(?: |$))[^.;]*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"; then slipway [^.;]*(?:[.;]\S[^.;]*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Steps();
}
