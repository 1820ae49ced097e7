using System.Text;
using Slipway.Server.Pipelines;

namespace Slipway.Server.Tests;

/// <summary>What is told of a log's end beside a failure.</summary>
public sealed class JobLogEndTests : IDisposable
{
    private readonly TemporaryFolder data = new();
    private readonly JobLogs logs;

    public JobLogEndTests() => logs = new(new ServerOptions { DataDirectory = data.Path, Port = 0, WebRoot = data.Path });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => data.Dispose();

    [Fact]
    public async Task A_log_that_is_not_there_or_says_nothing_of_the_step_has_no_end()
    {
        (await logs.LastLinesAsync("run", "job", 1, Cancel)).ShouldBeNull();
        (await EndOfAsync("1000 -1 ## checked out\n2000 0 ## step begins\n2001 0  \n2002 0 \u001b[0m\n")).ShouldBeNull();
        (await EndOfAsync("")).ShouldBeNull();
    }

    [Fact]
    public async Task The_last_five_lines_of_the_step_are_told_in_one()
    {
        var lines = string.Concat(Enumerable.Range(1, 9).Select(i => $"{i}000 0 line {i}\n"));
        (await EndOfAsync($"{lines}9500 0 \n9600 0 ## exit status 1\n9700 -1 ## the agent ends\n")).ShouldBe("line 5 / line 6 / line 7 / line 8 / line 9");
        // One that has not come whole yet, and one that is another step's.
        (await EndOfAsync("1000 0 one\n1001 1 other\n1002 0 tw")).ShouldBe("one / tw");
    }

    [Fact]
    public async Task Nothing_in_it_is_an_order_to_a_terminal()
    {
        (await EndOfAsync("1 0 \u001b[31mred\u001b[0m \u0007bell\n2 0 10 %\r20 %\n3 0 \u001b[2J\u001b[1;1Hgone\n")).ShouldBe("red  bell / 10 % 20 % / gone");
    }

    [Fact]
    public async Task Long_lines_are_cut_at_their_beginning_and_only_the_end_of_a_long_log_is_read()
    {
        var told = (await EndOfAsync($"1 0 {new string('a', 700)}the end\n")).ShouldNotBeNull();
        told.ShouldBe($"…{new string('a', 493)}the end");

        // The tail begins in the middle of a line, and of a character.
        var far = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i} 0 ünïcödé ☃ {i}\n"));
        (await EndOfAsync(far)).ShouldBe("ünïcödé ☃ 1995 / ünïcödé ☃ 1996 / ünïcödé ☃ 1997 / ünïcödé ☃ 1998 / ünïcödé ☃ 1999");

        // One line that fills all that is read has its time and its step's number further back: it is told as no line of the step.
        (await EndOfAsync($"1 0 {new string('b', 40_000)}\n2 0 after it\n")).ShouldBe("after it");
    }

    private async Task<string?> EndOfAsync(string log)
    {
        var run = $"run-{Guid.NewGuid():N}";
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(log));
        (await logs.AppendAsync(run, "job", 1, 0, bytes, Cancel)).Taken.ShouldBeTrue();
        return await logs.LastLinesAsync(run, "job", 1, Cancel);
    }
}
