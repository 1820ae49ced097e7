using System.Text.Json;
using Slipway.Client.Agents;
using Slipway.Client.Traffic;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;
using Slipway.Core.Releases;
using Slipway.Core.Targets;
using Slipway.Engine.Ports;

namespace Slipway.Server.Agents;

/// <summary>What one agent should have, and what has to be told to one that was told something before.</summary>
internal sealed class WantedMessages
{
    private const string VersionSetPrefix = "versionset/", RoutePrefix = "route/";
    private Dictionary<string, WantedRow>? told;

    /// <summary>The next message for these rows; null when nothing changed. The first is a snapshot; so is one after a row went, since only a snapshot can say that.</summary>
    public ServerWanted? Next(IReadOnlyList<WantedRow> rows)
    {
        var now = rows.Where(r => r.Body is not null).ToDictionary(r => r.Resource, StringComparer.Ordinal);
        var full = told is null || told.Keys.Any(resource => !now.ContainsKey(resource));
        var changed = full ? [.. now.Values] : now.Values.Where(r => !told!.TryGetValue(r.Resource, out var before) || before.Body != r.Body || before.Token != r.Token).ToList();
        told = now;
        if (!full && changed.Count == 0)
        {
            return null;
        }

        return new ServerWanted
        {
            Full = full,
            VersionSets = [.. changed.Where(r => r.Resource.StartsWith(VersionSetPrefix, StringComparison.Ordinal)).Select(VersionSet)],
            Routes = [.. changed.Where(r => r.Resource.StartsWith(RoutePrefix, StringComparison.Ordinal)).Select(Route)],
            Jobs = [.. changed.Where(r => r.Resource.StartsWith(QueuedJob.ResourcePrefix, StringComparison.Ordinal)).Select(Job)],
        };
    }

    /// <summary>The artifacts that an agent needs for what it should run.</summary>
    public static IEnumerable<string> ArtifactsOf(IEnumerable<WantedRow> rows) =>
        rows.Where(r => r.Body is not null && r.Resource.StartsWith(VersionSetPrefix, StringComparison.Ordinal)).Select(r => Read(r).Spec.ArtifactDigest);

    private static VersionSetWanted Read(WantedRow row) =>
        JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.VersionSetWanted) ?? throw new JsonException($"The wanted row {row.Resource} is null.");

    private static WantedVersionSet VersionSet(WantedRow row)
    {
        var wanted = Read(row);
        var spec = wanted.Spec;
        return new WantedVersionSet
        {
            VersionSet = spec.Id,
            Token = TokenOf(row.Token),
            Service = spec.Lane.Service,
            Environment = spec.Lane.Environment,
            Version = spec.Version,
            Count = wanted.Count,
            ArtifactDigest = spec.ArtifactDigest,
            ArtifactBytes = spec.ArtifactBytes,
            Command = spec.Run.Command,
            Env = spec.Run.Process is { } process ? new Dictionary<string, string>(spec.Run.Env) { ["SLIPWAY_PROCESS"] = process } : spec.Run.Env,
            Health = HealthOf(spec.Run.Health),
            Drain = spec.Run.Drain,
            Attempt = wanted.Attempt,
        };
    }

    private static WantedHealth HealthOf(HealthSpec health) => new()
    {
        Path = health.Path ?? "", Interval = health.Interval, Timeout = health.Timeout, HealthyAfter = health.HealthyAfter, UnhealthyAfter = health.UnhealthyAfter, Deadline = health.Deadline,
    };

    private static WantedRoute Route(WantedRow row)
    {
        var wanted = JsonSerializer.Deserialize(row.Body!, TargetsJson.Default.TrafficWanted) ?? throw new JsonException($"The wanted row {row.Resource} is null.");
        return new WantedRoute
        {
            Lane = wanted.Lane.ToString(),
            Token = TokenOf(row.Token),
            Generation = wanted.Generation,
            Host = $"{wanted.Lane.Service}.{wanted.Lane.Environment}.localhost",
            Weights = [.. wanted.Weights.Select(w => new WantedWeight(w.VersionSet, w.Version, Access.Words.Of(w.Arm), w.Weight))],
            Previews = wanted.Previews,
            RequestTimeout = wanted.RequestTimeout,
            Marks = [.. wanted.Routes.Select(r => new WantedMark(r.VersionSet, r.Version, new RequestMark(Access.Words.Of(r.Match.Part), r.Match.Name, r.Match.Is, r.Match.Prefix)))],
            Mirror = wanted.Mirror is { } mirror ? new WantedMirror(mirror.VersionSet, mirror.Version, mirror.Percent) : null,
            Sticky = wanted.Sticky is { } sticky ? new RouterSticky(sticky.MaxAge) : null,
        };
    }

    private static WantedJob Job(WantedRow row)
    {
        var plan = JsonSerializer.Deserialize(row.Body!, JobPlanJson.Default.JobPlan) ?? throw new JsonException($"The wanted row {row.Resource} is null.");
        return new WantedJob
        {
            Run = plan.Run, Job = plan.Job, Attempt = plan.Attempt, Token = TokenOf(row.Token), Service = plan.Service, Commit = plan.Commit, Branch = plan.Branch, Path = plan.Path,
            Network = plan.Network, Timeout = plan.Timeout, Resources = plan.Resources is { } r ? new(r.Cpu, r.Memory, r.Processes) : null, Env = plan.Env, Steps = [.. plan.Steps.Select(Step)], Inputs = plan.Inputs, Outputs = plan.Outputs,
            Caches = [.. plan.Caches.Select(c => new WantedCache { Name = c.Name, Variant = c.Variant, Key = c.Key, Otherwise = c.Otherwise, Paths = c.Paths, Env = c.Env })],
            Quarantined = plan.Quarantined,
        };
    }

    private static WantedStep Step(StepDefinition step) => new()
    {
        Name = step.Name, Run = step.Run, Directory = step.Directory, Timeout = step.Timeout, Retry = step.Retry, ContinueOnError = step.ContinueOnError, Always = step.Always, Env = step.Env,
        Reports = [.. new[] { step.Report?.Junit, step.Report?.Trx }.OfType<string>()],
        Coverage = step.Report?.Cobertura is { } coverage ? [coverage] : [],
    };

    private static Token TokenOf(FencingToken token) => new(token.Generation, token.Counter);
}
