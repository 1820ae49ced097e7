using Slipway.Cli.Terminal;

namespace Slipway.Cli.Tests.Terminal;

public sealed class ToldTests
{
    private const string Verdict = "errors: canary 19.2 % vs stable 0 %, ratio at least 4.6, certain beyond 1 in 100 after 3 s";
    private readonly Told told = new();

    [Fact]
    public void A_long_sentence_is_told_once_and_referred_to_after_that()
    {
        told.Once($"shop@3.0.0 was judged failed: {Verdict}.", [Verdict, "failed"], "see 153").ShouldBe($"shop@3.0.0 was judged failed: {Verdict}.");
        told.Once($"The rollout was rolled back: {Verdict}.", ["rolledBack", Verdict], "see 157").ShouldBe("The rollout was rolled back: see 153.");
    }

    [Fact]
    public void What_is_new_around_it_stays()
    {
        told.Add(Verdict, "see above");

        told.Once($"Slipway holds shop@3.0.0 in prod: 3.0.0 failed here: {Verdict}.", [$"3.0.0 failed here: {Verdict}"], "see 158").ShouldBe("Slipway holds shop@3.0.0 in prod: 3.0.0 failed here: see above.");
    }

    [Fact]
    public void A_part_of_what_was_told_is_told()
    {
        told.Add($"{Verdict}; latency p50: as slow as stable", "see above");

        told.Once(Verdict, [Verdict], "see 2").ShouldBe("see above");
    }

    [Fact]
    public void Short_ones_are_said_again()
    {
        told.Add("approved by ann", "see above");

        told.Once("The gate is open: approved by ann.", ["approved by ann"], "see 2").ShouldBe("The gate is open: approved by ann.");
    }
}
