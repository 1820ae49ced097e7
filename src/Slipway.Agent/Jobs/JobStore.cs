using System.Text.Json;
using Microsoft.Extensions.Logging;
using Slipway.Client.Agents;

namespace Slipway.Agent.Jobs;

/// <summary>What is on disk of an attempt that some agent before this one has begun.</summary>
/// <param name="Record">Null: it cannot be read, and nobody knows how far the attempt came.</param>
internal sealed record FoundAttempt(AttemptFolder Folder, JobRecord? Record);

/// <summary>The attempts' folders.</summary>
internal sealed class JobStore(AgentPaths paths, ILogger logger)
{
    public AttemptFolder FolderOf(WantedJob job) => new(Path.Combine(paths.Jobs, AttemptFolder.NameOf(job)));

    /// <param name="flush">Also across a loss of power, after which a step must not be taken for one that never began.</param>
    public void Save(JobRecord record, bool flush)
    {
        var folder = FolderOf(record.Wanted);
        if (!Directory.Exists(folder.Root))
        {
            Directory.CreateDirectory(folder.Root, AgentPaths.OwnerOnly | UnixFileMode.UserExecute);
            Libc.SyncDirectory(paths.Jobs);
        }
        DurableFile.Replace(folder.Record, JsonSerializer.SerializeToUtf8Bytes(record, JobRecordJson.Default.JobRecord), flush);
    }

    /// <summary>A folder without a record is from the moment before one was first written: nothing of its attempt was done.</summary>
    public IReadOnlyList<FoundAttempt> LoadAll()
    {
        var found = new List<FoundAttempt>();
        foreach (var folder in Directory.EnumerateDirectories(paths.Jobs).Order(StringComparer.Ordinal).Select(root => new AttemptFolder(root)))
        {
            if (!File.Exists(folder.Record))
            {
                continue;
            }
            try
            {
                found.Add(new(folder, JsonSerializer.Deserialize(File.ReadAllBytes(folder.Record), JobRecordJson.Default.JobRecord)));
            }
            catch (JsonException broken)
            {
                AgentLog.RecordUnreadable(logger, folder.Record, broken.Message);
                found.Add(new(folder, null));
            }
        }
        return found;
    }
}
