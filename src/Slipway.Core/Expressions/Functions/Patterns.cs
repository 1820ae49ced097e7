using System.Text.RegularExpressions;

namespace Slipway.Core.Expressions.Functions;

/// <summary>Patterns of <c>matches</c>: found in time that grows with the text alone.</summary>
internal static class Patterns
{
    private const int CostOfReading = 1000;

    /// <summary>Null: <paramref name="wrong"/> says what is wrong with it.</summary>
    public static Pattern? Read(string text, out string wrong)
    {
        var reader = new PatternReader(text);
        if (reader.Translate() is not { } translated)
        {
            wrong = reader.Wrong;
            return null;
        }

        try
        {
            wrong = "";
            return new Pattern(new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), reader.Size);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            wrong = "the pattern cannot be read";
            return null;
        }
    }

    /// <summary>With a pattern that is known only now: reading it has its price.</summary>
    public static Value Matches(string text, string pattern, Evaluation run)
    {
        if (!run.Charge(CostOfReading))
        {
            return run.TooMuch();
        }

        return Read(pattern, out var wrong) is { } read ? read.Matches(text, run) : Value.Error(wrong);
    }
}

internal sealed class Pattern(Regex regex, int size)
{
    /// <summary>Whether it is found anywhere in the text.</summary>
    public Value Matches(string text, Evaluation run) =>
        run.Charge(1 + (text.Length * (long)(10 + size) / 100)) ? Value.Of(regex.IsMatch(text)) : run.TooMuch();
}
