using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Commands.Service.Source;
using Slipway.Cli.Connection;
using Slipway.Cli.Terminal;
using Slipway.Client.Api;
using Slipway.Client.Http;

namespace Slipway.Cli.Commands.Run;

internal static class List
{
    /// <summary>Who follows for months must not grow; of a run that was forgotten a line may come twice.</summary>
    private const int MostRemembered = 2000;

    public static Command From(CommandContext context)
    {
        var service = Common.ServiceIfAny();
        var limit = Common.Limit();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with each run that begins, moves or ends, until Ctrl-C; with --json one line for each" };
        return new CliCommand(context, "list", "List runs, newest first", "slipway run list storefront", "slipway run list --follow").Taking(service, limit, follow).Runs(async run =>
        {
            // Before the list: what happens while it is read comes after it.
            long? after = run.Get(follow) ? (await run.Client.Status(cancel: run.Cancel)).LedgerIndex : null;
            var page = await Pages.Read(next => run.Client.Runs(run.Get(service), next, cancel: run.Cancel), run.Get(limit));
            if (after is { } index)
            {
                await Follow(run, run.Get(service), page.Items, index);
            }

            var none = page.Items.Count == 0 && !run.Json ? await None(run, run.Get(service)) : "";
            run.Answer(page, ApiClientJson.Default.PageRunView, () => Print(run, page, none));
        });
    }

    /// <summary>Why there is no run.</summary>
    private static async Task<string> None(Invocation run, string? service) =>
        service is null || await SourceFacts.Find(run, service) is not { } source ? $"No runs. One begins with a commit to a service's repository: slipway service source set {service ?? "NAME"} URL"
        : SourceFacts.WhyNoRun(source) is { } why ? $"No runs. {why}"
        : source.Head is { } head ? $"No runs yet. The newest commit {head[..8]} is being read."
        : $"No runs yet. The branch {source.Branch} of {source.Repository} has not been looked at.";

    private static void Print(Invocation run, Page<RunView> page, string none)
    {
        if (page.Items.Count == 0)
        {
            run.Out.WriteLine(none);
            return;
        }

        var table = run.Table("RUN", "COMMIT", "STATE", "ASKED FOR", ">TOOK", "SUBJECT", "REASON");
        foreach (var one in page.Items)
        {
            var took = one.StartedAt is { } started ? Words.Span((one.EndedAt ?? run.Now) - started) : "";
            table.Row(new(one.Id, Tone.Strong), one.Commit[..8], Tones.Cell(one.State), Words.When(one.RequestedAt, run.Now), took, one.Subject, one.Reason);
        }

        table.WriteTo(run.Out);
        Texts.More(run, page.Next);
    }

    /// <summary>Those that there are, oldest first, then each anew when something has happened to it.</summary>
    private static async Task Follow(Invocation run, string? service, IReadOnlyList<RunView> runs, long after)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var view in runs.Reverse())
        {
            Say(run, view, view.EndedAt ?? view.StartedAt ?? view.RequestedAt, said);
        }

        await foreach (var entry in run.Client.Events(new LedgerFilter(Service: service), after, run.Cancel))
        {
            if (entry.Type.StartsWith("run.", StringComparison.Ordinal) && entry.Body?["run"]?.GetValue<string>() is { } id)
            {
                try
                {
                    Say(run, await run.Client.Run(id, run.Cancel), entry.At, said);
                }
                catch (ServerUnreachableException)
                {
                    // The stream goes on when the server is back, and what happens then is told.
                }
            }
        }
    }

    private static void Say(Invocation run, RunView view, DateTimeOffset at, Dictionary<string, string> said)
    {
        var line = $"{view.Id}  {view.Commit[..8]}  {run.Ink.Paint(Words.Prose(view.State), Tones.Of(view.State))}: {view.Reason}  {run.Ink.Paint(view.Subject, Tone.Quiet)}";
        if (said.GetValueOrDefault(view.Id) != line)
        {
            if (said.Count > MostRemembered)
            {
                said.Clear();
            }

            said[view.Id] = line;
            run.Stream(view, ApiClientJson.Default.RunView, $"{run.Ink.Paint(Words.Exact(at), Tone.Quiet)}  {line}");
        }
    }
}
