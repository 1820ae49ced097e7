using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>The outcomes of <see cref="OutcomeCounts"/>.</summary>
internal enum Outcome
{
    Started = 0,
    Finished = 1,
    Errors5xx = 2,
    ConnectFailures = 3,
    TimedOut = 4,
    ClientGone = 5,
    NotServing = 6,
}

/// <summary>Striped outcome counters.</summary>
internal sealed class OutcomeCells
{
    // Eight longs fill a cache line; the first line is left empty so that no stripe shares one with the array's header.
    private const int Line = 8;
    private readonly long[] cells = new long[Line * (Stripes.Count + 1)];

    public void Add(Outcome outcome, int stripe) => Interlocked.Increment(ref cells[Line * (stripe + 1) + (int)outcome]);

    /// <summary>
    /// Errors are read before what is finished, and what is finished before what is started, while they are written in the opposite order: no reading shows more
    /// errors than answers, or more outcomes than requests.
    /// </summary>
    public OutcomeCounts Read()
    {
        var errors = Sum(Outcome.Errors5xx);
        var finished = Sum(Outcome.Finished);
        var connectFailures = Sum(Outcome.ConnectFailures);
        var timedOut = Sum(Outcome.TimedOut);
        var clientGone = Sum(Outcome.ClientGone);
        var notServing = Sum(Outcome.NotServing);
        return new OutcomeCounts(Sum(Outcome.Started), finished, errors, connectFailures, timedOut, clientGone, notServing);
    }

    private long Sum(Outcome outcome)
    {
        long sum = 0;
        for (var stripe = 1; stripe <= Stripes.Count; stripe++)
        {
            sum += Volatile.Read(ref cells[Line * stripe + (int)outcome]);
        }

        return sum;
    }
}
