using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Pipelines;
using Slipway.Engine.Hooks;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Secrets;

namespace Slipway.Engine.Tests.Pipelines;

/// <summary>When repositories are looked at: by themselves, when a webhook tells, and how rarely once one does.</summary>
public sealed class SourceWatchTests : IAsyncLifetime
{
    private const string Shop = "shop";
    private static readonly SourceSpec Spec = new("https://git.example.org/team/shop.git", "main", null);
    private static readonly PushTold Push = new("refs/heads/main", "team/shop");
    private PipelineWorld world = null!;
    private Host host = null!;
    private SourceWatch watch = null!;
    private HookDesk hooks = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await PipelineWorld.OpenAsync();
        host = new Host(() => world.Time.Elapsed);
        var kept = new KeptHooks(world.Store, new SecretBox(new OneKey()));
        watch = new SourceWatch(world.Store, host, host, kept, world.Time, NullLogger<SourceWatch>.Instance);
        hooks = new HookDesk(kept, new SourceDesk(world.Store, host, host), watch);
        await world.SendAsync(Shop, new SourceSet(Spec, PipelineWorld.Ada));
        await world.SettleAsync();
        (await hooks.MakeAsync(Shop, anew: false, PipelineWorld.Ada, Cancel)).ShouldBeOfType<Outcome<string>.Done>();
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task It_is_looked_at_each_minute_until_a_push_is_told_and_then_hourly()
    {
        await PassAsync(TimeSpan.FromMinutes(20));
        host.Looks.Count.ShouldBeInRange(15, 27);
        await PushAndTellAsync(1);
        (await HeadAsync()).ShouldBe(PipelineWorld.Commit(1), "what is told is seen at once");
        var looks = host.Looks.Count;
        await PassAsync(TimeSpan.FromMinutes(45));
        host.Looks.Count.ShouldBe(looks);
        await PassAsync(TimeSpan.FromMinutes(30));
        host.Looks.Count.ShouldBe(looks + 1, "a look in case that something was not told");
    }

    [Fact]
    public async Task A_push_that_the_host_tells_of_before_it_shows_it_is_seen_a_minute_later()
    {
        await PushAndTellAsync(1);
        await TellAsync();
        host.Head = PipelineWorld.Commit(2);
        await PassAsync(TimeSpan.FromSeconds(80));
        (await HeadAsync()).ShouldBe(PipelineWorld.Commit(2));
        var looks = host.Looks.Count;
        await PassAsync(TimeSpan.FromMinutes(45));
        host.Looks.Count.ShouldBe(looks, "it was told");
    }

    [Fact]
    public async Task A_webhook_that_did_not_tell_of_a_commit_is_not_relied_on_until_it_tells_again()
    {
        await PushAndTellAsync(1);
        host.Head = PipelineWorld.Commit(2);
        await PassAsync(TimeSpan.FromMinutes(75));
        (await HeadAsync()).ShouldBe(PipelineWorld.Commit(2));
        host.Head = PipelineWorld.Commit(3);
        await PassAsync(TimeSpan.FromSeconds(80));
        (await HeadAsync()).ShouldBe(PipelineWorld.Commit(3));
        await PushAndTellAsync(4);
        var looks = host.Looks.Count;
        await PassAsync(TimeSpan.FromMinutes(45));
        host.Looks.Count.ShouldBe(looks);
    }

    [Fact]
    public async Task Without_its_webhook_it_is_looked_at_each_minute_again()
    {
        await PushAndTellAsync(1);
        (await hooks.RemoveAsync(Shop, PipelineWorld.Ada, Cancel)).ShouldBeNull();
        await watch.LookAtToldAsync(Cancel);
        var looks = host.Looks.Count;
        await PassAsync(TimeSpan.FromMinutes(10));
        host.Looks.Count.ShouldBeInRange(looks + 7, looks + 14);
    }

    [Fact]
    public async Task What_is_told_many_times_while_one_looks_is_looked_at_once_more_and_never_goes_back()
    {
        host.Head = PipelineWorld.Commit(1);
        host.Gate = new TaskCompletionSource();
        world.Time.Pass(TimeSpan.FromMinutes(2));
        var slow = watch.RoundAsync(local: false, Cancel);
        await host.Began.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        host.Head = PipelineWorld.Commit(2);
        for (var n = 0; n < 1000; n++)
        {
            (await hooks.DeliverAsync(Shop, "GitHub", Push, Cancel)).Looks.ShouldBeTrue();
        }

        var told = watch.LookAtToldAsync(Cancel);
        told.IsCompleted.ShouldBeFalse("the look that is under way may have seen the branch before the push");
        host.Gate.SetResult();
        await Task.WhenAll(slow, told).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        host.Looks.Count.ShouldBe(2);
        await world.SettleAsync();
        (await HeadAsync()).ShouldBe(PipelineWorld.Commit(2));
        (await world.SourceAsync(Shop)).Runs.ShouldBe(2);
        (await world.RunAsync(SourceFlow.RunName(Shop, 2))).Inputs.Commit.ShouldBe(PipelineWorld.Commit(2));
    }

    [Theory]
    [InlineData(48)]
    [InlineData(-1)]
    public async Task A_clock_that_is_set_neither_holds_looks_up_nor_makes_more_of_them(int hours)
    {
        await PassAsync(TimeSpan.FromMinutes(5));
        var looks = host.Looks.Count;
        world.Time.Jump(TimeSpan.FromHours(hours));
        await PassAsync(TimeSpan.FromMinutes(10));
        host.Looks.Count.ShouldBeInRange(looks + 7, looks + 14);
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var end = world.Time.Elapsed + time; world.Time.Elapsed < end;)
        {
            world.Time.Pass(TimeSpan.FromSeconds(3));
            await watch.RoundAsync(local: false, Cancel);
        }
    }

    private Task PushAndTellAsync(int commit)
    {
        host.Head = PipelineWorld.Commit(commit);
        return TellAsync();
    }

    private async Task TellAsync()
    {
        (await hooks.DeliverAsync(Shop, "GitHub", Push, Cancel)).Looks.ShouldBeTrue();
        await watch.LookAtToldAsync(Cancel);
    }

    private async Task<string?> HeadAsync()
    {
        await world.SettleAsync();
        return (await world.SourceAsync(Shop)).Head;
    }

    /// <summary>A Git host whose branch is where the test says; a look gets what was there when it began.</summary>
    private sealed class Host(Func<TimeSpan> now) : ISourceProvider, ISourceAccess
    {
        public string Head { get; set; } = PipelineWorld.Commit(0);
        public TaskCompletionSource? Gate { get; set; }
        public TaskCompletionSource Began { get; } = new();
        public List<TimeSpan> Looks { get; } = [];

        public async Task<string?> HeadAsync(SourceSpec source, SourceAccess? access, CancellationToken cancel)
        {
            Looks.Add(now());
            var head = Head;
            Began.TrySetResult();
            if (Gate is { } gate)
            {
                await gate.Task;
            }

            return head;
        }

        public Task<SourceAccess?> FindAsync(string service, SourceSpec source, CancellationToken cancel) => Task.FromResult<SourceAccess?>(null);

        public Task<bool> HasNameAsync(SourceSpec source, string name, SourceAccess? access, CancellationToken cancel) => throw new NotSupportedException("Nobody asks for a run here.");

        public Task<string?> DefaultBranchAsync(string repository, SourceAccess? access, CancellationToken cancel) => Task.FromResult<string?>("main");

        public Task<SourceCommit> ReadAsync(string key, SourceSpec source, string @ref, string? since, CancellationToken cancel) => throw new NotSupportedException("The world's own sources read commits.");

        public Task<string?> CodeAsync(string key, string commit, string? path, CancellationToken cancel) => throw new NotSupportedException();

        public Task PinAsync(string key, string commit, string name, CancellationToken cancel) => Task.CompletedTask;
    }

    private sealed class OneKey : ISecretKey
    {
        private readonly byte[] key = new byte[32];

        public string Place => "memory";

        public byte[]? Read() => key;

        public byte[] ReadOrMake() => key;
    }
}
