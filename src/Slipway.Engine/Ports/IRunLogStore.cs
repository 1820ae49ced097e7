namespace Slipway.Engine.Ports;

/// <summary>The logs of runs, as far as keeping them goes.</summary>
public interface IRunLogStore
{
    /// <summary>Runs of which there are logs, with their bytes, in no order.</summary>
    IEnumerable<(string Run, long Bytes)> List();

    /// <summary>Removes all logs of a run. What comes while they are removed stays.</summary>
    /// <exception cref="StoreUnavailableException">The disk fails.</exception>
    void Remove(string run);
}
