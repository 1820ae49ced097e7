using System.Collections.Concurrent;

namespace Slipway.Engine.Access;

/// <summary>Tells what runs under a token (event streams, agents' connections) that the token is gone.</summary>
public sealed class Revocations
{
    private readonly ConcurrentDictionary<Watch, byte> watches = new();

    /// <summary>Begins to watch a token; dispose it when the stream ends.</summary>
    public Watch Of(string token)
    {
        var watch = new Watch(this, token);
        watches[watch] = 0;
        return watch;
    }

    public void Announce(IReadOnlyCollection<string> tokens)
    {
        foreach (var watch in watches.Keys.Where(w => tokens.Contains(w.Token)))
        {
            watch.Cut();
        }
    }

    /// <summary>One stream's view of its token.</summary>
    public sealed class Watch : IDisposable
    {
        private readonly CancellationTokenSource source = new();
        private readonly Revocations owner;

        internal Watch(Revocations owner, string token)
        {
            this.owner = owner;
            Token = token;
            Revoked = source.Token;
        }

        public string Token { get; }

        /// <summary>Cancelled when the token is revoked.</summary>
        public CancellationToken Revoked { get; }

        // Whoever takes the watch out disposes its source, so that a stream that ends while it is being cut is not cancelled after that.
        public void Dispose()
        {
            if (owner.watches.TryRemove(this, out _))
            {
                source.Dispose();
            }
        }

        internal void Cut()
        {
            if (owner.watches.TryRemove(this, out _))
            {
                source.Cancel();
                source.Dispose();
            }
        }
    }
}
