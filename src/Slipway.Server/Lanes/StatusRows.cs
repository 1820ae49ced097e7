using System.Collections.Concurrent;
using System.Text.Json;
using Slipway.Client.Api;
using Slipway.Core.Lanes;
using Slipway.Engine.Releases;
using Slipway.Server.Api;

namespace Slipway.Server.Lanes;

/// <summary>
/// The board's rows as JSON, each kept until something that it is made of changes: a board of thousands of services is mostly rows at rest.
/// A row in which something moves is made anew at every look. Thread-safe.
/// </summary>
internal sealed class StatusRows
{
    private readonly ConcurrentDictionary<string, (RowSource Source, byte[] Json)> kept = new(StringComparer.Ordinal);

    /// <param name="source">All that the row is made of; null: it is not to be kept.</param>
    /// <param name="make">Makes the row.</param>
    public async Task<byte[]> RowAsync(string service, RowSource? source, Func<Task<ServiceStatusView>> make)
    {
        if (source is not null && kept.TryGetValue(service, out var known) && known.Source.Equals(source))
        {
            return known.Json;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(await make(), ApiJson.Of<ServiceStatusView>());
        if (source is null)
        {
            kept.TryRemove(service, out _);
        }
        else
        {
            kept[service] = (source, json);
        }

        return json;
    }

    /// <summary>Forgets the rows of services that are no more.</summary>
    public void KeepOnly(IReadOnlySet<string> services)
    {
        foreach (var gone in kept.Keys.Where(service => !services.Contains(service)))
        {
            kept.TryRemove(gone, out _);
        }
    }
}

/// <summary>What a row of the board is made of while nothing moves in it.</summary>
/// <param name="Lanes">By environment, in their order.</param>
internal sealed record RowSource(ServiceRecord Service, IReadOnlySet<string> Vetoed, IReadOnlyList<LaneSource> Lanes)
{
    public bool Equals(RowSource? other) =>
        other is not null && Service == other.Service && Vetoed.SetEquals(other.Vetoed) && Lanes.SequenceEqual(other.Lanes);

    public override int GetHashCode() => HashCode.Combine(Service, Lanes.Count);
}

/// <summary>What a lane's cell is made of while nothing moves in it.</summary>
/// <param name="State">As it was read; an unchanged lane is the same object at every look.</param>
/// <param name="Health">What the agents report of its stable version.</param>
/// <param name="Processes">Its instances, process by process.</param>
internal sealed record LaneSource(string Environment, LaneState? State, LaneHealth Health, IReadOnlyList<ProcessInstances> Processes, LaneAddress? Address, LaneAddress? Preview)
{
    public bool Moves => State is { Active: not null } or { Queue.Count: > 0 };

    public bool Equals(LaneSource? other) =>
        other is not null && ReferenceEquals(State, other.State) && Environment == other.Environment && Health == other.Health
        && Processes.SequenceEqual(other.Processes) && Address == other.Address && Preview == other.Preview;

    public override int GetHashCode() => HashCode.Combine(Environment, Health, Processes.Count, Address);
}

/// <param name="Name">Null: the service has only this process.</param>
internal sealed record ProcessInstances(string? Name, int Healthy, int Wanted);
