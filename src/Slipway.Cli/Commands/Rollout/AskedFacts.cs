using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Rollout;

/// <summary>What was asked of the new instances, and who else was asked or told.</summary>
internal static class AskedFacts
{
    public static void Print(Invocation run, RolloutView rollout, Told told)
    {
        if (rollout.Verifications.Count > 0)
        {
            run.Out.WriteLine();
            var table = run.WrappingTable("VERIFICATION", "VERDICT", "SINCE", "FOUND");
            foreach (var each in rollout.Verifications)
            {
                var verdict = each.Verdict is { } known ? new(Words.Of(known), Tones.Of(known)) : Waiting(run, each.AgainAt, each.Tries);
                table.Row(new(each.Name, Tone.Strong), verdict, Since(run, each.Since), Found(each.Detail, told));
            }

            table.WriteTo(run.Out);
        }

        if (rollout.Hooks.Count > 0)
        {
            run.Out.WriteLine();
            var table = run.WrappingTable("HOOK", "POINT", "ANSWER", "SINCE", "REASON");
            foreach (var each in rollout.Hooks)
            {
                table.Row(new(each.Name, Tone.Strong), PointOf(each), AnswerOf(run, each), Since(run, each.Since), Found(each.Detail, told));
            }

            table.WriteTo(run.Out);
        }

        if (rollout.Verifications.Any(each => each.Log is not null) || rollout.Hooks.Any(each => each.Log is not null))
        {
            run.Out.WriteLine($"What scripts wrote: slipway rollout logs {rollout.Id}");
        }
    }

    private static string PointOf(RolloutHookView hook) => hook.Step is { } step ? $"{hook.Point}: {step}" : hook.Point;

    private static Cell AnswerOf(Invocation run, RolloutHookView hook) => hook.Decision switch
    {
        null when hook.IsTold => new("being told", Tone.Warn),
        null => Waiting(run, hook.AgainAt, hook.Tries),
        "go" => new(hook.IsTold ? "told" : "go", Tone.Good),
        "stop" or "failed" when hook.IsTold => new($"told, it says {hook.Decision}", Tone.Warn),
        "failed" when hook.PassedOver => new("failed, passed over", Tone.Warn),
        "unanswered" => new("no answer", Tone.Quiet),
        var decision => new(decision, Tone.Bad),
    };

    private static Cell Waiting(Invocation run, DateTimeOffset? againAt, int tries) =>
        new(againAt is { } again ? $"asked again {Words.When(again, run.Now)}" : tries > 1 ? $"asked, try {tries}" : "asked", Tone.Warn);

    private static string Since(Invocation run, DateTimeOffset? since) => since is { } at ? Words.When(at, run.Now) : "";

    private static string Found(string? detail, Told told) => detail is null ? "" : told.Once(detail, [detail], RolloutFacts.Above);
}
