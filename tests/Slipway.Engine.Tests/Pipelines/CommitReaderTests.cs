using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>What a run is told of where its commit is from: on it depends whose kept states it may take and leave.</summary>
public sealed class CommitReaderTests
{
    private static readonly SourceSpec Spec = new("/srv/shop", "main", null);
    private static readonly string Commit = new('c', 40);

    [Theory]
    [InlineData(RunTrigger.Push, null, "refs/heads/main")]
    [InlineData(RunTrigger.Manual, "refs/heads/main", "refs/heads/main")]
    [InlineData(RunTrigger.Manual, "refs/heads/evil", "refs/heads/evil")]
    [InlineData(RunTrigger.Manual, "refs/tags/main", "refs/tags/main")]
    [InlineData(RunTrigger.Manual, null, null)]
    public async Task A_push_is_of_the_followed_branch_and_what_a_person_asks_for_is_of_what_it_was_found_as(RunTrigger trigger, string? found, string? expected)
    {
        var reader = new CommitReader(new OneCommit(found), Read);
        var outcome = await reader.ReadAsync(new ReadCommit("shop", Spec, new Reading(1, trigger == RunTrigger.Push ? Commit : "asked", null, trigger, Actor.Slipway, null)), 0, TestContext.Current.CancellationToken);
        var inputs = outcome.ShouldBeOfType<EffectOutcome.Done>().Event.ShouldBeOfType<CommitRead>().Inputs;
        (inputs.Repository, inputs.Branch, inputs.Ref, inputs.Author).ShouldBe(("/srv/shop", "main", expected, "Maren"));
        CacheScope.WrittenBy(inputs)?.Ref.ShouldBe(expected);
    }

    private static Core.Definitions.DefinitionResult Read(string text, string file) => Core.Definitions.ServiceDefinitionReader.Read(text, file, null);

    private sealed class OneCommit(string? found) : ISourceProvider
    {
        public Task<string?> HeadAsync(SourceSpec source, SourceAccess? access, CancellationToken cancel) => Task.FromResult<string?>(Commit);

        public Task<bool> HasNameAsync(SourceSpec source, string name, SourceAccess? access, CancellationToken cancel) => throw new NotSupportedException("Nobody asks for a run here.");

        public Task<string?> DefaultBranchAsync(string repository, SourceAccess? access, CancellationToken cancel) => Task.FromResult<string?>("main");

        public Task<SourceCommit> ReadAsync(string key, SourceSpec source, string @ref, string? since, CancellationToken cancel) => Task.FromResult(new SourceCommit
        {
            Id = Commit, Ref = found, Subject = "s", AuthorName = "Maren", AuthorMail = "maren@example.org", At = DateTimeOffset.UnixEpoch, Version = "1.0.0", Changed = true,
            Definition = "service: shop\npipeline: { jobs: { build: { steps: [ { run: make } ] } } }\nrun: { command: ./shop }\n",
        });

        public Task<string?> CodeAsync(string key, string commit, string? path, CancellationToken cancel) => throw new NotSupportedException();

        public Task PinAsync(string key, string commit, string name, CancellationToken cancel) => Task.CompletedTask;
    }
}
