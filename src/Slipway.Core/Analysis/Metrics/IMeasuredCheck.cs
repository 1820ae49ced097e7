using Slipway.Core.Rollouts;

namespace Slipway.Core.Analysis.Metrics;

/// <summary>A check of a metric source's numbers: a fold of measurements, the same for the same ones.</summary>
public interface IMeasuredCheck
{
    /// <summary>No further measurement can change what it says.</summary>
    bool IsOver { get; }

    /// <summary>Takes in the next one; they come in the order of their numbers.</summary>
    void Fold(Measurement measurement);

    CheckResult Result();

    /// <summary>What it made of each measurement, in their order.</summary>
    static CheckTrace Trace(CheckSpec check, AnalysisSettings settings, IEnumerable<Measurement> measurements)
    {
        var fold = Of(check, settings);
        var evidence = new EvidenceTrace();
        var told = new List<TracedMeasurement>();
        foreach (var measurement in measurements)
        {
            fold.Fold(measurement);
            if (fold is CountsCheck { Judged: { } bin } counts)
            {
                evidence.Add(bin, counts.Log10Evidence);
            }
            else if (fold is not CountsCheck)
            {
                told.Add(fold.Last ?? throw new InvalidOperationException($"{check.Title} has folded a measurement and tells nothing of it."));
            }
        }

        var result = fold.Result();
        return new(check.Kind, result, evidence.Points(result.Limit, settings.Dispersion), told);
    }

    static IMeasuredCheck Of(CheckSpec check, AnalysisSettings settings) => check.Kind switch
    {
        CheckKind.Counts => new CountsCheck(check, settings),
        CheckKind.Threshold => new ThresholdCheck(check),
        CheckKind.MannWhitney => new RankCheck(check),
        _ => throw new ArgumentOutOfRangeException(nameof(check), check.Kind, "Not a measured check."),
    };

    /// <summary>What it made of the last measurement; null: there was none, or it counts.</summary>
    TracedMeasurement? Last { get; }
}
