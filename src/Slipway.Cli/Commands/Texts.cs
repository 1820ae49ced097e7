using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands;

/// <summary>Sentences that several commands print.</summary>
internal static class Texts
{
    /// <summary>The first twelve digits of a commit or a digest, which tell it apart.</summary>
    public static string Short(string? hash)
    {
        var digits = hash is null ? "" : hash[(hash.IndexOf(':') + 1)..];
        return digits.Length <= 12 ? digits : digits[..12];
    }

    public static void More(Invocation run, string? next)
    {
        if (next is not null)
        {
            run.Out.WriteLine(run.Ink.Paint("There are more: --limit N shows them.", Tone.Quiet));
        }
    }

    /// <summary><c>storefront@1.2.0 → prod</c>.</summary>
    public static string Passage(string service, string version, string environment) => $"{service}@{version} → {environment}";

    public static string Passage(PromotionView promotion) =>
        $"{Passage(promotion.Service, promotion.Version, promotion.Environment)}{(promotion.Kind == PromotionKindView.Rollback ? " (rollback)" : "")}";

    /// <summary>What a person can do for a promotion that waits for one; null: nobody is waited for.</summary>
    public static string? WayOn(PromotionView promotion)
    {
        if (promotion.State != PromotionStateView.Waiting)
        {
            return null;
        }

        var gate = promotion.Gates.FirstOrDefault(gate => gate.State != GateStateView.Open);
        return gate switch
        {
            null => null,
            { Name: "approval" } when promotion.Actions.Contains("approve") => $"slipway promotion approve {promotion.Id}",
            { OpenedBy: { } who } => $"{who} can open it",
            _ => $"slipway promotion explain {promotion.Id}",
        };
    }
}
