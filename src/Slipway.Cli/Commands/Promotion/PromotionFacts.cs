using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Promotion;

/// <summary>A promotion in full, as <c>show</c> and <c>explain</c> print it.</summary>
internal static class PromotionFacts
{
    public static void Print(Invocation run, PromotionView promotion)
    {
        new Facts(run.Ink)
            .Add("promotion", promotion.Id, Tone.Strong)
            .Add("release", Texts.Passage(promotion))
            .Add("state", Tones.Cell(promotion.State))
            .Add("reason", promotion.Reason)
            .Add("way on", promotion.WaitsFor?.NextStep)
            .Add("asked by", $"{promotion.RequestedBy}, {Words.When(promotion.RequestedAt, run.Now)} ({Words.Exact(promotion.RequestedAt)}){(promotion.Why is { } why ? $": {why}" : "")}")
            .Add("stable there", promotion.FromVersion)
            .Add("ended", promotion.EndedAt is { } ended ? $"{Words.When(ended, run.Now)} ({Words.Exact(ended)})" : null)
            .Add("superseded by", promotion.SupersededBy)
            .Add("inputs", Texts.Short(promotion.InputsHash))
            .WriteTo(run.Out);
    }

    public static void PrintGates(Invocation run, PromotionView promotion)
    {
        if (promotion.Gates.Count == 0)
        {
            return;
        }

        run.Out.WriteLine();
        var table = run.WrappingTable("GATE", "STATE", "UNTIL", "OPENED BY", "WHY");
        foreach (var gate in promotion.Gates)
        {
            table.Row(gate.Name, gate.State == GateStateView.Waiting && promotion.EndedAt is not null ? new Cell("never opened", Tone.Quiet) : Tones.Cell(gate.State), Words.When(gate.Until, run.Now), gate.OpenedBy, gate.Why);
        }

        table.WriteTo(run.Out);
    }

    public static void PrintApprovals(Invocation run, PromotionView promotion)
    {
        foreach (var approval in promotion.Approvals)
        {
            var word = approval.Approved ? run.Ink.Paint("approved", Tone.Good) : run.Ink.Paint("rejected", Tone.Bad);
            run.Out.WriteLine($"{word} by {approval.By}, {Words.When(approval.At, run.Now)}{(approval.Why is { } why ? $": {why}" : "")}");
        }
    }
}
