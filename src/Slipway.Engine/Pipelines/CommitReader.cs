using Slipway.Core.Pipelines;
using Slipway.Core.Releases;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Pipelines;

/// <summary>Turns a commit into what a run of it needs, or says why it makes none.</summary>
public sealed class CommitReader(ISourceProvider sources, ReadDefinition readDefinition)
{
    private const int MostTries = 20, ProblemsNamed = 3;
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(15);

    public async Task<EffectOutcome> ReadAsync(ReadCommit asked, int tries, CancellationToken cancel)
    {
        var reading = asked.Reading;
        try
        {
            var commit = await sources.ReadAsync(asked.Service, asked.Spec, reading.Ref, reading.Since, cancel);
            if (reading.Since is not null && !commit.Changed)
            {
                return new EffectOutcome.Done(new NothingChanged(reading.Number, commit.Id));
            }

            if (Define(asked, commit, out var definition) is { } problem)
            {
                return new EffectOutcome.Done(new CommitUnreadable(reading.Number, commit.Id, problem));
            }

            // A branch that is forced back or deleted takes nothing away from a run.
            await sources.PinAsync(asked.Service, commit.Id, $"runs/{commit.Id}", cancel);
            return new EffectOutcome.Done(new CommitRead(reading.Number, InputsOf(asked, commit, definition!)));
        }
        catch (SourceUnavailableException away) when (away.Retryable && tries < MostTries)
        {
            return new EffectOutcome.Again(TryAgain, away.Message);
        }
        catch (SourceUnavailableException wrong)
        {
            return new EffectOutcome.Done(new CommitUnreadable(reading.Number, null, $"{wrong.Message} {wrong.NextStep}"));
        }
    }

    /// <returns>Why there can be no run; null: there can.</returns>
    private string? Define(ReadCommit asked, SourceCommit commit, out ServiceDefinition? definition)
    {
        definition = null;
        var file = asked.Spec.Path is { } folder ? $"{folder}/slipway.yaml" : "slipway.yaml";
        if (commit.DefinitionProblem is { } problem)
        {
            return problem;
        }

        if (commit.Definition is not { } text)
        {
            return $"the commit has no {file}; `slipway init` writes one";
        }

        var problems = readDefinition(text, file, out definition);
        if (definition is null || problems.Count > 0)
        {
            var more = problems.Count > ProblemsNamed ? $", and {problems.Count - ProblemsNamed} more; `slipway validate` shows all" : "";
            return string.Join("; ", problems.Take(ProblemsNamed).Select(p => p.ToString())) + more;
        }

        return definition.Service != asked.Service ? $"{file} is the definition of '{definition.Service}', not of '{asked.Service}'"
            : definition.Pipeline is null ? $"{file} has no `pipeline`: nothing says how a release is made of a commit"
            : null;
    }

    private static RunInputs InputsOf(ReadCommit asked, SourceCommit commit, ServiceDefinition definition) => new()
    {
        Service = asked.Service, Commit = commit.Id, Branch = asked.Spec.Branch, Path = asked.Spec.Path, Tag = commit.Tag, Version = commit.Version, Subject = commit.Subject,
        Pipeline = definition.Pipeline!, Artifact = definition.Artifact, Trigger = asked.Reading.Trigger,
    };
}
