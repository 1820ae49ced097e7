using Slipway.Client.Agents;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Connection;

/// <summary>Cuts messages so that each fits into a frame.</summary>
internal static class AgentMessages
{
    // A second with every histogram bucket in use is about 6 KiB of JSON; so many of them, and the totals of their sets, stay well below a frame.
    private const int SecondsPerMessage = 60, SetsPerMessage = 200;

    /// <summary>One reading as one or more messages of the same incarnation and sequence; together they say what it said.</summary>
    public static IEnumerable<AgentTrafficReport> Split(RouterCounts counts)
    {
        var batch = new List<VersionSetCounts>();
        var seconds = 0;
        foreach (var piece in counts.Sets.SelectMany(Pieces))
        {
            if (batch.Count > 0 && (batch.Count >= SetsPerMessage || seconds + piece.Seconds.Count > SecondsPerMessage))
            {
                yield return new() { Counts = counts with { Sets = [.. batch] }, More = true };
                batch.Clear();
                seconds = 0;
            }
            batch.Add(piece);
            seconds += piece.Seconds.Count;
        }
        // Also without anything in it: that nothing was counted up to now is news too.
        yield return new() { Counts = counts with { Sets = [.. batch] } };
    }

    /// <summary>A report whose reasons are cut short: what is, is said in full; why, only as far as there is room.</summary>
    public static AgentReport Shorten(AgentReport report) => report with
    {
        VersionSets = [.. report.VersionSets.Select(set => set with
        {
            Failure = Shorten(set.Failure),
            Instances = [.. set.Instances.Select(instance => instance with { Failure = Shorten(instance.Failure) })],
        })],
        Jobs = [.. report.Jobs.Select(job => job with { Reason = Shorten(job.Reason), Steps = [.. job.Steps.Select(step => step with { Note = Shorten(step.Note) })] })],
    };

    private static string? Shorten(string? text) => text is { Length: > 120 } ? text[..120] + "…" : text;

    private static InstanceFailure? Shorten(InstanceFailure? failure) =>
        failure is { Reason.Length: > 120 } ? failure with { Reason = failure.Reason[..120] + "…" } : failure;

    private static IEnumerable<VersionSetCounts> Pieces(VersionSetCounts set) =>
        set.Seconds.Count <= SecondsPerMessage ? [set] : set.Seconds.Chunk(SecondsPerMessage).Select(chunk => set with { Seconds = chunk });
}
