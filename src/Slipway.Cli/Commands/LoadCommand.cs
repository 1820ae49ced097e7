using System.CommandLine;
using System.Net;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Load;
using Slipway.Cli.Terminal;
using Slipway.Server;

namespace Slipway.Cli.Commands;

internal static class LoadCommand
{
    private const int MostRps = 50_000;

    /// <summary>Where no terminal shows a line that lives.</summary>
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    public static Command From(CommandContext context)
    {
        var service = Common.Service();
        var environment = Common.EnvironmentNeeded();
        var rps = Common.Number("--rps", "N", "Requests a second", 1, MostRps);
        var length = Durations.Option("--for", "How long (default: 1m)");
        var path = new Option<string>("--path") { HelpName = "PATH", Description = "What is asked for", DefaultValueFactory = _ => "/" };
        var through = Through();
        return new CliCommand(context, "load", "Send requests to a service through the router, to try things", "slipway load storefront --env prod --rps 200 --for 1m", "slipway load storefront --env prod --rps 20 --router 127.0.0.1:7381")
            .Taking(service, environment, rps, length, path, through)
            .Runs(async run =>
            {
                var lane = await run.Client.Lane(run.Get(service), run.Get(environment)!, run.Cancel);
                if (lane.Worker)
                {
                    throw new CliException(ExitCodes.Failed, $"{lane.Service} is a worker in {lane.Environment}: it serves no requests that could be sent.", "Give it work where it takes it from, such as its queue.");
                }

                if (lane.Url is null || !Uri.TryCreate(lane.Url, UriKind.Absolute, out var root))
                {
                    throw new CliException(ExitCodes.Failed, $"{lane.Service} has no address in {lane.Environment}: nothing serves there yet.", $"slipway promote {lane.Service} --to {lane.Environment}");
                }

                if (run.Get(through) is { } other)
                {
                    root = new UriBuilder(root) { Port = other.Port }.Uri;
                }

                using var generator = new LoadGenerator(new LoadTarget { Url = new Uri(root, run.Get(path)), Router = run.Get(through), RequestsPerSecond = run.Get(rps), Time = run.Shell.Time });
                await Send(run, generator, run.Get(length) ?? TimeSpan.FromMinutes(1));
                var report = generator.Report();
                run.Answer(report, LoadJson.Default.LoadReport, () => PrintEnd(run, report));
                return report.ReachedNothing is { } answers
                    ? throw new CliException(
                        ExitCodes.Failed, $"Nothing reached {lane.Service}: {answers}.",
                        $"See where it answers: slipway status {lane.Service}{(lane.Router is { } router && router != DataDirectory.LocalAgent ? $" (its router is that of the agent {router}; on another machine, send the load there)" : "")}")
                    : ExitCodes.Done;
            });
    }

    /// <summary>Ctrl-C ends the load, not the report about it.</summary>
    private static Option<DnsEndPoint?> Through() => new("--router")
    {
        HelpName = "HOST:PORT",
        Description = "Another agent's router to send them to, such as that of a ring (default: the one that `slipway status` names)",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Uri.TryCreate($"http://{text}", UriKind.Absolute, out var given) && given is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && text.EndsWith($":{given.Port}", StringComparison.Ordinal) && given.Port > 0)
            {
                return new DnsEndPoint(given.IdnHost.Trim('[', ']'), given.Port);
            }

            result.AddError($"--router: '{text}' is no host with a port; it is written like 127.0.0.1:7381.");
            return null;
        },
    };

    private static async Task Send(Invocation run, LoadGenerator generator, TimeSpan length)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel);
        var sending = generator.Run(end.Token);
        using var enough = new CancellationTokenSource(length, run.Shell.Time);
        await using var link = enough.Token.Register(end.Cancel);
        var block = new LiveBlock(run.Out, run.Ink, () => run.Shell.Width);
        var lineAt = run.Shell.Time.GetTimestamp();
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), run.Shell.Time);
        try
        {
            while (!sending.IsCompleted && await second.WaitForNextTickAsync(end.Token))
            {
                if (run is { Json: false, Shell.OutIsTerminal: true })
                {
                    block.Draw([[Line(generator.Report())]]);
                }
                else if (!run.Json && run.Shell.Time.GetElapsedTime(lineAt) >= BetweenLines)
                {
                    lineAt = run.Shell.Time.GetTimestamp();
                    run.Out.WriteLine(Line(generator.Report()));
                    run.Out.Flush();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over, or somebody has seen enough.
        }

        await sending;
        if (run is { Json: false, Shell.OutIsTerminal: true })
        {
            block.Draw([]);
        }
    }

    private static string Line(LoadReport report) =>
        $"{report.Seconds,5:0} s  {report.Requests} requests, {report.AchievedRps:0} a second, {report.Failed} failed  "
        + string.Join("  ", report.Versions.Select(version => $"{version.Version}: {version.Requests}"));

    private static void PrintEnd(Invocation run, LoadReport report)
    {
        run.Out.WriteLine($"{report.Requests} requests in {report.Seconds:0.#} s ({report.AchievedRps:0.#} a second, {report.TargetRps} wanted) to {report.Url}");
        var table = run.Table("VERSION", ">REQUESTS", ">SHARE", ">ERRORS", ">P50", ">P95", ">P99", "STATUSES");
        var answered = report.Versions.Sum(version => version.Requests);
        foreach (var version in report.Versions)
        {
            table.Row(
                new(version.Version, Tone.Strong), version.Requests.ToString(), $"{100.0 * version.Requests / answered:0.0} %", new(version.Errors.ToString(), version.Errors > 0 ? Tone.Bad : Tone.Plain),
                Millis(version.P50Millis), Millis(version.P95Millis), Millis(version.P99Millis), string.Join(", ", version.Statuses.Select(status => $"{status.Key}: {status.Value}")));
        }

        if (table.Count > 0)
        {
            table.WriteTo(run.Out);
        }

        foreach (var (reason, count) in report.Unanswered)
        {
            run.Out.WriteLine(run.Ink.Paint($"{count} without an answer ({reason})", Tone.Bad));
        }

        if (report.LeftOut > 0)
        {
            run.Out.WriteLine(run.Ink.Paint($"{report.LeftOut} left out: too many were under way", Tone.Warn));
        }
    }

    private static string Millis(double? millis) => millis is { } value ? Words.Latency(value * 1000) : "";
}
