using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Cli.Watching;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands;

/// <summary>What a command answers that has set a promotion going.</summary>
internal static class Started
{
    /// <summary>The gates answer within a second; a lane lets in at once or after what rolls out there.</summary>
    private static readonly TimeSpan PatienceWithGates = TimeSpan.FromSeconds(5), PatienceWithLane = TimeSpan.FromSeconds(2), Glance = TimeSpan.FromMilliseconds(100);

    public static async Task<int> Promotion(Invocation run, PromotionView promotion, bool watch, TimeSpan? timeout)
    {
        if (watch)
        {
            return await new PromotionWatch(run, run.Client, promotion.Id, WatchUntil.AllTraffic, timeout).Follow();
        }

        promotion = await WithItsFirstAnswer(run, promotion);
        run.Answer(promotion, ApiClientJson.Default.PromotionView, () => Print(run, promotion));
        return promotion.EndedAt is null || promotion.State == PromotionStateView.Succeeded ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>As it is once the gates have said what they say: shut, or open and on its way.</summary>
    private static async Task<PromotionView> WithItsFirstAnswer(Invocation run, PromotionView promotion)
    {
        var began = run.Shell.Time.GetTimestamp();
        while (IsUndecided(promotion) && run.Shell.Time.GetElapsedTime(began) < (promotion.State == PromotionStateView.Approved ? PatienceWithLane : PatienceWithGates))
        {
            await Task.Delay(Glance, run.Shell.Time, run.Cancel);
            promotion = await run.Client.Promotion(promotion.Id, run.Cancel);
        }

        return promotion;
    }

    private static bool IsUndecided(PromotionView promotion) =>
        promotion.State is PromotionStateView.Waiting or PromotionStateView.Approved && promotion.Gates.All(gate => gate.State == GateStateView.Open);

    private static void Print(Invocation run, PromotionView promotion)
    {
        var shut = Texts.ShutGates(promotion, run.Now).ToList();
        var state = Words.Prose(promotion.State);
        // What the shut gates say stands below.
        var sentence = promotion.EndedAt is not null ? Texts.Told(state, promotion.Reason) : shut.Count > 0 ? state : state.With(promotion.Reason);
        run.Out.WriteLine($"{Texts.Passage(promotion)}: {run.Ink.Paint(sentence, Tones.Of(promotion.State))}");
        foreach (var gate in promotion.EndedAt is null ? shut : [])
        {
            run.Out.WriteLine($"  {gate}");
        }

        if (promotion is { EndedAt: null, WaitsFor.NextStep: { } wayOn })
        {
            run.Out.WriteLine($"  → {Hint.Of(wayOn)}");
        }

        run.Out.WriteLine(promotion.EndedAt is not null ? $"Look at it: slipway promotion explain {promotion.Id}"
            : promotion.State == PromotionStateView.RollingOut ? $"Follow it: slipway rollout watch {promotion.Id}"
            : $"Look at it again: slipway promotion show {promotion.Id}");
    }
}
