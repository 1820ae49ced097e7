using System.Text.RegularExpressions;

namespace Slipway.Engine;

/// <summary>The grammar of names: lower-case letters, digits, single hyphens inside.</summary>
public static partial class Names
{
    public const int ServiceLength = 40, EnvironmentLength = 20;

    public static bool IsName(string text, int longest) => text.Length <= longest && Grammar().IsMatch(text);

    public static Refusal Refused(string what, string text, int longest) => Refusal.Invalid(
        "invalidName", $"'{(text.Length > 80 ? text[..80] + "…" : text)}' cannot be the name of a{(what[0] is 'a' or 'i' ? "n" : "")} {what}.",
        $"Use lower-case letters, digits and single hyphens inside; at most {longest} characters.");

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Grammar();
}
