using Slipway.Storage.Sqlite;

namespace Slipway.Storage.Tests.Sqlite;

/// <summary>The store's time under a wall clock that is set.</summary>
public sealed class StoreClockTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1), Hour = TimeSpan.FromHours(1), Second = TimeSpan.FromSeconds(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("slipway-clock-").FullName;
    private readonly SetClock _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_never_goes_back_and_never_stands_still()
    {
        await using var store = await OpenAsync();
        store.Now.ShouldBe(_time.Wall);
        _time.Pass(Second);
        store.Now.ShouldBe(_time.Wall);

        _time.Wall -= Hour;
        var before = store.Now;
        before.ShouldBe(_time.Wall + Hour);
        for (var n = 1; n <= 100; n++)
        {
            _time.Pass(Second);
            store.Now.ShouldBe(before + (n * Second));
        }

        _time.Wall += Hour;
        store.Now.ShouldBe(_time.Wall, "the wall clock is right again, and nothing was lost meanwhile");
        _time.Wall += 2 * Day;
        store.Now.ShouldBe(_time.Wall);
        _time.Wall -= 2 * Day;
        _time.Pass(Second);
        store.Now.ShouldBe(_time.Wall + (2 * Day));
    }

    [Fact]
    public async Task A_store_that_is_opened_again_goes_on_from_where_it_was()
    {
        DateTimeOffset before;
        await using (var store = await OpenAsync())
        {
            _time.Wall += Day;
            await store.AppendAsync(new Engine.Ports.Append { Facts = [new("test.marked", new(), Core.Kernel.Fact.Slipway, [])] }, TestContext.Current.CancellationToken);
            before = store.Now;
        }

        _time.Wall -= Day;
        await using var again = await OpenAsync();
        again.Now.ShouldBe(before);
        _time.Pass(Second);
        again.Now.ShouldBe(before + Second);
    }

    private Task<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(Path.Combine(_folder, "slipway.db"), _time);

    /// <summary>A wall clock that is set, beside one that is not.</summary>
    private sealed class SetClock : TimeProvider
    {
        private TimeSpan _elapsed;

        public DateTimeOffset Wall { get; set; } = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => (_elapsed, Wall) = (_elapsed + time, Wall + time);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _elapsed.Ticks;
    }
}
