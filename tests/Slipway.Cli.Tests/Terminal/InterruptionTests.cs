using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.Terminal;

public sealed class InterruptionTests : IDisposable
{
    private readonly TextWriter error = new StringWriter();
    private readonly SetClock clock = new();

    [Fact]
    public void The_first_signal_asks_for_the_end_and_the_second_one_is_not_taken()
    {
        using var interruption = new Interruption(error, clock);
        interruption.Take().ShouldBeTrue();
        interruption.Token.IsCancellationRequested.ShouldBeTrue();
        clock.Now += 1000;
        interruption.Take().ShouldBeFalse();
        error.ToString().ShouldBe("");
    }

    [Fact]
    public void A_signal_that_comes_twice_at_once_is_one()
    {
        using var interruption = new Interruption(error, clock);
        interruption.Take().ShouldBeTrue();
        clock.Now += 5;
        interruption.Take().ShouldBeTrue();
        interruption.Again.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void While_something_must_not_be_left_behind_each_further_signal_is_answered()
    {
        using var interruption = new Interruption(error, clock);
        interruption.AnswerWith("still stopping");
        interruption.Take().ShouldBeTrue();
        clock.Now += 1000;
        interruption.Take().ShouldBeTrue();
        interruption.Take().ShouldBeTrue();
        error.ToString().ShouldBe("still stopping\nstill stopping\n");
        interruption.Again.IsCompleted.ShouldBeTrue();
    }

    public void Dispose() => error.Dispose();

    private sealed class SetClock : TimeProvider
    {
        /// <summary>Milliseconds.</summary>
        public long Now { get; set; } = 1;
        public override long TimestampFrequency => 1000;
        public override long GetTimestamp() => Now;
    }
}
