using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>What became of a configuration that was asked for.</summary>
internal abstract record Application
{
    public sealed record Applied(RouterApplied Answer) : Application;

    /// <summary>The one before stays in force.</summary>
    public sealed record Refused(RouterProblem Problem) : Application;
}

/// <summary>
/// Holds the table in force and brings in a new one: checked whole, its ports got, written to disk, and only then served and acknowledged. One at a time.
/// </summary>
internal sealed partial class Routing(RouterOptions options, LanePorts lanePorts, TallyBook book, ILogger<Routing> logger) : IDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly Dictionary<(string VersionSet, string Address), InstanceEndpoint> endpoints = [];
    private readonly List<InstanceEndpoint> leaving = [];
    private readonly InstanceHalves halves = new();
    private Dictionary<string, LaneMemory> memories = new(StringComparer.Ordinal);

    // Version sets that were served before the router started: what ran may have been stopped with it, and until the agent lists an instance of one again, requests that find
    // nobody say nothing of the version.
    private readonly HashSet<string> notBackYet = new(StringComparer.Ordinal);
    private IReadOnlyCollection<int> ownPorts = [];
    private RouteTable table = RouteTable.Empty;

    public RouteTable Table => Volatile.Read(ref table);

    /// <summary>Why nothing is served although the router runs; null once a configuration is in force.</summary>
    public string? WhyNone { get; private set; } = "The router has no configuration yet; its agent brings one when it runs.";

    /// <summary>Serves what was in force when the router last ran. Whatever is wrong with it is said, and then the agent is waited for.</summary>
    public void LoadLast()
    {
        try
        {
            if (RouterFiles.ReadState(options.DataDirectory) is not { } state)
            {
                return;
            }

            var problems = RouterConfigurationCheck.Problems(state.Configuration, null, ownPorts);
            if (problems.Count > 0)
            {
                throw new JsonException(string.Join(" ", problems));
            }

            notBackYet.UnionWith(state.Configuration.Lanes.SelectMany(lane => lane.VersionSets).Select(set => set.VersionSet));
            Serve(state.Configuration, GetPortsWhereFree(state.Configuration, state.Ports));
            LoadedLast(state.Configuration.Sequence, state.Configuration.Lanes.Count);
        }
        catch (JsonException fault)
        {
            WhyNone = $"The saved configuration could not be read ({fault.Message}); the agent brings a new one when it runs.";
            UnreadableState(fault.Message, SetAside());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            WhyNone = $"The saved configuration could not be read ({fault.Message}); the agent brings a new one when it runs.";
            UnreadableState(fault.Message, "its place");
        }
    }

    public async Task<Application> ApplyAsync(RouterConfiguration configuration, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            return Apply(configuration);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Ports that belong to the router's own listeners, once they are known.</summary>
    public void Own(IReadOnlyCollection<int> ports) => ownPorts = ports;

    /// <summary>Closes endpoints that were left and tries again for ports that could not be had.</summary>
    public async Task UpkeepAsync(CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            leaving.RemoveAll(e => e.TryClose());
            var current = Table;
            if (current.Configuration is { } configuration && Addresses(configuration).Any(a => !current.PortsByHost.ContainsKey(a.Host)))
            {
                var ports = GetPorts(configuration, current.PortsByHost, (_, _, _) => { });
                if (ports.Count > current.PortsByHost.Count)
                {
                    RouterFiles.WriteState(options.DataDirectory, new RouterState { Configuration = configuration, Ports = ports });
                    Serve(configuration, ports);
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            NotSaved(fault.Message);
        }
        finally
        {
            changing.Release();
        }
    }

    public void Dispose() => changing.Dispose();

    private Application Apply(RouterConfiguration configuration)
    {
        var current = Table;
        var inForce = current.Configuration?.Sequence ?? 0;
        if (RouterConfigurationCheck.Problems(configuration, null, ownPorts) is { Count: > 0 } faults)
        {
            return Invalid(faults);
        }

        if (configuration.Sequence <= inForce)
        {
            return new Application.Refused(new RouterProblem("Stale configuration", 409, "staleSequence",
                $"Sequence {configuration.Sequence} is not above {inForce}, which is in force. Read /config and go on from there.", Sequence: inForce));
        }

        if (RouterConfigurationCheck.Problems(configuration, current.Configuration, ownPorts) is { Count: > 0 } changes)
        {
            return Invalid(changes);
        }

        var before = lanePorts.Open().ToHashSet();
        List<string> taken = [];
        var ports = GetPorts(configuration, current.PortsByHost, (place, port, error) => taken.Add($"{place}.port: {port} cannot be had: {error}."));
        if (taken.Count > 0)
        {
            CloseAllBut(before);
            return new Application.Refused(new RouterProblem("Port taken", 422, "portTaken", "A port that the configuration names cannot be listened on; the configuration before stays in force.", taken));
        }

        try
        {
            RouterFiles.WriteState(options.DataDirectory, new RouterState { Configuration = configuration, Ports = ports });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            CloseAllBut(before);
            NotSaved(fault.Message);
            return new Application.Refused(new RouterProblem("Not saved", 507, "notSaved", $"The configuration could not be written to disk ({fault.Message}); the one before stays in force."));
        }

        notBackYet.ExceptWith(configuration.Lanes.SelectMany(lane => lane.VersionSets).Where(set => set.Endpoints.Count > 0).Select(set => set.VersionSet));
        Serve(configuration, ports);
        return new Application.Applied(new RouterApplied(configuration.Sequence, ports));
    }

    private static Application.Refused Invalid(List<string> problems) =>
        new(new RouterProblem("Invalid configuration", 400, "invalidConfiguration", $"{problems.Count} {(problems.Count == 1 ? "problem" : "problems")}; the configuration before stays in force.", problems));

    private void Serve(RouterConfiguration configuration, IReadOnlyDictionary<string, int> ports)
    {
        Dictionary<string, LaneRoute> lanes = new(StringComparer.Ordinal);
        Dictionary<string, Route> hosts = new(StringComparer.OrdinalIgnoreCase);
        HashSet<(string, string)> listed = [];
        foreach (var lane in configuration.Lanes)
        {
            var memory = memories.GetValueOrDefault(lane.Lane) ?? new LaneMemory();
            var route = new LaneRoute(lane, [.. lane.VersionSets.Select(s => Serving(lane, s, listed))], memory, book);
            lanes.Add(lane.Lane, route);
            hosts.Add(lane.Host, new Route(route, null));
            if (lane.Preview is { } preview)
            {
                hosts.Add(preview.Host, new Route(route, route.Sets.First(s => s.Name == preview.VersionSet)));
            }
        }

        var byPort = ports.ToDictionary(p => p.Value, p => hosts[p.Key]);
        book.Configure(lanes.Values.SelectMany(l => l.Tallies), ports);
        Volatile.Write(ref table, new RouteTable(configuration, lanes, hosts, byPort, ports));
        WhyNone = null;
        CloseAllBut(ports.Values.ToHashSet());
        memories = lanes.ToDictionary(lane => lane.Key, lane => lane.Value.Memory, StringComparer.Ordinal);
        halves.Keep(configuration.Lanes.SelectMany(lane => lane.VersionSets).Select(set => set.VersionSet));
        foreach (var key in endpoints.Keys.Where(k => !listed.Contains(k)).ToList())
        {
            leaving.Add(endpoints[key]);
            endpoints.Remove(key);
        }
    }

    private ServingSet Serving(RouterLane lane, RouterVersionSet set, HashSet<(string, string)> listed)
    {
        var half = halves.Of(set.VersionSet, set.Endpoints);
        var instances = set.Endpoints.Select((address, i) =>
        {
            var endpoint = (set.VersionSet, address);
            listed.Add(endpoint);
            return endpoints.TryGetValue(endpoint, out var known) ? known : endpoints[endpoint] = new InstanceEndpoint(set.VersionSet, new Uri(address), half[i], options.TimeProvider);
        }).ToArray();
        var key = new TallyKey(lane.Lane, lane.Generation, set.VersionSet, set.Version, set.Arm, set.Weight, lane.Sticky is null ? null : VersionSetCounts.Sessions);
        return new ServingSet(set.VersionSet, set.Version, set.Weight, instances, book.Of(key), isBack: !notBackYet.Contains(set.VersionSet));
    }

    // With a port that cannot be had, the lane is served by its host alone, and the upkeep tries again.
    private Dictionary<string, int> GetPortsWhereFree(RouterConfiguration configuration, IReadOnlyDictionary<string, int> remembered) =>
        GetPorts(configuration, remembered, (place, port, error) => PortNotHad(place, port, error));

    private Dictionary<string, int> GetPorts(RouterConfiguration configuration, IReadOnlyDictionary<string, int> remembered, Action<string, int, string> failed)
    {
        Dictionary<string, int> got = new(StringComparer.Ordinal);
        HashSet<int> used = [];

        // Ports that are named come first, then those remembered, so that nobody is given what another has a claim on.
        foreach (var (place, host, port) in Addresses(configuration).OrderBy(a => a.Port == 0 ? remembered.ContainsKey(a.Host) ? 1 : 2 : 0))
        {
            var wanted = port != 0 ? port : remembered.GetValueOrDefault(host);
            if (wanted != 0 && used.Contains(wanted))
            {
                wanted = 0;
            }

            var (opened, error) = wanted != 0 && lanePorts.IsOpen(wanted) ? (wanted, null) : Open(wanted);
            if (error is not null && port == 0 && wanted != 0)
            {
                RememberedPortLost(host, wanted, error);
                (opened, error) = Open(0);
            }

            if (error is null)
            {
                got[host] = opened;
                used.Add(opened);
            }
            else
            {
                failed(place, wanted, error);
            }
        }

        return got;
    }

    private (int Port, string? Error) Open(int port)
    {
        try
        {
            return (lanePorts.Open(port), null);
        }
        catch (SocketException fault)
        {
            return (0, fault.Message);
        }
    }

    private static IEnumerable<(string Place, string Host, int Port)> Addresses(RouterConfiguration configuration) =>
        configuration.Lanes.SelectMany((lane, i) => lane.Preview is { } preview
            ? new[] { ($"lanes[{i}]", lane.Host, lane.Port), ($"lanes[{i}].preview", preview.Host, preview.Port) }
            : [($"lanes[{i}]", lane.Host, lane.Port)]);

    private void CloseAllBut(HashSet<int> kept)
    {
        foreach (var port in lanePorts.Open().Where(p => !kept.Contains(p)))
        {
            lanePorts.Close(port);
        }
    }

    private string SetAside()
    {
        try
        {
            return RouterFiles.SetStateAside(options.DataDirectory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return $"its place ({fault.Message})";
        }
    }

    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "Serves configuration {Sequence} with {Lanes} lanes, as saved.")]
    private partial void LoadedLast(long sequence, int lanes);

    [LoggerMessage(EventId = 312, Level = LogLevel.Error, Message = "The saved configuration could not be read ({Fault}) and is left at {Aside}; waiting for the agent to bring a new one.")]
    private partial void UnreadableState(string fault, string aside);

    [LoggerMessage(EventId = 313, Level = LogLevel.Error, Message = "The configuration could not be saved: {Fault}.")]
    private partial void NotSaved(string fault);

    [LoggerMessage(EventId = 314, Level = LogLevel.Warning, Message = "{Place}: port {Port} cannot be had ({Error}); trying again every second.")]
    private partial void PortNotHad(string place, int port, string error);

    [LoggerMessage(EventId = 315, Level = LogLevel.Warning, Message = "{Host} loses its port {Port} ({Error}); it gets another.")]
    private partial void RememberedPortLost(string host, int port, string error);
}
