using Slipway.Core.Access;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Tests.Pipelines;

public sealed class SourceStories
{
    private static readonly Actor Maren = new("maren", "maren");
    private static readonly string Newest = new('b', 40), Older = new('a', 40);
    private readonly SourceFlow _flow = new();
    private SourceState? _source;

    [Fact]
    public void What_becomes_of_a_commit_that_somebody_asked_for_says_nothing_of_the_newest()
    {
        Feed(new SourceSet(new SourceSpec("/srv/shop", "main", null), Maren), new HeadSeen(Newest));
        Feed(new CommitUnreadable(Number, Newest, "the commit has no slipway.yaml"));
        Feed(new RunAsked("v9.9.9", Maren, null), new CommitUnreadable(2, null, "There is no branch, tag or commit 'v9.9.9'."));
        Problem.ShouldBe(("the commit has no slipway.yaml", Newest));
        Feed(new RunAsked(Older, Maren, null), new CommitRead(3, Inputs(Older)));
        (_source!.Runs, Problem).ShouldBe((1, ("the commit has no slipway.yaml", Newest)));
        Feed(new RunAsked("main", Maren, null), new CommitRead(4, Inputs(Newest)));
        (_source.Runs, Problem).ShouldBe((2, (null, null)));
    }

    [Fact]
    public void A_newest_commit_that_cannot_be_fetched_is_named_by_what_was_seen_of_it()
    {
        Feed(new SourceSet(new SourceSpec("/srv/shop", "main", null), Maren), new HeadSeen(Newest), new CommitUnreadable(1, null, "It does not answer."));
        Problem.ShouldBe(("It does not answer.", Newest));
    }

    private int Number => _source!.Reading!.Number;

    private (string?, string?) Problem => (_source!.Problem, _source.ProblemCommit);

    private void Feed(params SourceEvent[] events)
    {
        foreach (var @event in events)
        {
            _source = _flow.Decide(SourceFlow.ProcessOf("shop"), _source, @event, DateTimeOffset.UnixEpoch).State;
        }
    }

    private static RunInputs Inputs(string commit) => new()
    {
        Service = "shop", Commit = commit, Branch = "main", Version = "1.0.0", Subject = "A commit", Trigger = RunTrigger.Manual,
        Pipeline = new PipelineDefinition { Jobs = [new JobDefinition { Name = "build", Steps = [new StepDefinition { Name = "make", Run = "make" }] }] },
    };
}
