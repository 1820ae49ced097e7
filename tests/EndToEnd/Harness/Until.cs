using System.Diagnostics;

namespace EndToEnd.Harness;

/// <summary>Waits for what must come, with an end.</summary>
internal static class Until
{
    public static async Task<TimeSpan> True(Func<Task<bool>> condition, string what, TimeSpan? patience = null, Func<string>? context = null)
    {
        var limit = patience ?? TimeSpan.FromMinutes(2);
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain for {what}. {context?.Invoke()}");
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    public static Task<TimeSpan> True(Func<bool> condition, string what, TimeSpan? patience = null, Func<string>? context = null) =>
        True(() => Task.FromResult(condition()), what, patience, context);
}
