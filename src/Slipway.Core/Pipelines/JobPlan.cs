using System.Text.Json.Serialization;

namespace Slipway.Core.Pipelines;

/// <summary>What an agent is told of an attempt of a job: all that it needs, and nothing that could change meanwhile.</summary>
public sealed record JobPlan
{
    public required string Run { get; init; }
    public required string Job { get; init; }
    public required int Attempt { get; init; }
    public required string Service { get; init; }
    public required string Commit { get; init; }
    public required string Branch { get; init; }

    /// <summary>The service's folder in the repository; null: the whole.</summary>
    public string? Path { get; init; }
    public required bool Network { get; init; }
    public required TimeSpan Timeout { get; init; }
    public JobResources? Resources { get; init; }

    /// <summary>The job's own variables, values of other jobs, the matrix, and what the run is.</summary>
    public required IReadOnlyDictionary<string, string> Env { get; init; }
    public required IReadOnlyList<StepDefinition> Steps { get; init; }

    /// <summary>Digests of the outputs of the jobs that it needs.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }
    public required IReadOnlyList<string> Outputs { get; init; }
    public IReadOnlyList<CachePlan> Caches { get; init => field = value ?? []; } = [];

    /// <summary>What the server goes by when the agent asks for or brings a kept state; the agent is told neither.</summary>
    public IReadOnlyList<CacheScope> CachesReadFrom { get; init => field = value ?? []; } = [];
    public CacheScope? CachesWrittenTo { get; init; }

    /// <summary>Tests whose failures do not fail a step, as it was when the attempt was given out.</summary>
    public IReadOnlyList<string> Quarantined { get; init; } = [];

    /// <summary>Whether a step of it reports tests.</summary>
    [JsonIgnore]
    public bool ReportsTests => Steps.Any(step => step.Report is { Junit: not null } or { Trx: not null });

    /// <exception cref="ArgumentException">The run has no such job.</exception>
    public static JobPlan Of(string run, RunState state, string job)
    {
        var at = state.Jobs.FirstOrDefault(j => j.Name == job) ?? throw new ArgumentException($"{run} has no job '{job}'.", nameof(job));
        var definition = state.Inputs.Pipeline.Jobs.First(j => j.Name == at.Job);
        var needed = state.Jobs.Where(j => definition.Needs.Contains(j.Job)).ToList();
        return new JobPlan
        {
            Run = run, Job = job, Attempt = at.Attempt, Service = state.Inputs.Service, Commit = state.Inputs.Commit, Branch = state.Inputs.OwnBranch, Path = state.Inputs.Path,
            Network = definition.Network, Timeout = definition.Timeout, Resources = definition.Resources, Env = EnvOf(state, at, definition, needed), Steps = definition.Steps,
            Inputs = [.. needed.Select(j => j.Outputs).OfType<string>().Distinct()], Outputs = definition.Outputs,
            Caches = [.. definition.Caches.Select(cache => CachePlan.Of(cache, at.Matrix))], CachesReadFrom = CacheScope.ReadBy(state.Inputs), CachesWrittenTo = CacheScope.WrittenBy(state.Inputs),
        };
    }

    private static Dictionary<string, string> EnvOf(RunState state, JobState job, JobDefinition definition, List<JobState> needed)
    {
        var env = new Dictionary<string, string>(definition.Env);
        foreach (var (axis, value) in job.Matrix)
        {
            env[$"MATRIX_{axis.Replace('-', '_').ToUpperInvariant()}"] = value;
        }

        foreach (var (name, from) in definition.EnvFrom)
        {
            // A job that was skipped, or never wrote it, gives nothing: an empty value, as an unset variable would be.
            env[name] = needed.FirstOrDefault(j => j.Job == from.Job)?.Values.GetValueOrDefault(from.Value) ?? "";
        }

        env["SLIPWAY_VERSION"] = state.Inputs.Version;
        env["SLIPWAY_TAG"] = state.Inputs.Tag ?? "";
        return env;
    }
}

/// <summary>How plans are kept in wanted rows.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobPlan))]
public sealed partial class JobPlanJson : JsonSerializerContext;
