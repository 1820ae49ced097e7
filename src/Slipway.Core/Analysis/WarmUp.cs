namespace Slipway.Core.Analysis;

/// <summary>
/// The seconds right after each rise of the new version's share: instances that came with it are cold and queues still long, so latencies are those of a start and not of a version. Which
/// seconds these are follows from the weights alone, never from what was counted in them, so leaving them out costs no guarantee.
/// </summary>
/// <param name="length">How long each of them is; zero: there are none.</param>
internal sealed class WarmUp(TimeSpan length)
{
    private readonly long seconds = (long)Math.Ceiling(length.TotalSeconds);

    /// <summary>Where each share above all before it was first seen; both rise. Weights are whole percentages, so there are few.</summary>
    private readonly List<(double Share, long Second)> rises = [];

    public bool HasBegun => rises.Count > 0;

    public void Note(long second, double share)
    {
        if (share <= 0 || rises.Exists(rise => rise.Second <= second && rise.Share >= share))
        {
            return;
        }

        rises.RemoveAll(rise => rise.Second >= second && rise.Share <= share);
        rises.Add((share, second));
    }

    public bool Covers(long second) => rises.Exists(rise => rise.Second <= second && second < rise.Second + seconds);
}
