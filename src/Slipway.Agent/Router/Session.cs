namespace Slipway.Agent.Router;

/// <summary>The session of one request, and what the request is to the session's counts.</summary>
/// <param name="memory">Of the comparison that the request started in.</param>
/// <param name="key">The session in that comparison.</param>
/// <param name="setCookie">The cookie that names it, when the client has to be given one; else null.</param>
internal sealed class Session(SessionMemory memory, ulong key, string? setCookie)
{
    private bool isFirst;

    public string? SetCookie => setCookie;

    /// <returns>The second that the request counts in; null when it counts in none so far.</returns>
    public SecondTally? Start(Tally tally, long second, int stripe)
    {
        tally.StartTotal(stripe);
        isFirst = memory.Begin(key);
        return isFirst ? tally.StartSecond(second, stripe) : null;
    }

    public void Settle(Tally tally, SecondTally? started, long nowSecond, Outcome outcome, bool error, double? micros, int stripe)
    {
        var bad = error || outcome is Outcome.ConnectFailures or Outcome.TimedOut;
        if (isFirst && started is not null)
        {
            if (bad && !memory.Fail(key))
            {
                // Another request of the session was bad before this one ended: that one counts, and this one never was a unit.
                tally.SettleSecond(started, nowSecond, Outcome.ClientGone, error: false, null, stripe);
            }
            else
            {
                if (outcome is Outcome.ClientGone or Outcome.NotServing)
                {
                    memory.Unsee(key);
                }

                tally.SettleSecond(started, nowSecond, outcome, error, micros, stripe);
            }
        }
        else if (bad && memory.Fail(key))
        {
            tally.SettleSecond(tally.StartSecond(nowSecond, stripe), nowSecond, outcome, error, null, stripe);
        }

        tally.SettleTotal(outcome, error, micros, stripe);
    }
}
