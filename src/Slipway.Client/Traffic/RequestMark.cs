using System.Text.RegularExpressions;

namespace Slipway.Client.Traffic;

/// <summary>A mark of a request: a header, a cookie or a parameter of the query that is there, has a value or begins with one. Of several of the same name any may match.</summary>
/// <param name="Part"><c>header</c>, <c>cookie</c> or <c>query</c>.</param>
/// <param name="Name">Of a header whatever its case; a parameter's as it is after decoding.</param>
/// <param name="Is">The whole value (of a header: of one line), case and all; a parameter's after decoding.</param>
/// <param name="Prefix">How the value begins; not together with <paramref name="Is"/>. With neither it is enough that it is there.</param>
public sealed partial record RequestMark(string Part, string Name, string? Is = null, string? Prefix = null)
{
    public const string Header = "header", Cookie = "cookie", Query = "query";
    private const int LongestName = 200, LongestValue = 1000;

    /// <summary>What is wrong with it: the member, and the fault. Empty when it can be looked for.</summary>
    public IReadOnlyList<(string Member, string Fault)> Faults()
    {
        List<(string, string)> faults = [];
        if (Part is not (Header or Cookie or Query))
        {
            faults.Add(("part", $"'{Part}' is none of {Header}, {Cookie}, {Query}."));
        }

        if (Part == Query ? !IsText(Name, LongestName) || Name.Length == 0 : Name.Length > LongestName || !Token().IsMatch(Name))
        {
            faults.Add(("name", $"'{Name}' is not the name of a {(Part == Query ? "parameter" : Part)} (at most {LongestName} characters{(Part == Query ? "" : " that such a name may have")})."));
        }

        if (Is is not null && Prefix is not null)
        {
            faults.Add(("prefix", "there is a whole value (is) already."));
        }

        if (Prefix is { Length: 0 })
        {
            faults.Add(("prefix", "is empty; without it any value will do."));
        }

        foreach (var (member, value) in new[] { ("is", Is), ("prefix", Prefix) })
        {
            // A prefix may end where the value goes on with a space.
            if (value is not null && !(Part == Query ? IsText(value, LongestValue) : value.Length <= LongestValue && Printable().IsMatch(member == "prefix" ? value.TrimEnd(' ') : value)))
            {
                faults.Add((member, $"must be at most {LongestValue} {(Part == Query ? "characters without control characters" : "printable ASCII characters without a space at its beginning or end")}."));
            }
        }

        return faults;
    }

    private static bool IsText(string text, int longest) => text.Length <= longest && !text.Any(char.IsControl);

    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex(@"^([!-~]([ -~]*[!-~])?)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Printable();
}
