using Slipway.Core.Pipelines;
using Slipway.Engine.Lanes;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Services;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>A repository that is to be a service's is looked at once, and not again to be taken in.</summary>
public sealed class SourceDeskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("main")]
    public async Task One_look_says_all_that_is_asked(string? branch)
    {
        var counting = new Counting();
        (await new SourceDesk(null!, counting, counting).LookAsync("https://git.example.org/team/shop.git", branch, null, access: null, Cancel))
            .ShouldBeOfType<Outcome<SourceSpec>.Done>().Value.ShouldBe(new SourceSpec("https://git.example.org/team/shop.git", "main", null));
        counting.Looks.ShouldBe(1);
    }

    [Theory]
    [InlineData("file:///srv/git/shop.git", "/srv/git/shop.git")]
    [InlineData("file:///srv/my%20shop", "/srv/my shop")]
    [InlineData("/srv/git/50%20", "/srv/git/50%20")]
    public async Task A_folder_may_be_given_as_an_address(string repository, string folder)
    {
        var counting = new Counting();
        (await new SourceDesk(null!, counting, counting).LookAsync(repository, "main", null, access: null, Cancel)).ShouldBeOfType<Outcome<SourceSpec>.Done>().Value.Repository.ShouldBe(folder);
        (await new SourceDesk(null!, counting, counting).LookAsync(service: "shop", repository, null, null, Cancel)).ShouldBeOfType<Outcome<SourceSpec>.Done>().Value.Repository.ShouldBe(folder);
    }

    [Theory]
    [InlineData("ftp://git.example.org/shop", null, null, "invalidRepository")]
    [InlineData("file:///srv/%2e%2e/etc", null, null, "invalidRepository")]
    [InlineData("file://elsewhere/srv/shop", null, null, "invalidRepository")]
    [InlineData("https://git.example.org/shop", "-x", null, "invalidBranch")]
    [InlineData("https://git.example.org/shop", null, "../up", "invalidPath")]
    [InlineData("https://git.example.org/shop", "gone", null, "branchMissing")]
    public async Task What_cannot_be_is_refused_and_looked_at_no_further_than_needed(string repository, string? branch, string? path, string code)
    {
        var counting = new Counting();
        (await new SourceDesk(null!, counting, counting).LookAsync(repository, branch, path, access: null, Cancel)).ShouldBeOfType<Outcome<SourceSpec>.Refused>().Refusal.Code.ShouldBe(code);
        counting.Looks.ShouldBe(code == "branchMissing" ? 1 : 0);
    }

    [Fact]
    public async Task A_repository_that_is_named_right_after_it_was_taken_away_is_answered_when_it_is_there()
    {
        await using var world = await PipelineWorld.OpenAsync();
        var desk = new SourceDesk(world.Store, new Counting(), new Counting());
        var spec = new SourceSpec("https://git.example.org/team/shop.git", "main", null);
        await new ServiceCatalog(world.Store, new LaneQueries(new LaneStates(world.Store))).AddAsync(PipelineWorld.Ada, "shop", null, null, Cancel);
        var setting = desk.SetAsync("shop", spec, PipelineWorld.Ada, null, Cancel);
        await StepsUntilAsync(world, setting);

        // It is claimed with the removal alone, and what comes meanwhile waits for the turn after that.
        var removing = desk.RemoveAsync("shop", PipelineWorld.Ada, null, Cancel);
        await Task.Delay(50, Cancel);
        await world.StepAsync();
        var again = desk.SetAsync("shop", spec, PipelineWorld.Ada, null, Cancel);
        await Task.Delay(50, Cancel);
        await world.StepAsync();
        await Task.Delay(100, Cancel);
        again.IsCompleted.ShouldBeFalse("the removal is folded, and what was asked behind it is not");
        await StepsUntilAsync(world, again);
        (await again).ShouldBeOfType<Outcome<SourceState>.Done>().Value.Spec.ShouldBe(spec);
        (await removing).ShouldBeNull();

        // Where it takes too long, it is said so, and the same question is answered later.
        var late = desk.SetAsync("shop", spec with { Branch = "next" }, PipelineWorld.Ada, new RequestKey("k", "h"), Cancel);
        while (!late.IsCompleted)
        {
            world.Time.Pass(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Cancel);
        }

        (await late).ShouldBeOfType<Outcome<SourceState>.Refused>().Refusal.ShouldSatisfyAllConditions(r => r.Kind.ShouldBe(RefusalKind.NotYet), r => r.Code.ShouldBe("notYet"));
        var repeated = desk.SetAsync("shop", spec with { Branch = "next" }, PipelineWorld.Ada, new RequestKey("k", "h"), Cancel);
        await StepsUntilAsync(world, repeated);
        (await repeated).ShouldBeOfType<Outcome<SourceState>.Done>();
    }

    private static async Task StepsUntilAsync(PipelineWorld world, Task over, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(over))] string? what = null)
    {
        var steps = 0;
        while (!over.IsCompleted)
        {
            await world.StepAsync();
            await Task.Delay(10, Cancel);
            (++steps).ShouldBeLessThan(500, what);
        }
    }

    private sealed class Counting : ISourceProvider, ISourceAccess
    {
        public int Looks { get; private set; }

        public Task<string?> HeadAsync(SourceSpec source, SourceAccess? access, CancellationToken cancel) => Look(source.Branch == "main" ? PipelineWorld.Commit(1) : null);

        public Task<bool> HasNameAsync(SourceSpec source, string name, SourceAccess? access, CancellationToken cancel) => throw new NotSupportedException("The branch alone is looked at.");

        public Task<string?> DefaultBranchAsync(string repository, SourceAccess? access, CancellationToken cancel) => Look("main");

        public Task<SourceAccess?> FindAsync(string service, SourceSpec source, CancellationToken cancel) => Task.FromResult<SourceAccess?>(null);

        public Task<SourceCommit> ReadAsync(string key, SourceSpec source, string @ref, string? since, CancellationToken cancel) => throw new NotSupportedException("Nothing is read to be looked at.");

        public Task<string?> CodeAsync(string key, string commit, string? path, CancellationToken cancel) => throw new NotSupportedException();

        public Task PinAsync(string key, string commit, string name, CancellationToken cancel) => throw new NotSupportedException("Nothing is read to be looked at.");

        private Task<string?> Look(string? answer)
        {
            Looks++;
            return Task.FromResult(answer);
        }
    }
}
