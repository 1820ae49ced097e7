using System.CommandLine;

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
    public static double? Read(string text) => Core.Definitions.Shares.TryParse(text, out var share) && share >= 0 && (share < 1 || text.EndsWith('%')) ? share : null;

    public static string Problem(string name, string text) => $"{name}: '{text}' is no share; it is written like 10% or 0.1.";
}
