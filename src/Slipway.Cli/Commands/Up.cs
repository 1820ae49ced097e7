using System.CommandLine;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Demo;
using Slipway.Cli.Hosting;
using Slipway.Cli.Terminal;
using Slipway.Core.Definitions;

namespace Slipway.Cli.Commands;

internal static class Up
{
    /// <summary>It takes a second; a machine that has much to do is given longer.</summary>
    private static readonly TimeSpan PatienceWithAgent = TimeSpan.FromSeconds(15);

    public static Command From(CommandContext context)
    {
        var data = Roles.Data(".slipway");
        var port = Roles.Port("--port", 7300, "The server's port");
        var routerPort = Roles.Port("--router-port", 7380, "The router's port");
        var labels = Roles.Labels();
        var jobs = Roles.Jobs();
        var memory = Roles.JobMemory();
        var processes = Roles.JobProcesses();
        var tools = Roles.Tools();
        var keep = new Option<bool>("--keep") { Description = "At the end leave running what runs; the next `up` adopts it" };
        var demo = new Option<bool>("--demo") { Description = "Tell a story with a sample service: a release, a good canary, a bad one that is taken back" };
        var once = new Option<bool>("--once") { Description = "With --demo: end after it; the exit status is 0 only if all went as told" };
        var command = new CliCommand(context, "up", "Run everything on this machine: server, agent, router", "slipway up", "slipway up --demo", "slipway up --data /var/lib/slipway --port 7300 --keep")
            .Taking(data, port, routerPort, labels, jobs, memory, processes, tools, keep, demo, once);
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && !result.GetValue(demo))
            {
                result.AddError("--once goes with --demo.");
            }
        });
        return command.Runs(async run =>
        {
            var wanted = Roles.ToolFolders(run, tools);
            var options = new LocalPlatformOptions
            {
                DataDirectory = run.Shell.FullPath(run.Get(data)!),
                Port = run.Get(port),
                RouterPort = run.Get(routerPort),
                Labels = run.Get(labels) ?? [],
                Jobs = run.Get(jobs),
                JobMemory = run.Get(memory),
                JobProcesses = run.Get(processes),
                ToolFolders = run.Get(demo) ? [.. wanted, .. Demonstration.ToolFolders(run.Shell)] : wanted,
                DefaultPlatform = run.Get(demo) ? PlatformDefaults.YamlWithApproval : null,
            };
            var wasTold = Demonstration.WasToldIn(options.DataDirectory);
            var tell = run.Get(demo) && (run.Get(once) || !wasTold);
            if (tell)
            {
                await Demonstration.Check(options.DataDirectory, run.Cancel);
            }

            await using var platform = await LocalPlatform.Start(options, run.Shell, run.Cancel);
            await Greet(run, platform, options, isTold: tell);
            if (!tell)
            {
                if (run.Get(demo))
                {
                    run.Say($"The demonstration was told here already; what it left runs on. To see it again: slipway up --demo --data .slipway-demo-2");
                    run.Out.Flush();
                }

                return await UntilTheEnd(run, platform, run.Get(keep));
            }

            var startAgain = run.Get(once) ? StartAgain(run, data, port, routerPort) : null;
            return await Demonstration.Play(run, platform, options.DataDirectory, startAgain, async () =>
            {
                if (run.Get(once))
                {
                    await platform.StopWhatRuns();
                }
                else
                {
                    await UntilTheEnd(run, platform, run.Get(keep));
                }
            });
        });
    }

    /// <summary>The command that starts a platform on the same data and ports.</summary>
    private static string StartAgain(Invocation run, Option<string> data, Option<int> port, Option<int> routerPort) =>
        string.Join(' ', ["slipway up",
            .. run.Has(data) ? [$"--data {run.Get(data)}"] : Array.Empty<string>(),
            .. run.Has(port) ? [$"--port {run.Get(port)}"] : Array.Empty<string>(),
            .. run.Has(routerPort) ? [$"--router-port {run.Get(routerPort)}"] : Array.Empty<string>()]);

    /// <param name="isTold">A demonstration follows, and says itself what comes next.</param>
    private static async Task Greet(Invocation run, LocalPlatform platform, LocalPlatformOptions options, bool isTold)
    {
        var hasAgent = await platform.AgentConnects(PatienceWithAgent, run.Cancel);
        var document = new UpDocument(platform.Url, options.RouterPort, options.DataDirectory, platform.TokenFile);
        run.Stream(document, UpJson.Default.UpDocument, hasAgent ? run.Ink.Paint("Slipway runs.", Tone.Good) : run.Ink.Paint("The server runs; its agent is not connected yet, and until then nothing else can.", Tone.Warn));
        if (run.Json)
        {
            return;
        }

        new Facts(run.Ink)
            .Add("page", $"{platform.Url.GetLeftPart(UriPartial.Authority)}   (sign in: slipway open)")
            .Add("router", $"http://127.0.0.1:{options.RouterPort}   (a service answers at http://SERVICE.ENVIRONMENT.localhost:{options.RouterPort})")
            .Add("data", options.DataDirectory)
            .Add("agent", hasAgent ? null : $"its log is {platform.AgentLog}; `slipway doctor` says when it is there")
            .Add("next", isTold || platform.Commands.Stays is not null ? null
                : await HasServices(run, platform) ? "slipway status, or slipway open, in another terminal"
                : "slipway service add NAME, or slipway --help, in another terminal")
            .Add("commands", WhomCommandsReach(platform), Tone.Warn)
            .Add("slipway", run.Shell.Variable("SLIPWAY_TYPED") is { } typed && typed.Contains('/') ? $"is typed {typed} here{(Path.IsPathRooted(typed) ? "" : $", and {run.Shell.FullPath(typed)} elsewhere")}" : null)
            .WriteTo(run.Out, "  ");
        run.Out.WriteLine("Ctrl-C stops it.");
        run.Out.Flush();
    }

    private static async Task<bool> HasServices(Invocation run, LocalPlatform platform)
    {
        using var admin = await platform.Admin(run.Cancel);
        return (await admin.Services(limit: 1, cancel: run.Cancel)).Items.Count > 0;
    }

    private static string? WhomCommandsReach(LocalPlatform platform) => platform.Commands switch
    {
        { Stays: { } other } => $"go on speaking with {other.GetLeftPart(UriPartial.Authority)}, which ran first; to reach this one:\n"
            + $"export SLIPWAY_SERVER={platform.Url.GetLeftPart(UriPartial.Authority)} SLIPWAY_TOKEN=\"$(cat '{platform.TokenFile}')\"",
        { Ended: { } ended } => $"speak with this one from now on; {ended.GetLeftPart(UriPartial.Authority)}, which they spoke with before, does not answer any more",
        _ => null,
    };

    private static async Task<int> UntilTheEnd(Invocation run, LocalPlatform platform, bool keep)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Cancel, platform.ServerEnded);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Shell.Time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // Somebody ends it, or the server has ended.
        }

        if (!run.Cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.Failed, "The server has ended by itself. What runs goes on.", $"Look at its log, {platform.ServerLog}, then start `slipway up` again.");
        }

        run.Say("");
        if (keep || !await AlsoStopsServices(run))
        {
            await platform.DisposeAsync();
            run.Say("Server and agent are stopped. Router and instances run on; the next `slipway up` adopts them.");
        }
        else
        {
            await platform.StopWhatRuns();
            run.Say("Everything is stopped.");
        }

        return ExitCodes.Done;
    }

    /// <summary>A further Ctrl-C is a yes: whoever presses it again wants an end of it all.</summary>
    private static async Task<bool> AlsoStopsServices(Invocation run)
    {
        var answer = Task.Run(() => run.Ask("Stop the running services too?", otherwise: true));
        await Task.WhenAny(answer, run.Shell.Interruption.Again);
        return !answer.IsCompletedSuccessfully || await answer != false;
    }
}

internal sealed record UpDocument(Uri Server, int RouterPort, string Data, string TokenFile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UpDocument))]
internal sealed partial class UpJson : JsonSerializerContext;
