using Slipway.Core.Pipelines;
using static Slipway.Core.Tests.Transitions.SampleWorld;

namespace Slipway.Core.Tests.Transitions;

internal sealed class SourceSamples() : Samples<SourceState, SourceEvent>(new SourceFlow(), SourceFlow.ProcessOf("storefront"), SourceJson.Default.SourceState)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public override IReadOnlyList<SampleState<SourceState>> States
    {
        get
        {
            var none = new SampleState<SourceState>("none", null, Start);
            var set = Fold("nothing was seen yet", none, _ => Set("main"));
            var reading = Fold("a commit is read", set, _ => new HeadSeen(Commit('a')));
            var running = Fold("a run goes on", reading, Read);
            var pushed = Fold("a run goes on, and a newer commit is read", running, _ => new HeadSeen(Commit('b')));
            var removed = Fold("the service was removed", running, _ => new SourceRemoved(Ada));
            var twice = Fold("a run goes on, a newer commit is read, and a still newer one waits to be", pushed, _ => new HeadSeen(Commit('d')));
            var waiting = Fold("a run goes on, and another waits", pushed, Read);
            return [none, set, reading, running, pushed, twice, waiting, removed, Fold("the newest commit cannot be read", reading, Unreadable)];
        }
    }

    public override IReadOnlyList<SampleEvent<SourceState, SourceEvent>> Events { get; } =
    [
        new("set: the same", Soon, s => new SourceSet(s?.Spec ?? Spec("main"), Ada)),
        new("set: another branch", Soon, _ => Set("next")),
        new("headSeen: what was seen before", Soon, s => new HeadSeen(s?.Head ?? Commit('a'))),
        new("headSeen: a new commit", Soon, _ => new HeadSeen(Commit('e'))),
        new("runAsked", Soon, _ => new RunAsked(null, Ada, "again")),
        new("runAsked: of a tag", Soon, _ => new RunAsked("v1.0.0", Ada, null)),
        new("commitRead", Soon, Read),
        new("commitRead: one that was before", Soon, _ => new CommitRead(0, Inputs(RunConcurrency.NewestWins))),
        new("commitRead: its runs queue", Soon, s => new CommitRead(s?.Reading?.Number ?? 0, Inputs(RunConcurrency.Queue))),
        new("commitUnreadable", Soon, Unreadable),
        new("nothingChanged", Soon, s => new NothingChanged(s?.Reading?.Number ?? 0, Commit('a'))),
        new("runReady", Soon, _ => new RunReady("storefront-run-0")),
        new("runOver: the one that goes on", Soon, s => new RunOver(s?.Active ?? "storefront-run-0")),
        new("runOver: one that waits", Soon, s => new RunOver(s?.Waiting is [var first, ..] ? first.Run : "storefront-run-0")),
        new("removed", Soon, _ => new SourceRemoved(Ada)),
        new("timeCame", Soon, _ => new SourceTimeCame()),
    ];

    public override string Tell(SourceState state) =>
        $"head {state.Head?[..1] ?? "unknown"}{(state.Reading is { } r ? $", reads {r.Ref}" : "")}{(state.ToRead.Count > 0 ? $", then {string.Join(", ", state.ToRead.Select(t => $"{t.Ref} since {t.Since?[..1]}"))}" : "")}, "
        + $"{(state.Active is null ? "nothing runs" : $"{state.Active} runs")}{(state.Waiting.Count > 0 ? $", {string.Join(", ", state.Waiting.Select(w => w.Run))} waits" : "")}";

    public override string? Reason(SourceState state) => state.Problem;

    private static string Commit(char letter) => new(letter, 40);

    private static SourceSpec Spec(string branch) => new("https://git.example/shop.git", branch, null);

    private static SourceSet Set(string branch) => new(Spec(branch), Ada);

    private static CommitRead Read(SourceState? state) => new(state?.Reading?.Number ?? 0, Inputs(RunConcurrency.NewestWins));

    private static CommitUnreadable Unreadable(SourceState? state) => new(state?.Reading?.Number ?? 0, Commit('a'), "there is no slipway.yaml");

    private static RunInputs Inputs(RunConcurrency concurrency) => new()
    {
        Service = "storefront",
        Commit = Commit('a'),
        Branch = "main",
        Version = "1.4.0",
        Subject = "Give members their price",
        Pipeline = new PipelineDefinition { Concurrency = concurrency, Jobs = [new JobDefinition { Name = "build", Steps = [new StepDefinition { Name = "make", Run = "make" }] }] },
        Trigger = RunTrigger.Push,
    };
}
