namespace Slipway.Client.Api;

/// <summary>The last event of a log's stream, <c>end</c>: the attempt has ended, and all that it wrote has come.</summary>
public sealed record JobLogEnd
{
    public required int Attempt { get; init; }
    public required JobStateView State { get; init; }

    /// <summary>The attempt that follows, because the job is tried or run again; null: none.</summary>
    public int? Next { get; init; }
}
