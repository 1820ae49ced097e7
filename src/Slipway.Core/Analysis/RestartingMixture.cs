using System.Numerics;

namespace Slipway.Core.Analysis;

/// <summary>
/// A test martingale for "each trial succeeds with probability at most p", p given anew with each batch of trials: the average of likelihood ratios against
/// 24 alternatives whose odds are 1.2 to 12 times those of p, in copies of which one starts at once and one more each minute. Half of the weight is the first
/// copy's, w_k = ½/(2.10975·(k+1)·ln²(k+1)) that of minute k's, which sums to ½ over all minutes (Σ 1/(n·ln² n) from 2 = 2.10974). Weight that has not started counts
/// as itself. So the evidence is 1 in expectation whenever one looks, and by Ville's inequality reaches 1/α with probability at most α. Lindon and Malek (arXiv 2011.03567).
/// Copies of one alternative share their factors from then on, so one logarithm per alternative holds them all: constant memory, however long it runs.
/// </summary>
internal sealed class RestartingMixture
{
    public const int Alternatives = 24;
    public const int RestartSeconds = 60;
    private const double SeriesSum = 2.10975;
    private static readonly double[] LogOddsRatios = [.. Enumerable.Range(0, Alternatives).Select(j => Math.Log(1.2) + (j * Math.Log(10) / (Alternatives - 1)))];

    private readonly double[] logs = new double[Alternatives];
    private double startedWeight;
    private long anchor;
    private long lastMinute = -1;

    public bool HasBegun => lastMinute >= 0;

    /// <summary>The second of the first copy.</summary>
    public long Anchor => anchor;

    /// <summary>log(1 + p·(odds ratio − 1)) for each alternative: what one trial costs it.</summary>
    public static void FillCosts(double probability, double[] costs)
    {
        for (var j = 0; j < Alternatives; j++)
        {
            costs[j] = Math.Log(1 + (probability * (Math.Exp(LogOddsRatios[j]) - 1)));
        }
    }

    /// <summary>True when a copy starts at or before this second.</summary>
    public bool IsRestartDue(long second) => !HasBegun || second >= anchor + ((lastMinute + 1) * RestartSeconds);

    /// <summary>Starts the copies that are due. The answer has a bit for each alternative whose new copies weigh more than all its older ones.</summary>
    public uint StartCopies(long second)
    {
        if (!HasBegun)
        {
            anchor = second;
            lastMinute = 0;
            startedWeight = 0.5;
            Array.Fill(logs, Math.Log(0.5));
            return uint.MaxValue;
        }

        double weight = 0;
        while (IsRestartDue(second))
        {
            lastMinute++;
            var log = Math.Log(lastMinute + 1);
            weight += 0.5 / (SeriesSum * (lastMinute + 1) * log * log);
        }

        startedWeight += weight;
        var newest = Math.Log(weight);
        uint renewed = 0;
        for (var j = 0; j < Alternatives; j++)
        {
            if (newest > logs[j])
            {
                renewed |= 1u << j;
            }

            logs[j] = Logs.Add(logs[j], newest);
        }

        return renewed;
    }

    /// <summary>Takes in trials of one probability, whose costs are given.</summary>
    public void Fold(double successes, double trials, double[] costs)
    {
        var s = new Vector<double>(successes);
        var n = new Vector<double>(trials);
        for (var j = 0; j < Alternatives; j += Vector<double>.Count)
        {
            var updated = new Vector<double>(logs, j) + (s * new Vector<double>(LogOddsRatios, j)) - (n * new Vector<double>(costs, j));
            updated.CopyTo(logs, j);
        }
    }

    /// <summary>
    /// Whether the evidence is at least the limit. The average is at most the greatest, so that nothing is exponentiated while all are far below.
    /// </summary>
    public bool Reaches(double limit)
    {
        if (!HasBegun)
        {
            return false;
        }

        var near = Math.Log(limit - (1 - startedWeight));
        foreach (var log in logs)
        {
            if (log >= near)
            {
                return LogEvidence() >= Math.Log(limit);
            }
        }

        return false;
    }

    /// <summary>The natural logarithm of the evidence.</summary>
    public double LogEvidence() => HasBegun
        ? Logs.Add(Logs.SumOfExp(logs) - Math.Log(Alternatives), Math.Log(Math.Max(1 - startedWeight, double.Epsilon)))
        : 0;

    /// <summary>The alternative that the evidence speaks for most.</summary>
    public int Strongest()
    {
        var best = 0;
        for (var j = 1; j < Alternatives; j++)
        {
            best = logs[j] > logs[best] ? j : best;
        }

        return best;
    }

    public void CopyFrom(RestartingMixture other)
    {
        other.logs.CopyTo(logs, 0);
        (startedWeight, anchor, lastMinute) = (other.startedWeight, other.anchor, other.lastMinute);
    }
}
