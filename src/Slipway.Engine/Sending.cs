using System.Security.Cryptography;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine;

/// <summary>Events from people to processes.</summary>
internal static class Sending
{
    /// <summary>How long an answer waits for the event to be folded; it is durable before.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Of an answer that is wrong, and not only old, without the event.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Puts an event into an inbox, and waits for a moment until the loop has folded it.</summary>
    public static Task<OnceResult> SendAsync(this IStore store, ProcessId process, string @event, RequestKey? key, CancellationToken cancel) => store.SendAsync(process, @event, [], key, cancel);

    /// <summary>Likewise with documents that are written in the same transaction.</summary>
    public static async Task<OnceResult> SendAsync(this IStore store, ProcessId process, string @event, IReadOnlyList<DocumentWrite> documents, RequestKey? key, CancellationToken cancel)
    {
        var before = (await store.ReadProcessAsync(process, cancel))?.Sequence ?? 0;
        var append = new Append { Events = [new NewMessage(process, "asked:" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), @event)], Documents = documents };
        var result = await store.AppendOnceAsync(append, key, "sent", cancel);
        if (result is OnceResult.Written)
        {
            await store.AwaitTurnAsync(process, before, cancel);
        }

        return result;
    }

    /// <summary>Waits, for a moment, until a process has gone beyond a sequence number.</summary>
    public static async Task AwaitTurnAsync(this IStore store, ProcessId process, long sequence, CancellationToken cancel)
    {
        var end = store.Now + Patience;
        while (((await store.ReadProcessAsync(process, cancel))?.Sequence ?? 0) <= sequence && store.Now < end)
        {
            await Task.Delay(LookAgain, TimeProvider.System, cancel);
        }
    }

    /// <summary>
    /// Reads until what was sent is to be seen, for a while. A process that has gone on since may have folded only what somebody else had sent before.
    /// </summary>
    /// <returns>What was read last, and whether it is as it should be.</returns>
    public static async Task<(T Read, bool IsSeen)> ReadUntilAsync<T>(this IStore store, Func<Task<T>> read, Func<T, bool> isSeen, CancellationToken cancel)
    {
        for (var end = store.Now + LongPatience; ;)
        {
            var now = await read();
            if (isSeen(now) || store.Now >= end)
            {
                return (now, isSeen(now));
            }

            await Task.Delay(LookAgain, TimeProvider.System, cancel);
        }
    }
}
