using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Slipway.Client.Agents;
using Slipway.Client.Artifacts;

namespace Slipway.Agent.Jobs;

/// <summary>
/// The folders that a job keeps from run to run: put in place before its first step, saved after its last. Nothing that goes wrong with one fails the job: it is told, and the
/// job's tools fetch anew what is missing.
/// </summary>
internal sealed partial class JobCaches(WantedJob job, AttemptFolder attempt, JobServer server, KeptStates states, JobProgress progress, JobLog log, TimeProvider time)
{
    private const string Home = "home/", Workspace = "workspace/";
    private readonly string?[] _keys = new string?[job.Caches.Count];

    // What was found and could not be used is not what another job has saved meanwhile.
    private readonly string?[] _unusable = new string?[job.Caches.Count];

    private static readonly ArtifactLimits Limits = ArtifactLimits.Default with { MaxPackedBytes = AgentLimits.CacheBytesOfOne };

    /// <summary>Puts in place what is kept and fits.</summary>
    public async Task RestoreAsync(CancellationToken ends)
    {
        using var patience = new CancellationTokenSource(AgentLimits.CachePatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends, patience.Token);
        for (var index = 0; index < job.Caches.Count; index++)
        {
            var (cache, at, began) = (job.Caches[index], index, time.GetTimestamp());
            var seen = await HarmlessAsync(() => RestoreAsync(at, either.Token), why => Missed(cache, why), ends);
            if (seen.Hit)
            {
                seen = seen with { Seconds = Math.Round(time.GetElapsedTime(began).TotalSeconds, 2) };
            }
            Say(cache, seen.Hit ? $"restored {Size(seen.Bytes)} of {seen.From} in {seen.Seconds!.Value.ToString(CultureInfo.InvariantCulture)} s" : $"nothing restored: {seen.Why}");
            progress.Show(progress.Record with { Caches = [.. progress.Record.Caches, seen] });
        }
    }

    /// <summary>Saves what was not there before, when the job has ended well.</summary>
    /// <param name="succeeded">Else nothing is, and that is said.</param>
    public async Task SaveAsync(bool succeeded, CancellationToken ends)
    {
        using var patience = new CancellationTokenSource(AgentLimits.CachePatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends, patience.Token);
        for (var index = 0; index < progress.Record.Caches.Count; index++)
        {
            var (cache, before, at) = (job.Caches[index], progress.Record.Caches[index], index);
            var after = before.Hit ? before with { Saved = false }
                : _keys[at] is null ? NotSaved(before, "it has no key")
                : !succeeded ? NotSaved(before, "only a job that ends well saves")
                : await HarmlessAsync(() => SaveAsync(at, before, either.Token), why => NotSaved(before, why), ends);
            if (!before.Hit)
            {
                Say(cache, after.Saved == true ? $"saved {Size(after.Bytes)}" : $"not saved: {after.WhyNotSaved}");
            }
            progress.Show(progress.Record with { Caches = [.. progress.Record.Caches.Select((each, i) => i == at ? after : each)] });
        }
    }

    private async Task<ObservedCache> RestoreAsync(int index, CancellationToken stop)
    {
        var cache = job.Caches[index];
        var key = await Task.Run(() => CacheKey.Of(attempt.Seen.Workspace, job.Path, cache), stop);
        foreach (var missing in key.Missing)
        {
            Say(cache, $"there is no file {missing}, which its key names");
        }
        if (key.Digest is null)
        {
            return Missed(cache, key.WhyNone!);
        }
        _keys[index] = key.Digest;
        return await server.FindCacheAsync(job, key.Digest, stop) switch
        {
            ServerAnswer.CacheIs { Found: null } => Missed(cache, $"nothing is kept yet for what {Named(key.Files)} say{(key.Files.Count == 1 ? "s" : "")} now"),
            ServerAnswer.CacheIs { Found: { } found } when !Digest().IsMatch(found.Digest) || found.Bytes > AgentLimits.CacheBytesOfOne => Missed(cache, "what the server keeps is none, or too large"),
            ServerAnswer.CacheIs { Found: { } found } => await RestoreAsync(index, key.Digest, found, stop),
            var answer => Missed(cache, WhyOf(answer)),
        };
    }

    private async Task<ObservedCache> RestoreAsync(int index, string key, CacheFound found, CancellationToken stop)
    {
        var cache = job.Caches[index];
        _unusable[index] = found.Digest;
        try
        {
            await using var local = await states.OpenAsync(found.Digest, stop);
            var (fetched, why) = local is null ? await FetchAsync(key, found, stop) : (null, null);
            await using var packed = local ?? fetched;
            if (packed is null)
            {
                return Missed(cache, $"what {found.From} has kept did not come: {why}");
            }
            var refused = await Task.Run(() => Unpack(packed, stop), stop);
            if (refused is not null || cache.Paths.All(path => Unpacked(path) is null))
            {
                states.Remove(found.Digest);
                await server.ForgetCacheAsync(job, key, found.Digest, stop);
                return Missed(cache, $"what {found.From} has kept {(refused is null ? "holds none of its folders" : $"cannot be unpacked safely ({refused})")}");
            }
            List<string> placed = [.. cache.Paths.Where(path => Place(cache, path))];
            return placed.Count > 0
                ? new() { Name = cache.Name, Hit = true, From = found.From, Bytes = found.Bytes }
                : Missed(cache, $"nothing of what {found.From} has kept could be put in its place");
        }
        finally
        {
            await FolderRemoval.RemoveAsync(attempt.Unpacked, CancellationToken.None);
        }
    }

    private async Task<(FileStream? Packed, string? Why)> FetchAsync(string key, CacheFound found, CancellationToken stop)
    {
        var coming = states.NewFile();
        try
        {
            if (await server.GetCacheAsync(job, key, found, coming, stop) is not ServerAnswer.Done and var answer)
            {
                return (null, WhyOf(answer));
            }
            var packed = KeptStates.Open(coming);
            states.Keep(coming, found.Digest);
            return (packed, null);
        }
        finally
        {
            File.Delete(coming);
        }
    }

    private ExtractOutcome.Refused? Unpack(Stream packed, CancellationToken stop)
    {
        Directory.CreateDirectory(attempt.Unpacked);
        return ArtifactExtractor.Extract(packed, attempt.Unpacked, Limits, stop) as ExtractOutcome.Refused;
    }

    /// <summary>A folder (or file) of the cache as it was unpacked; null: it is not in it, or a link.</summary>
    private FileSystemInfo? Unpacked(string path)
    {
        var name = NameOf(path);
        FileSystemInfo from = new DirectoryInfo(Path.Combine(attempt.Unpacked, name));
        from = from.Exists ? from : new FileInfo(from.FullName);
        return from is { Exists: true, LinkTarget: null } && ServiceFolder.Find(attempt.Unpacked, Path.GetDirectoryName(name)) is not null ? from : null;
    }

    /// <summary>Moves one folder (or file) from what was unpacked to where steps look for it. What is there stays: the commit and what other jobs made go before what was kept.</summary>
    private bool Place(WantedCache cache, string path)
    {
        if (Unpacked(path) is not { } from)
        {
            return false;
        }
        var name = NameOf(path);
        var folder = attempt.Scratch;
        foreach (var segment in name.Split('/')[..^1])
        {
            folder = Path.Combine(folder, segment);
            var there = new DirectoryInfo(folder);
            if (there.LinkTarget is not null || File.Exists(folder))
            {
                Say(cache, $"'{path}' is not restored: a link or a file is in its way");
                return false;
            }
            there.Create();
        }
        var to = Path.Combine(attempt.Scratch, name);
        if (Path.Exists(to) || new FileInfo(to).LinkTarget is not null)
        {
            Say(cache, $"'{path}' is not restored: it is in the commit, or another job made it");
            return false;
        }
        JobInputs.MakeWritable(from);
        if (from is DirectoryInfo)
        {
            Directory.Move(from.FullName, to);
        }
        else
        {
            File.Move(from.FullName, to);
        }
        return true;
    }

    private async Task<ObservedCache> SaveAsync(int index, ObservedCache before, CancellationToken stop)
    {
        var (cache, key) = (job.Caches[index], _keys[index]!);
        // Another job may have been quicker; packing is the dear part of it.
        if (await server.FindCacheAsync(job, key, stop) is ServerAnswer.CacheIs { Found: { } meanwhile } && meanwhile.Digest != _unusable[index])
        {
            return NotSaved(before, $"another job has saved it for {meanwhile.From} meanwhile");
        }
        var names = cache.Paths.Select(NameOf).Where(name => Path.Exists(Path.Combine(attempt.Scratch, name))).ToList();
        if (names.Count == 0)
        {
            return NotSaved(before, $"there is nothing at {string.Join(" or ", cache.Paths)}");
        }
        var file = states.NewFile();
        try
        {
            var outcome = await Task.Run(() => Pack(file, names, stop), stop);
            if (outcome is not PackOutcome.Packed packed)
            {
                return NotSaved(before, outcome is PackOutcome.Refused { Path.Length: > 0 } refused ? $"'{Shown(refused.Path)}': {refused.Reason}" : $"{outcome}");
            }
            switch (await server.PutCacheAsync(job, key, packed.Digest, file, stop))
            {
                case ServerAnswer.CacheWas { Taken.WhyNot: null }:
                    states.Keep(file, packed.Digest);
                    return before with { Saved = true, Bytes = packed.PackedBytes };
                case ServerAnswer.CacheWas { Taken.WhyNot: { } why }:
                    return NotSaved(before, why);
                case var answer:
                    return NotSaved(before, WhyOf(answer));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    // What tools keep is mostly compressed by itself.
    private PackOutcome Pack(string file, IReadOnlyList<string> names, CancellationToken stop)
    {
        using var to = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AgentPaths.OwnerOnly, BufferSize = 128 * 1024 });
        return ArtifactPacker.Pack(attempt.Scratch, names, to, Limits, CompressionLevel.Fastest, stop);
    }

    /// <summary>What fails, or takes too long, is told and no more.</summary>
    private static async Task<ObservedCache> HarmlessAsync(Func<Task<ObservedCache>> act, Func<string, ObservedCache> failed, CancellationToken ends)
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException) when (!ends.IsCancellationRequested)
        {
            return failed($"it took longer than the {AgentLimits.CachePatience.TotalMinutes:0} min that caches have");
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return failed(broken is IOException full && Libc.IsDiskFull(full) ? "the agent's disk is full" : $"the agent could not read or write it ({broken.Message})");
        }
    }

    /// <summary>Where a path of a definition lies below the attempt's scratch folder, and in what is packed.</summary>
    private string NameOf(string path) => path.StartsWith("~/", StringComparison.Ordinal) ? Home + path[2..] : $"{Workspace}{(job.Path is null ? "" : job.Path + "/")}{path}";

    private static string Shown(string name) => name.StartsWith(Home, StringComparison.Ordinal) ? $"~/{name[Home.Length..]}" : name.StartsWith(Workspace, StringComparison.Ordinal) ? name[Workspace.Length..] : name;

    private static string Named(IReadOnlyList<string> files) => files.Count > 3 ? $"{string.Join(", ", files.Take(2))} and {files.Count - 2} more" : string.Join(", ", files);

    private static ObservedCache Missed(WantedCache cache, string why) => new() { Name = cache.Name, Hit = false, Why = Cut(why) };

    private static ObservedCache NotSaved(ObservedCache before, string why) => before with { Saved = false, WhyNotSaved = Cut(why) };

    private static string WhyOf(ServerAnswer answer) => answer switch
    {
        ServerAnswer.NotNow { Why: var why } => why,
        ServerAnswer.Refused { Why: var why } => why,
        _ => throw new InvalidOperationException($"an answer that nobody expects: {answer}"),
    };

    private static string Cut(string text) => text.Length <= 300 ? text : text[..300] + "…";

    private static string Size(long? bytes) => bytes is < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private void Say(WantedCache cache, string text) => log.Say(JobLog.NoStep, $"cache {cache.Name}: {text}");

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z")]
    private static partial Regex Digest();
}
