namespace Slipway.Core.Analysis;

/// <summary>
/// The seconds right after each rise of the new version's share: instances that came with it are cold and queues still long, so latencies are those of a start and not of a version. A start takes
/// no second, and a version that hangs must not have so much time: in these seconds a request is slow when it took longer than a test's threshold by <see cref="Patience"/>.
/// </summary>
/// <remarks>
/// Which seconds these are follows from the weights alone, never from what was counted in them, and the limit is the same for both arms: given the slow requests of such a second, each fell on the
/// canary with the known share, as in any other second by its own limit. So the test goes on through both kinds of seconds as one martingale. Its null is that in each second the canary is slow, by
/// that second's limit, no more than r0 times as often as stable.
/// </remarks>
/// <param name="length">How long each of them is; zero: there are none.</param>
internal sealed class WarmUp(TimeSpan length)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly long seconds = (long)Math.Ceiling(length.TotalSeconds);

    /// <summary>Where each share above all before it was first seen; both rise. Of those too long ago to cover a second that is open, the last alone.</summary>
    private readonly List<(double Share, long Second)> rises = [];

    public void Note(long second, double share)
    {
        if (share <= 0 || rises.Exists(rise => rise.Second <= second && rise.Share >= share))
        {
            return;
        }

        rises.RemoveAll(rise => rise.Second >= second && rise.Share <= share);
        rises.Add((share, second));
        var past = rises.FindLastIndex(rise => rise.Second + seconds + OpenSeconds.LongestSeconds < second);
        if (past > 0)
        {
            rises.RemoveRange(0, past);
        }
    }

    public bool Covers(long second) => rises.Exists(rise => rise.Second <= second && second < rise.Second + seconds);
}
