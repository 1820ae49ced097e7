using System.Diagnostics;

namespace Slipway.Agent.Tests.Harness;

/// <summary>Waits for what is true in the end, with a bound that a loaded machine keeps too.</summary>
internal static class Until
{
    public static async Task<T> TrueAsync<T>(Func<T?> look, TimeSpan patience, Func<string> whyNot) where T : class
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (look() is { } found)
            {
                return found;
            }
            if (Stopwatch.GetElapsedTime(began) > patience)
            {
                throw new TimeoutException($"not within {patience}: {whyNot()}");
            }
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> look, string what) => TrueAsync(() => look() ? what : null, TimeSpan.FromSeconds(60), () => what);
}
