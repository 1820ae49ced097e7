using System.Diagnostics;

namespace Slipway.Agent.Router;

/// <summary>
/// The requests under way, in striped lists, so that one that hangs is seen while it hangs. A request is taken out of its list before its outcome is counted, and a
/// reading takes counts first and this second: it never sees one request in both.
/// </summary>
internal sealed class InFlight
{
    private readonly Stripe[] stripes;
    private readonly TimeProvider time;

    public InFlight(TimeProvider time)
    {
        this.time = time;
        stripes = new Stripe[Stripes.Count];
        for (var i = 0; i < stripes.Length; i++)
        {
            stripes[i] = new Stripe();
        }
    }

    public void Enter(Passage passage)
    {
        var index = Stripes.Current;
        passage.CountStarted(index);
        var stripe = stripes[index];
        lock (stripe)
        {
            Debug.Assert(passage.Stripe is null);
            passage.Stripe = stripe;
            passage.Next = stripe.First;
            if (stripe.First is { } first)
            {
                first.Previous = passage;
            }

            stripe.First = passage;
        }
    }

    /// <summary>False when it has been settled before.</summary>
    public static bool Leave(Passage passage)
    {
        if (passage.Stripe is not { } stripe)
        {
            return false;
        }

        lock (stripe)
        {
            return stripe.Remove(passage);
        }
    }

    /// <summary>Gives up what is past its timeout: counted at once, stopped right after.</summary>
    public void Sweep()
    {
        var now = time.GetTimestamp();
        List<Passage>? overdue = null;
        foreach (var stripe in stripes)
        {
            if (Volatile.Read(ref stripe.First) is null)
            {
                continue;
            }

            lock (stripe)
            {
                for (var passage = stripe.First; passage is not null;)
                {
                    var next = passage.Next;
                    if (passage.GiveUpIfOverdue(now))
                    {
                        stripe.Remove(passage);
                        (overdue ??= []).Add(passage);
                    }

                    passage = next;
                }
            }
        }

        foreach (var passage in overdue ?? [])
        {
            passage.StopOverdue(now);
        }
    }

    /// <summary>Age of every request under way that a second counts.</summary>
    public List<(Tally Tally, long Second, TimeSpan Age)> Read()
    {
        var now = time.GetTimestamp();
        List<(Tally, long, TimeSpan)> all = [];
        foreach (var stripe in stripes)
        {
            lock (stripe)
            {
                for (var passage = stripe.First; passage is not null; passage = passage.Next)
                {
                    if (passage is { Tally: { } tally, StartedSecond: { } second })
                    {
                        all.Add((tally, second, passage.Age(now)));
                    }
                }
            }
        }

        return all;
    }

    /// <summary>A list of its own with a lock of its own (itself).</summary>
    internal sealed class Stripe
    {
        public Passage? First;

        /// <summary>Under the lock only. False when it is not in the list any more.</summary>
        public bool Remove(Passage passage)
        {
            if (passage.Stripe is null)
            {
                return false;
            }

            if (passage.Previous is { } previous)
            {
                previous.Next = passage.Next;
            }
            else
            {
                First = passage.Next;
            }

            if (passage.Next is { } next)
            {
                next.Previous = passage.Previous;
            }

            passage.Previous = passage.Next = null;
            passage.Stripe = null;
            return true;
        }
    }
}
