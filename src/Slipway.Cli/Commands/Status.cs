using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Rollout;
using Slipway.Cli.Commands.Service.Source;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands;

internal static class Status
{
    /// <summary>Holds of a lane that are shown, columns of a line where no terminal says how many it has, those before a hold's line, and the least of a reason that is worth showing.</summary>
    private const int MostHolds = 5, LineWidth = 140, HoldIndent = 15, LeastReason = 10;

    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        return new CliCommand(context, "status", "Show what runs where, since when, how well, and what is under way", "slipway status", "slipway status storefront").Taking(service).Runs(async run =>
        {
            var only = run.Get(service);
            var status = await run.Client.Status(only, run.Cancel);
            var newest = only is not null && !run.Json ? await Newest(run, only) : null;
            run.Answer(status, ApiClientJson.Default.StatusView, () => Print(run, status, inFull: only is not null, newest));
        });
    }

    /// <summary>What became of the newest commit of a service's repository, where it is nothing good; null: nothing is the matter with it.</summary>
    private static async Task<string?> Newest(Invocation run, string service)
    {
        if (await SourceFacts.Find(run, service) is not { } source)
        {
            return null;
        }

        if (SourceFacts.WhyNoRun(source) is { } why)
        {
            return $"{why}{Hint.Behind($"slipway service show {service}")}";
        }

        // Runs of other commits that were asked for may have begun since; those that are far back are not looked for.
        var runs = await run.Client.Runs(service, cancel: run.Cancel);
        return runs.Items.FirstOrDefault(each => each.Commit == source.Head) is { State: RunStateView.Failed or RunStateView.Cancelled } bad
            ? $"The newest commit {bad.Commit[..8]}: {bad.Id} {Words.Prose(bad.State).With(bad.Reason)}{Hint.Behind($"slipway run show {bad.Id}")}"
            : null;
    }

    /// <param name="newest">Of the one service that is shown.</param>
    private static void Print(Invocation run, StatusView status, bool inFull, string? newest)
    {
        foreach (var environment in status.Environments.Where(environment => environment.Frozen is not null))
        {
            run.Out.WriteLine(run.Ink.Paint($"{environment.Name} is frozen: {environment.Frozen}", Tone.Warn));
        }

        if (status.Services.Count == 0)
        {
            run.Out.WriteLine("No services yet. Add one: slipway service add NAME");
            return;
        }

        var table = run.Table("SERVICE", "ENVIRONMENT", "VERSION", "SINCE", "HEALTH", "NOTE");
        foreach (var service in status.Services)
        {
            var name = service.Service;
            foreach (var lane in service.Lanes)
            {
                table.Row(new(name, Tone.Strong), lane.Environment, lane.Version ?? "–", Words.When(lane.Since, run.Now), Tones.Cell(lane), UnderWay(lane));
                name = "";
            }
        }

        table.WriteTo(run.Out);
        if (newest is not null)
        {
            run.Out.WriteLine();
            run.Out.WriteLine(run.Ink.Paint(newest, Tone.Warn));
        }

        if (inFull)
        {
            foreach (var lane in status.Services.SelectMany(service => service.Lanes))
            {
                PrintLane(run, lane);
            }
        }
    }

    private static Cell UnderWay(LaneView lane)
    {
        if (lane.NeedsAttention is { } attention)
        {
            return new($"needs attention: {Texts.InBrief(attention)}", Tone.Bad);
        }

        if (lane.Moving is { } moving)
        {
            var share = moving.Rollout is null ? "" : $"{(moving.Weight is null ? "," : "")} {RolloutFacts.Share(moving.Weight, moving.Rings)}";
            var state = (moving.Rollout is { } rollout ? Words.Prose(rollout) : Words.Prose(moving.State)) + share;
            return new($"{moving.Version} {state.With(Texts.InBrief(moving.Reason))}", Tone.Warn);
        }

        if (lane.Waiting is [var waiting, ..])
        {
            return new($"{waiting.Version} waits: {Texts.InBrief(waiting.Reason)}", Tone.Warn);
        }

        return lane.Holds.MaxBy(hold => hold.At) is { } newest
            ? new Cell($"{newest.Version ?? "every release"} {(lane.Holds.Count > 1 ? $"and {lane.Holds.Count - 1} more are" : "is")} held: {InShort(newest)}", Tone.Quiet)
            : "";
    }

    /// <summary>The beginning of why, without the version that stands before it.</summary>
    private static string InShort(HoldView hold)
    {
        var why = hold.Version is { } version && hold.Why.StartsWith(version + " ", StringComparison.Ordinal) ? hold.Why[(version.Length + 1)..] : hold.Why;
        return Texts.InBrief(why);
    }

    /// <summary>A line for each, the newest first; what is cut of a reason is whole with --json.</summary>
    private static IEnumerable<string> Held(Invocation run, LaneView lane)
    {
        foreach (var hold in lane.Holds.OrderByDescending(hold => hold.At).Take(MostHolds))
        {
            var what = $"{hold.Version ?? "every release"} by {hold.By}, {Words.When(hold.At, run.Now)} ({hold.Id}): ";
            yield return what + Wrapping.Cut(hold.Why, Math.Max((run.Width ?? LineWidth) - HoldIndent - what.Length, LeastReason));
        }

        if (lane.Holds.Count > MostHolds)
        {
            yield return $"and {lane.Holds.Count - MostHolds} more: slipway hold list {lane.Service} --env {lane.Environment}";
        }

        if (lane.Holds.Count > 0)
        {
            yield return $"lift one: slipway hold lift {(lane.Holds.Count == 1 ? lane.Holds[0].Id : "ID")}";
        }
    }

    private static void PrintLane(Invocation run, LaneView lane)
    {
        var facts = new Facts(run.Ink)
            .Add("answers at", lane.Worker ? "no traffic: a worker, it serves no requests" : Texts.Address(lane.Url, lane.Port, lane.Router))
            .Add("preview", Texts.Address(lane.PreviewUrl, lane.PreviewPort))
            .Add("processes", lane.Processes.Count == 0 ? null : string.Join(", ", lane.Processes.Select(process => $"{process.Name} {process.Healthy} of {process.Wanted}")))
            .Add("under way", lane.Moving is { } moving ? $"{moving.Version} ({(moving.Rollout == RolloutStateView.Paused ? Words.Prose(RolloutStateView.Paused) : Words.Prose(moving.State))}): slipway rollout watch {moving.Id}" : null)
            .Add("waits", string.Join('\n', lane.Waiting.Select(waiting => $"{waiting.Version}: {waiting.Reason} (slipway promotion explain {waiting.Id})")))
            .Add("held", string.Join('\n', Held(run, lane)))
            .Add("attention", lane.NeedsAttention, Tone.Bad)
            .Add("rollback to", string.Join(", ", lane.RollbackTo.Select(version => lane.Holds.Any(hold => hold.Version == version) ? $"{version} (held)" : version)));
        if (lane.Health != LaneHealth.Empty || lane.Moving is not null || lane.Waiting.Count > 0 || lane.Holds.Count > 0)
        {
            run.Out.WriteLine();
            run.Out.WriteLine(run.Ink.Paint(lane.Environment, Tone.Strong));
            facts.WriteTo(run.Out, "  ");
        }
    }
}
