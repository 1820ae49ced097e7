using System.Numerics;

namespace Slipway.Agent.Router;

/// <summary>
/// Counters and lists are kept once per stripe, and a thread works on the stripe of the processor it runs on, so that processors do not wait for each other's cache lines.
/// A thread may move between choosing a stripe and using it: every access is atomic or locked all the same.
/// </summary>
internal static class Stripes
{
    public static readonly int Count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 16));
    public static int Current => Thread.GetCurrentProcessorId() & (Count - 1);
}
