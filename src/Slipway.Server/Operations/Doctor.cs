using System.Runtime.InteropServices;
using Slipway.Client.Api;
using Slipway.Engine.Environments;
using Slipway.Engine.Ports;
using Slipway.Engine.Targets;
using Slipway.Server.Agents;
using Slipway.Server.Environments;

namespace Slipway.Server.Operations;

/// <summary>Looks at what this installation has and lacks.</summary>
internal sealed class Doctor(ServerOptions options, IStore store, AgentRegistry registry, AgentRoster roster, Platform platform, PlatformFolder folder)
{
    private const long LowSpace = 2L << 30;

    public async Task<DoctorView> LookAsync(CancellationToken cancel)
    {
        var lines = new List<DoctorLine>
        {
            Ok("program", $"slipway {ProgramVersion.Text}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"),
            Ok("installation", $"{store.Installation}, generation {store.Generation}, ledger at {store.LedgerHead}"),
        };
        lines.AddRange((await store.DescribeAsync(cancel)).OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => Ok("store " + d.Key, d.Value)));
        lines.Add(Space());
        lines.Add(Environments());
        lines.AddRange(Agents(await roster.ListAsync(cancel)));
        lines.Add(Tool("git", "needed to take releases from repositories", "apt-get install git"));
        lines.Add(Tool("bwrap", "needed to run pipeline jobs in a sandbox", "apt-get install bubblewrap"));
        return new DoctorView { Lines = lines };
    }

    private DoctorLine Space()
    {
        var free = new DriveInfo(Path.GetFullPath(options.DataDirectory)).AvailableFreeSpace;
        var text = $"{options.DataDirectory}: {free >> 20} MiB free; artifacts up to {options.MaxArtifactBytes >> 20} MiB are taken";
        return free > LowSpace ? Ok("data directory", text) : new DoctorLine("data directory", "warning", text, "Free some space, or move the data directory to a larger disk.");
    }

    private DoctorLine Environments()
    {
        var names = string.Join(", ", platform.Current.Environments.Select(e => e.Name));
        return folder.Problems is [var first, ..]
            ? new DoctorLine("environments", "warning", $"{names}; the file has changed since and is not in force: {first}", "Mend the file; it is read again by itself.")
            : Ok("environments", $"{names}, from {PlatformFolder.FileOf(options)}");
    }

    private IEnumerable<DoctorLine> Agents(IReadOnlyList<AgentView> agents)
    {
        if (!agents.Any(a => a.Connected))
        {
            yield return new DoctorLine("agents", "missing", "no agent is connected, so nothing can run", "`slipway up` starts one here; `slipway agent enrol --name NAME` lets another machine join.");
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

        foreach (var environment in platform.Current.Environments.Where(e => agents.Any(a => a.Connected) && registry.Eligible(e.Target).Count == 0))
        {
            yield return new DoctorLine(
                $"environment {environment.Name}", "missing", registry.WhyNone(environment.Name, environment.Target),
                environment.Target.Count == 0 ? "Undrain an agent, or let another one join." : $"Undrain an agent, or let one join with {string.Join(" ", environment.Target.Select(t => $"--label {t.Key}={t.Value}"))}.");
        }
    }

    private static DoctorLine Tool(string name, string why, string next)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return found is null ? new DoctorLine(name, "warning", $"not found; {why}", next) : Ok(name, found);
    }

    private static DoctorLine Ok(string name, string detail) => new(name, "ok", detail, null);
}
