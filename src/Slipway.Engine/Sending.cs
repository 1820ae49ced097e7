using System.Security.Cryptography;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine;

/// <summary>Events from people to processes.</summary>
internal static class Sending
{
    /// <summary>How long an answer waits for the event to be folded; it is durable before.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Of an answer that is wrong, and not only old, without the event.</summary>
    public static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Puts an event into an inbox, and waits for a moment until the loop has folded it.</summary>
    public static Task<OnceResult> SendAsync(this IStore store, ProcessId process, string @event, RequestKey? key, CancellationToken cancel) => store.SendAsync(process, @event, [], key, cancel);

    /// <summary>Likewise with documents that are written in the same transaction.</summary>
    public static async Task<OnceResult> SendAsync(this IStore store, ProcessId process, string @event, IReadOnlyList<DocumentWrite> documents, RequestKey? key, CancellationToken cancel)
    {
        var append = new Append { Events = [new NewMessage(process, "asked:" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), @event)], Documents = documents };
        var result = await store.AppendOnceAsync(append, key, "sent", cancel);
        if (result is OnceResult.Written written)
        {
            // A process that has gone on since may have folded only what somebody else had sent before.
            await store.ReadUntilAsync(() => store.HasFoldedAsync(process, written.Number, cancel), hasFolded => hasFolded, Patience, cancel);
        }

        return result;
    }

    /// <summary>Reads until what is waited for is to be seen, for a while.</summary>
    /// <returns>What was read last, and whether it is as it should be.</returns>
    public static async Task<(T Read, bool IsSeen)> ReadUntilAsync<T>(this IStore store, Func<Task<T>> read, Func<T, bool> isSeen, TimeSpan patience, CancellationToken cancel)
    {
        for (var end = store.Now + patience; ;)
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
