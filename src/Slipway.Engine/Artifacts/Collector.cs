using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Artifacts;
using Slipway.Core.Kernel;
using Slipway.Engine.Access;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Artifacts;

/// <summary>
/// Removes what nothing keeps. The store says so first, then the bytes go; so a crash in between leaves only bytes that the next look removes. What came within
/// <see cref="Limits.UploadGrace"/> stays, and so does what somebody claims while this decides.
/// </summary>
public sealed class Collector(IStore store, IArtifactStore files, IRunLogStore logs, KeepingReader reader, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Since when something may go, by a clock that only counts.</summary>
    private Dictionary<string, long> mayGoSince = new(StringComparer.Ordinal);

    /// <summary>Removes what may go.</summary>
    /// <param name="patience">For how long it must have been so; a person who asks need not wait for that.</param>
    /// <exception cref="StoreUnavailableException">Store or disk fail; what was not removed is removed by the next look.</exception>
    public Task<CollectionResult> CollectAsync(Actor by, TimeSpan patience, CancellationToken cancel) => LookAsync(by, patience, dryRun: false, cancel);

    /// <summary>Says what would go, and changes nothing.</summary>
    public Task<CollectionResult> TryAsync(CancellationToken cancel) => LookAsync(Actor.Slipway, TimeSpan.Zero, dryRun: true, cancel);

    public void Dispose() => turn.Dispose();

    private async Task<CollectionResult> LookAsync(Actor by, TimeSpan patience, bool dryRun, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            // The marks first: one that changes after this is one that somebody claimed.
            var marks = (await store.ListDocumentsAsync(ArtifactMark.Collection, null, int.MaxValue, newestFirst: false, cancel)).ToDictionary(document => document.Key, StringComparer.Ordinal);
            var logMarks = (await store.ListDocumentsAsync(RunLogMark.Collection, null, int.MaxValue, newestFirst: false, cancel)).ToDictionary(document => document.Key, StringComparer.Ordinal);
            var stored = files.List().ToList();
            var retention = await reader.JudgeAsync(cancel);
            var look = new Look(retention);
            List<CollectedThing> mayGo = [.. stored.Select(look.Bytes).OfType<CollectedThing>(), .. logs.List().Select(log => look.Logs(log.Run, log.Bytes)).OfType<CollectedThing>()];
            if (dryRun)
            {
                return look.End(mayGo, stored);
            }

            var gone = new List<CollectedThing>();
            foreach (var thing in Patient(mayGo, patience))
            {
                if (thing.Digest is null ? await RemoveLogsAsync(thing, logMarks, cancel) : await RemoveBytesAsync(thing, marks, by, cancel))
                {
                    gone.Add(thing);
                }
            }

            await FinishAsync(stored, marks, retention, cancel);
            await RecordAsync(gone, by, cancel);
            return look.End(gone, stored);
        }
        finally
        {
            turn.Release();
        }
    }

    private List<CollectedThing> Patient(List<CollectedThing> mayGo, TimeSpan patience)
    {
        var before = mayGoSince;
        mayGoSince = mayGo.Select(NameOf).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => before.TryGetValue(name, out var since) ? since : time.GetTimestamp(), StringComparer.Ordinal);
        return [.. mayGo.Where(thing => time.GetElapsedTime(mayGoSince[NameOf(thing)]) >= patience)];
    }

    private static string NameOf(CollectedThing thing) => thing.Digest ?? $"logs of {thing.Run}";

    private async Task<bool> RemoveBytesAsync(CollectedThing thing, Dictionary<string, Document> marks, Actor by, CancellationToken cancel)
    {
        var digest = thing.Digest!;
        var at = store.Now;
        var mark = DocumentJson.ToNode(new ArtifactMark { CollectedAt = at, Bytes = thing.Bytes }, KeepingJson.Default.ArtifactMark);
        var append = new Append
        {
            Documents = [new DocumentWrite(ArtifactMark.Collection, digest, mark, marks.GetValueOrDefault(digest)?.Revision ?? 0)],
            Facts = [.. thing.Releases.Select(release => new Fact(
                "artifact.collected", new FactSubject { Service = release.Service, Version = release.Version }, by.Identity,
                new JsonObject { ["digest"] = digest, ["bytes"] = thing.Bytes, ["why"] = thing.Why }))],
        };

        // A conflict: somebody claimed it since. Bytes that came again since stay as well, by their time.
        return (await store.AppendAsync(append, cancel)).Done && files.Remove(digest, at);
    }

    private async Task<bool> RemoveLogsAsync(CollectedThing thing, Dictionary<string, Document> marks, CancellationToken cancel)
    {
        var mark = DocumentJson.ToNode(new RunLogMark { CollectedAt = store.Now }, KeepingJson.Default.RunLogMark);
        if (!(await store.AppendAsync(new Append { Documents = [new DocumentWrite(RunLogMark.Collection, thing.Run!, mark, marks.GetValueOrDefault(thing.Run!)?.Revision ?? 0)] }, cancel)).Done)
        {
            return false;
        }

        logs.Remove(thing.Run!);
        return true;
    }

    /// <summary>What an earlier look left: bytes that were said to go and did not, and marks of what nobody will ask for any more.</summary>
    private async Task FinishAsync(List<StoredArtifact> stored, Dictionary<string, Document> marks, Retention retention, CancellationToken cancel)
    {
        var there = stored.Select(artifact => artifact.Digest).ToHashSet(StringComparer.Ordinal);
        var ofReleases = retention.Things.Releases.Select(release => release.Digest).ToHashSet(StringComparer.Ordinal);
        foreach (var (digest, document) in marks)
        {
            if (document.As(KeepingJson.Default.ArtifactMark) is not { CollectedAt: { } at })
            {
                continue;
            }

            files.Remove(digest, at);
            if (!there.Contains(digest) && !ofReleases.Contains(digest))
            {
                await store.AppendAsync(new Append { Documents = [new DocumentWrite(ArtifactMark.Collection, digest, null, document.Revision)] }, cancel);
            }
        }
    }

    private async Task RecordAsync(List<CollectedThing> gone, Actor by, CancellationToken cancel)
    {
        if (gone.Count == 0)
        {
            return;
        }

        int Count(CollectedKind kind) => gone.Count(thing => thing.Kind == kind);
        var body = new JsonObject
        {
            ["artifacts"] = Count(CollectedKind.Artifact), ["outputs"] = Count(CollectedKind.Outputs), ["logs"] = Count(CollectedKind.Logs), ["leftovers"] = Count(CollectedKind.Leftover),
            ["bytes"] = gone.Sum(thing => thing.Bytes),
        };
        await store.AppendAsync(new Append { Facts = [new Fact("retention.applied", new FactSubject(), by.Identity, body)] }, cancel);
    }

    /// <summary>One look: which of what is there may go.</summary>
    private sealed class Look
    {
        private readonly Retention retention;
        private readonly ILookup<string, ReleaseTrace> releases;
        private readonly ILookup<string, RunTrace> runs;
        private readonly Dictionary<string, RunTrace> byName;

        public Look(Retention retention)
        {
            this.retention = retention;
            releases = retention.Things.Releases.ToLookup(release => release.Digest, StringComparer.Ordinal);
            runs = retention.Things.Runs.SelectMany(run => run.Outputs.Select(outputs => (outputs.Digest, Run: run))).ToLookup(made => made.Digest, made => made.Run, StringComparer.Ordinal);
            byName = retention.Things.Runs.ToDictionary(run => run.Run, StringComparer.Ordinal);
        }

        public CollectedThing? Bytes(StoredArtifact stored)
        {
            if (retention.Things.At - stored.CameAt < Limits.UploadGrace || retention.OfBytes(stored.Digest).Count > 0)
            {
                return null;
            }

            var of = releases[stored.Digest].ToList();
            var run = runs[stored.Digest].FirstOrDefault();
            return of.Count > 0 ? new CollectedThing(CollectedKind.Artifact, stored.Digest, of, of[0].Service, null, stored.Bytes, "nothing needs it, and `retention.artifacts` keeps it no longer")
                : run is not null ? new CollectedThing(CollectedKind.Outputs, stored.Digest, [], run.Service, run.Run, stored.Bytes, "`retention.outputs` keeps them no longer")
                : new CollectedThing(CollectedKind.Leftover, stored.Digest, [], null, null, stored.Bytes, "no release and no run names it");
        }

        public CollectedThing? Logs(string run, long bytes) =>
            !byName.TryGetValue(run, out var trace) ? null
            : retention.OfLogs(run).Count > 0 ? null
            : new CollectedThing(CollectedKind.Logs, null, [], trace.Service, run, bytes, "`retention.logs` keeps them no longer");

        public CollectionResult End(List<CollectedThing> gone, List<StoredArtifact> stored)
        {
            var digests = gone.Select(thing => thing.Digest).OfType<string>().ToHashSet(StringComparer.Ordinal);
            var stay = stored.Where(artifact => !digests.Contains(artifact.Digest)).ToList();
            return new CollectionResult(gone, stay.Count(artifact => releases.Contains(artifact.Digest)), stay.Sum(artifact => artifact.Bytes));
        }
    }
}
