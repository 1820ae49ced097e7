using System.Globalization;
using System.Runtime.InteropServices;
using Slipway.Client.Api;
using Slipway.Core.Pipelines;
using Slipway.Core.Pipelines.Templates;
using Slipway.Engine.Environments;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Integrations.Git;
using Slipway.Server.Agents;
using Slipway.Server.Environments;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Operations;

/// <summary>Looks at what this installation has and lacks.</summary>
internal sealed class Doctor(ServerOptions options, IStore store, AgentRegistry registry, AgentRoster roster, Platform platform, PlatformFolder folder, TemplateFolder templates, SourceDesk sources, SourceWatch watch, RingCheck rings, TargetCheck targets)
{
    private const long LowSpace = 2L << 30;

    public async Task<DoctorView> LookAsync(CancellationToken cancel)
    {
        var lines = new List<DoctorLine>
        {
            Ok("program", $"slipway {ProgramVersion.Text}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"),
            Ok("installation", $"{store.Installation}, generation {store.Generation}, {store.LedgerHead} ledger entries"),
        };
        lines.AddRange(Store(await store.DescribeAsync(cancel)));
        lines.Add(Space());
        lines.Add(Environments());
        lines.AddRange(Templates());
        lines.Add(GitMirrors.WhyNoSandbox is { } why
            ? new DoctorLine("git", "warning", $"fetches from other hosts without a sandbox: {why}", "On Debian: apt-get install bubblewrap; then start the server again. It fetches in the meantime, too.")
            : Ok("git", "fetches from other hosts in a sandbox"));
        lines.AddRange(Repositories(await sources.ListAsync(cancel)));
        lines.AddRange(Agents(await roster.ListAsync(cancel)));
        lines.AddRange(await rings.LookAsync(cancel));
        lines.AddRange(await targets.LookAsync(cancel));
        return new DoctorView { Lines = lines };
    }

    private static IEnumerable<DoctorLine> Store(IReadOnlyDictionary<string, string> facts)
    {
        string Fact(string name) => facts.GetValueOrDefault(name) ?? "unknown";
        yield return Ok("store", $"{Fact("file")}, {Size(long.TryParse(Fact("bytes"), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0)}, {Fact("engine")}");
        yield return Fact("quarantined") == "0"
            ? Ok("processes", $"{Fact("processes")}, none set aside")
            : new DoctorLine("processes", "warning", $"{Fact("processes")}, of which {Fact("quarantined")} are set aside, since they could not go on", "`slipway ledger list --limit 500` says which and why.");
    }

    /// <summary>As the command line and the web app write sizes.</summary>
    private static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
    };

    private DoctorLine Space()
    {
        var free = new DriveInfo(Path.GetFullPath(options.DataDirectory)).AvailableFreeSpace;
        var text = $"{options.DataDirectory}, {Size(free)} free; artifacts up to {Size(options.MaxArtifactBytes)} are taken";
        return free > LowSpace ? Ok("data directory", text) : new DoctorLine("data directory", "warning", text, "Free some space, or move the data directory to a larger disk.");
    }

    private DoctorLine Environments()
    {
        var names = string.Join(", ", platform.Current.Environments.Select(e => e.Name));
        return folder.Problems is [var first, ..]
            ? new DoctorLine("environments", "warning", $"{names}; the file has changed since and is not in force: {first}", "Mend the file; it is read again by itself.")
            : Ok("environments", $"{names}, from {PlatformFolder.FileOf(options)}");
    }

    private IEnumerable<DoctorLine> Templates()
    {
        var all = templates.Current.Templates;
        var own = all.Count(t => t.Origin == TemplateOrigin.Slipway);
        yield return Ok("templates", $"{all.Count - own} of the platform folder, {own} of Slipway's own");
        if (templates.Unreadable is { } why)
        {
            yield return new DoctorLine("templates", "warning", $"{templates.Folder} cannot be read, and what was in force stays: {why}", "See to its permissions; it is read again by itself.");
        }

        foreach (var fault in templates.Current.Faults)
        {
            yield return new DoctorLine($"template {fault.Path}", "warning", $"{fault.Problems[0]}; {fault.Instead}", "Mend the file; it is read again by itself. `slipway template test DIR` tries it before.");
        }
    }

    private IEnumerable<DoctorLine> Repositories(IReadOnlyList<(string Service, SourceState State)> followed)
    {
        var wrong = 0;
        foreach (var (service, source) in followed.Where(s => !s.State.Removed))
        {
            if (watch.ProblemOf(service) is { } away)
            {
                wrong++;
                yield return new DoctorLine(
                    $"repository of {service}", "warning", $"cannot be looked at, so no commit makes a run: {away}",
                    $"It is looked at again by itself; another repository or branch is named by: slipway service source set {service} URL --branch NAME");
            }
            else if (source.Problem is { } why)
            {
                wrong++;
                yield return new DoctorLine(
                    $"repository of {service}", "warning", $"the newest commit{(source.ProblemCommit is { } commit ? $" {commit[..8]}" : "")} made no run: {why}",
                    $"Mend it and push; what was not the commit's fault is tried again by: slipway run start {service}");
            }
        }

        if (followed.Count > 0 && wrong == 0)
        {
            yield return Ok("repositories", $"{followed.Count} followed, each can be read");
        }
    }

    private IEnumerable<DoctorLine> Agents(IReadOnlyList<AgentView> agents)
    {
        if (!agents.Any(a => a.Connected))
        {
            yield return new DoctorLine("agents", "missing", "no agent is connected, so nothing can run", "Where `slipway up` runs the server, stop it and start it again: its agent comes with it. Another machine joins by `slipway agent enrol --name NAME`.");
        }
        else
        {
            yield return Ok("agents", "connected: " + string.Join(", ", agents.Where(a => a.Connected).Select(a => a.Name)));
        }

        foreach (var agent in agents.Where(a => a is { Connected: false, LastSeenAt: not null }))
        {
            yield return new DoctorLine(
                $"agent {agent.Name}", "warning", $"not connected; last seen {agent.LastSeenAt!.Value.ToUniversalTime():yyyy-MM-dd HH:mm} UTC",
                $"See to it on its machine; if it will not come back: `slipway agent remove {agent.Name}`.");
        }

        foreach (var agent in agents.Where(a => a.Draining))
        {
            yield return new DoctorLine(
                $"agent {agent.Name}", "warning", $"drained: it takes no new instances{(agent.Instances > 0 ? $", and has {agent.Instances} still" : "")}", $"`slipway agent undrain {agent.Name}` when it should take some again.");
        }

        foreach (var agent in agents.Where(a => a is { Connected: true, NoJobsBecause: not null }))
        {
            yield return new DoctorLine($"agent {agent.Name}", "warning", $"runs no jobs of pipelines: {agent.NoJobsBecause}", "Mend that on its machine; it looks again by itself. Agents that need no pipelines may be left as they are.");
        }

        foreach (var agent in agents.Where(a => a is { Connected: true, JobCapacity: > 0 }))
        {
            var name = $"jobs on {agent.Name}";
            if (agent.JobLimitsMissing is { } missing)
            {
                yield return new DoctorLine(name, "warning", missing, "Until then a job that takes all of it can harm the agent and what else runs on that machine; run it where only trusted repositories are built.");
            }
            else if (agent.JobLimits is { } limits)
            {
                yield return Ok(name, limits);
            }
        }

        foreach (var environment in platform.Current.Environments.Where(e => agents.Any(a => a.Connected) && registry.Eligible(e.Target).Count == 0))
        {
            yield return new DoctorLine(
                $"environment {environment.Name}", "missing", registry.WhyNone(environment.Name, environment.Target),
                environment.Target.Count == 0 ? "Undrain an agent, or let another one join." : $"Undrain an agent, or let one join with {string.Join(" ", environment.Target.Select(t => $"--label {t.Key}={t.Value}"))}.");
        }
    }

    private static DoctorLine Ok(string name, string detail) => new(name, "ok", detail, null);
}
