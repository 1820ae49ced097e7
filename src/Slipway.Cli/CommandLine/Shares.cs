using System.CommandLine;
using System.Globalization;

namespace Slipway.Cli.CommandLine;

/// <summary>Shares as slipway.yaml writes them: <c>5%</c> or <c>0.05</c>.</summary>
internal static class Shares
{
    public static Option<double?> Option(string name, string description) => new(name)
    {
        HelpName = "SHARE",
        Description = description,
        CustomParser = result =>
        {
            var share = Read(result.Tokens[0].Value);
            if (share is null)
            {
                result.AddError(Problem(name, result.Tokens[0].Value));
            }

            return share;
        },
    };

    /// <returns>Null: it is none, or below 0. Without a percent sign it is below 1: with <c>5</c> somebody means 5 %.</returns>
    public static double? Read(string text)
    {
        var isPercent = text.EndsWith('%');
        return double.TryParse(isPercent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && (isPercent || number < 1) ? isPercent ? number / 100 : number : null;
    }

    public static string Problem(string name, string text) => $"{name}: '{text}' is no share; it is written like 10% or 0.1.";
}
