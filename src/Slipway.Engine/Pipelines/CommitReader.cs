using Slipway.Core.Definitions;
using Slipway.Core.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>Reads the definition of a commit, with the jobs of the templates in force where it uses them.</summary>
public delegate DefinitionResult ReadCommitDefinition(string text, string file);

/// <summary>Turns a commit into what a run of it needs, or says why it makes none.</summary>
public sealed class CommitReader(ISourceProvider sources, ReadCommitDefinition readDefinition)
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

            if (Define(asked, commit, out var read) is { } problem)
            {
                return new EffectOutcome.Done(new CommitUnreadable(reading.Number, commit.Id, problem));
            }

            // A branch that is forced back or deleted takes nothing away from a run.
            await sources.PinAsync(asked.Service, commit.Id, $"runs/{commit.Id}", cancel);
            return new EffectOutcome.Done(new CommitRead(reading.Number, InputsOf(asked, commit, read!)));
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
    private string? Define(ReadCommit asked, SourceCommit commit, out DefinitionResult? read)
    {
        read = null;
        var file = asked.Spec.Path is { } folder ? $"{folder}/slipway.yaml" : "slipway.yaml";
        if (commit.DefinitionProblem is { } problem)
        {
            return problem;
        }

        if (commit.Definition is not { } text)
        {
            return $"the commit has no {file}; `slipway init` writes one";
        }

        read = readDefinition(text, file);
        if (read is not { Definition: { } definition, Problems: { Count: 0 } problems })
        {
            problems = read.Problems;
            var more = problems.Count > ProblemsNamed ? $", and {problems.Count - ProblemsNamed} more; `slipway validate` shows all" : "";
            return string.Join("; ", problems.Take(ProblemsNamed).Select(p => p.ToString())) + more;
        }

        return definition.Service != asked.Service ? $"{file} is the definition of '{definition.Service}', not of '{asked.Service}'"
            : definition.Pipeline is null ? $"{file} has no `pipeline`: nothing says how a release is made of a commit"
            : null;
    }

    private static RunInputs InputsOf(ReadCommit asked, SourceCommit commit, DefinitionResult read) => new()
    {
        Service = asked.Service, Commit = commit.Id, Branch = asked.Spec.Branch, Repository = asked.Spec.Repository,
        // A push is told by its commit, which the followed branch had when it was looked at.
        Ref = asked.Reading.Trigger == RunTrigger.Push ? CacheScope.BranchRef(asked.Spec.Branch) : commit.Ref, Path = asked.Spec.Path, Tag = commit.Tag, Version = commit.Version, Subject = commit.Subject,
        Author = commit.AuthorName,
        Pipeline = read.Definition!.Pipeline!, Artifact = read.Definition.Artifact, Templates = read.Templates, Trigger = asked.Reading.Trigger,
    };
}
