using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Slipway.Client.Agents;

namespace Slipway.Agent.Instances;

/// <summary>One instance's directory.</summary>
internal sealed record InstancePaths(string Root)
{
    public string Record => Path.Combine(Root, "instance.json");
    public string Output => Path.Combine(Root, "output.log");

    /// <summary>The exit code, written by the wrapper: an agent that did not start a process cannot wait for it.</summary>
    public string Exit => Path.Combine(Root, "exit");
    public string Home => Path.Combine(Root, "home");
}

/// <summary>The instances' directories: records, output, numbers.</summary>
internal sealed class InstanceStore(AgentPaths paths, ILogger logger)
{
    private readonly Lock _lock = new();

    public InstancePaths PathsOf(string id) => new(Path.Combine(paths.Instances, id));

    /// <summary>Ids are the service's name and a number that never comes twice on this agent, in base 36: short enough to type.</summary>
    public InstanceRecord Create(WantedVersionSet definition)
    {
        long number;
        lock (_lock)
        {
            number = ReadCounter() + 1;
            DurableFile.Replace(paths.Counter, System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)), flush: false);
        }
        var record = new InstanceRecord
        {
            Id = $"{definition.Service}-{Base36(number)}",
            Number = number,
            Definition = definition,
            Attempt = definition.Attempt,
            Phase = InstancePhase.Idle,
        };
        Directory.CreateDirectory(PathsOf(record.Id).Home);
        Save(record);
        return record;
    }

    // A loss of power ends all processes, so a record need not outlive one; a crash of the agent it does outlive.
    public void Save(InstanceRecord record) =>
        DurableFile.Replace(PathsOf(record.Id).Record, JsonSerializer.SerializeToUtf8Bytes(record, InstanceJson.Default.InstanceRecord), flush: false);

    public IReadOnlyList<InstanceRecord> LoadAll()
    {
        var records = new List<InstanceRecord>();
        foreach (var directory in Directory.EnumerateDirectories(paths.Instances))
        {
            var file = new InstancePaths(directory).Record;
            try
            {
                if (File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllBytes(file), InstanceJson.Default.InstanceRecord) is { } record)
                {
                    records.Add(record);
                    continue;
                }
            }
            catch (JsonException broken)
            {
                AgentLog.RecordUnreadable(logger, file, broken.Message);
            }
            // Without its record nothing can keep the instance up or route to it; what it left running would be an orphan.
            using var orphan = InstanceProcess.Unknown(new InstancePaths(directory));
            orphan.KillAll();
        }
        return [.. records.OrderBy(record => record.Number)];
    }

    /// <summary>Removes directories of instances that stopped some time ago; until then their output can be read.</summary>
    public void Clean(DateTimeOffset now)
    {
        var stopped = LoadAll().Where(record => record.Phase == InstancePhase.Stopped).OrderByDescending(record => record.StoppedAt).ToList();
        foreach (var (record, index) in stopped.Select((record, index) => (record, index)))
        {
            if (index >= AgentLimits.StoppedInstancesKept || now - record.StoppedAt > AgentLimits.StoppedInstanceKept)
            {
                Directory.Delete(PathsOf(record.Id).Root, recursive: true);
            }
        }
    }

    private long ReadCounter()
    {
        var known = Directory.EnumerateDirectories(paths.Instances).Select(directory => FromBase36(directory[(directory.LastIndexOf('-') + 1)..])).DefaultIfEmpty(0).Max();
        return File.Exists(paths.Counter) && long.TryParse(File.ReadAllText(paths.Counter), NumberStyles.None, CultureInfo.InvariantCulture, out var counter)
            ? Math.Max(counter, known)
            : known;
    }

    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static string Base36(long number)
    {
        var text = "";
        for (; number > 0; number /= 36)
        {
            text = Digits[(int)(number % 36)] + text;
        }
        return text;
    }

    private static long FromBase36(string text)
    {
        long number = 0;
        foreach (var digit in text)
        {
            var value = Digits.IndexOf(digit);
            if (value < 0 || text.Length > 12)
            {
                return 0;
            }
            number = number * 36 + value;
        }
        return number;
    }
}
