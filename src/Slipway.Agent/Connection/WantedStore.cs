using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Slipway.Agent.Instances;
using Slipway.Client.Agents;

namespace Slipway.Agent.Connection;

/// <summary>The wanted state on disk: an agent that starts without a server keeps up what was wanted last, and fences outlive the agent.</summary>
internal sealed class WantedStore(AgentPaths paths, ILogger logger)
{
    public void Save(WantedState state) => DurableFile.Replace(paths.Wanted, JsonSerializer.SerializeToUtf8Bytes(state, WantedJson.Default.WantedState), flush: true);

    /// <param name="jobs">Attempts that this agent has begun.</param>
    /// <param name="records">What runs; of them the wanted state is rebuilt when its file is of no use.</param>
    public WantedState Load(IReadOnlyList<InstanceRecord> records, IReadOnlyList<WantedJob> jobs)
    {
        if (!File.Exists(paths.Wanted))
        {
            return Rebuild(records, jobs);
        }
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(paths.Wanted), WantedJson.Default.WantedState) ?? throw new JsonException("it is null");
        }
        catch (JsonException broken)
        {
            var aside = NextAside();
            AgentLog.WantedUnreadable(logger, paths.Wanted, broken.Message, aside);
            File.Move(paths.Wanted, aside);
            return Rebuild(records, jobs);
        }
    }

    private static WantedState Rebuild(IReadOnlyList<InstanceRecord> records, IReadOnlyList<WantedJob> jobs)
    {
        var sets = records
            .Where(record => record.Phase is not (InstancePhase.Stopped or InstancePhase.Draining))
            .GroupBy(record => record.Definition.VersionSet)
            .Select(group => group.MaxBy(record => record.Definition.Token)!.Definition with { Count = group.Count() });
        return WantedState.Empty with
        {
            VersionSets = WantedState.Empty.VersionSets.AddRange(sets.Select(set => KeyValuePair.Create(set.VersionSet, set))),
            // With them their records stay, and an attempt that the server names again is not begun again.
            Jobs = WantedState.Empty.Jobs.AddRange(jobs.Select(job => KeyValuePair.Create(WantedState.NameOf(job), job))),
        };
    }

    private string NextAside()
    {
        for (var i = 1; ; i++)
        {
            var aside = $"{paths.Wanted}.unreadable-{i.ToString(CultureInfo.InvariantCulture)}";
            if (!File.Exists(aside))
            {
                return aside;
            }
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(WantedState))]
internal sealed partial class WantedJson : JsonSerializerContext;
