namespace Slipway.Core.Analysis.Metrics;

/// <summary>A check of a metric source's numbers: a fold of measurements, the same for the same ones.</summary>
public interface IMeasuredCheck
{
    /// <summary>No further measurement can change what it says.</summary>
    bool IsOver { get; }

    /// <summary>Takes in the next one; they come in the order of their numbers.</summary>
    void Fold(Measurement measurement);

    CheckResult Result();
}
