using System.Globalization;

namespace Slipway.Core.Definitions;

/// <summary>Shares as people write them: <c>5%</c>, <c>0.5%</c> or <c>0.05</c>.</summary>
public static class Shares
{
    /// <summary>False when <paramref name="text"/> is no share. Which ones make sense is the reader's to say: <c>5</c> is 500 %, and <c>-1%</c> one too.</summary>
    /// <param name="share">1 is the whole.</param>
    public static bool TryParse(string? text, out double share)
    {
        share = 0;
        if (text is not { Length: > 0 and <= 30 })
        {
            return false;
        }

        var isPercent = text.EndsWith('%');
        if (!decimal.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        share = (double)(isPercent ? value / 100 : value);
        return true;
    }
}
