namespace Slipway.Agent.Jobs;

/// <summary>How far an attempt is. On disk first, then told.</summary>
internal sealed class JobProgress(JobRecord record, JobStore store, Action changed)
{
    private volatile JobRecord _record = record;

    public JobRecord Record => _record;

    /// <exception cref="IOException">It could not be written, and nothing has changed.</exception>
    public void Save(JobRecord next, bool flush)
    {
        store.Save(next, flush);
        Show(next);
    }

    /// <summary>In memory alone: of no consequence if the agent ends now, or the last that can be done when the disk fails.</summary>
    public void Show(JobRecord next)
    {
        _record = next;
        changed();
    }
}
