namespace Slipway.Cli.Terminal;

/// <summary>
/// What Ctrl-C and SIGTERM mean. The first one asks what runs to end well; another one ends the program the hard way, unless it is stopping what it would leave behind: then
/// it is answered with a word.
/// </summary>
internal sealed class Interruption(TextWriter error, TimeProvider time) : IDisposable
{
    /// <summary>Some programs, such as <c>timeout</c>, signal a process and at once its group too: that is one wish, not two.</summary>
    private static readonly TimeSpan SameWish = TimeSpan.FromMilliseconds(300);
    private readonly CancellationTokenSource first = new();
    private readonly TaskCompletionSource again = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private long? firstAt;
    private string? word;

    public CancellationToken Token => first.Token;

    /// <summary>Ends when another signal has been answered with a word.</summary>
    public Task Again => again.Task;

    /// <summary>From now on another signal does not end the program but is answered with this.</summary>
    public void AnswerWith(string text)
    {
        lock (gate)
        {
            word = text;
        }
    }

    /// <returns>Whether the signal was taken; else it does what it does by itself.</returns>
    public bool Take()
    {
        lock (gate)
        {
            if (firstAt is { } at)
            {
                return time.GetElapsedTime(at) < SameWish || Answered();
            }

            firstAt = time.GetTimestamp();
        }

        first.Cancel();
        return true;
    }

    public void Dispose() => first.Dispose();

    private bool Answered()
    {
        if (word is null)
        {
            return false;
        }

        error.WriteLine(word);
        again.TrySetResult();
        return true;
    }
}
