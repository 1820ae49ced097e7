using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

/// <summary>Who may leave something for whom. Every reader and every writer is a run that a source could make.</summary>
public sealed class CacheScopeTests
{
    private static readonly Gen<RunInputs> Runs =
        from repository in Gen.Elements("https://git.example.org/shop.git", "https://git.example.org/other.git", "/srv/shop", null)
        from branch in Gen.Elements("main", "evil", "main/evil", "refs/heads/main")
        from @ref in Gen.Elements("refs/heads/main", "refs/heads/evil", "refs/heads/main/evil", "refs/tags/main", "refs/tags/v1.0.0", "refs/heads/refs/heads/main", "refs/pull/7/head", null)
        from service in Gen.Elements("shop", "web")
        select Run(service, repository, branch, @ref);

    [Fact]
    public void A_run_takes_only_what_its_own_ref_or_the_followed_branch_of_the_same_repository_has_saved() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Gen.Zip(Runs, Runs).ToArbitrary(), pair =>
        {
            var (writer, reader) = pair;
            if (CacheScope.WrittenBy(writer) is { } written && CacheScope.ReadBy(reader).Contains(written))
            {
                writer.Repository.ShouldBe(reader.Repository);
                writer.Ref.ShouldBeOneOf(reader.Ref, "refs/heads/" + reader.Branch);
            }
        }));

    [Fact]
    public void Only_a_run_of_the_followed_branch_itself_saves_for_it() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Runs.ToArbitrary(), run => CacheScope.WrittenBy(run) is not { } written || written.Ref != "refs/heads/" + run.Branch || run.Ref == "refs/heads/" + run.Branch));

    [Fact]
    public void What_a_run_saves_the_next_run_of_its_ref_takes_first() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Runs.ToArbitrary(), run => CacheScope.WrittenBy(run) is not { } written || CacheScope.ReadBy(run)[0] == written));

    [Fact]
    public void A_run_whose_origin_nobody_knows_saves_nothing_and_one_without_repository_takes_nothing()
    {
        CacheScope.WrittenBy(Run("shop", "/srv/shop", "main", null)).ShouldBeNull();
        CacheScope.ReadBy(Run("shop", "/srv/shop", "main", null)).ShouldBe([new CacheScope("/srv/shop", "refs/heads/main")]);
        CacheScope.WrittenBy(Run("shop", null, "main", "refs/heads/main")).ShouldBeNull();
        CacheScope.ReadBy(Run("shop", null, "main", "refs/heads/main")).ShouldBeEmpty();
    }

    [Fact]
    public void A_commit_of_the_branch_that_was_followed_before_is_not_taken_for_one_of_the_branch_that_is_followed_now()
    {
        var (flow, process) = (new SourceFlow(), SourceFlow.ProcessOf("shop"));
        var (evil, main) = (new SourceSpec("/srv/shop", "evil", null), new SourceSpec("/srv/shop", "main", null));
        var state = flow.Decide(process, null, new SourceSet(evil, Actor.Slipway), DateTimeOffset.UnixEpoch).State;
        state = flow.Decide(process, state, new SourceSet(main, Actor.Slipway), DateTimeOffset.UnixEpoch).State;
        flow.Decide(process, state, new HeadSeen(new string('e', 40)) { Of = evil }, DateTimeOffset.UnixEpoch).Effects.ShouldBeEmpty();
        flow.Decide(process, state, new HeadSeen(new string('a', 40)) { Of = main }, DateTimeOffset.UnixEpoch).Effects.OfType<ReadCommit>().ShouldHaveSingleItem().Spec.ShouldBe(main);
    }

    [Fact]
    public void Scopes_are_told_as_people_know_them() => new[] { "refs/heads/main", "refs/tags/v1.0.0", "refs/pull/7/head" }
        .Select(r => new CacheScope("/srv/shop", r).Words).ShouldBe(["main", "tag v1.0.0", "refs/pull/7/head"]);

    [Fact]
    public void A_combination_of_a_matrix_shares_what_tools_fetch_and_keeps_what_it_made_itself_apart()
    {
        var own = CacheDefinition.Own(["lock"], ["node_modules"]);
        var run = Run("shop", "/srv/shop", "main", "refs/heads/evil") with
        {
            Pipeline = new PipelineDefinition
            {
                Jobs = [new JobDefinition { Name = "test", Steps = [new StepDefinition { Name = "t", Run = "t" }], Caches = [ToolCaches.Find("npm")!, own], Matrix = new MatrixDefinition { Axes = [new MatrixAxis("node", ["20", "22"])] } }],
            },
        };
        var state = new RunFlow().Decide(RunFlow.ProcessOf("shop-run-1"), null, new RunRequested(run, Actor.Slipway, null), DateTimeOffset.UnixEpoch).State;
        var plans = state.Jobs.Select(job => JobPlan.Of("shop-run-1", state, job.Name)).ToList();
        plans.SelectMany(plan => plan.Caches).Select(cache => (cache.Name, cache.Variant)).ShouldBe([("npm", ""), ("node_modules", "node=20"), ("npm", ""), ("node_modules", "node=22")]);
        plans[0].CachesWrittenTo.ShouldBe(new CacheScope("/srv/shop", "refs/heads/evil"));
        plans[0].CachesReadFrom.Select(scope => scope.Words).ShouldBe(["evil", "main"]);
    }

    private static RunInputs Run(string service, string? repository, string branch, string? @ref) => new()
    {
        Service = service, Commit = new string('a', 40), Branch = branch, Repository = repository, Ref = @ref, Version = "1.0.0", Subject = "s", Trigger = RunTrigger.Manual, Pipeline = new PipelineDefinition { Jobs = [] },
    };
}
