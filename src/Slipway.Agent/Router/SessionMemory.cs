namespace Slipway.Agent.Router;

/// <summary>
/// The sessions that one comparison has seen, and which of them were bad. Bounded: above the limit those seen first are forgotten, and count as new when they come again. Kept in
/// parts with a lock each, so that requests seldom wait for one another.
/// </summary>
internal sealed class SessionMemory
{
    private const int Parts = 16;
    private readonly Part[] parts;

    public SessionMemory(int limit)
    {
        parts = new Part[Parts];
        for (var i = 0; i < Parts; i++)
        {
            parts[i] = new Part(Math.Max(1, limit / Parts));
        }
    }

    private enum Standing : byte
    {
        /// <summary>Its first request came to nothing: the next one is the first again.</summary>
        New,
        Seen,
        Bad,
    }

    public long Forgotten => parts.Sum(part => part.Forgotten);
    public long Count => parts.Sum(part => (long)part.Count);

    /// <summary>A request of the session begins; true when it is its first.</summary>
    public bool Begin(ulong session)
    {
        var part = PartOf(session);
        lock (part)
        {
            if (part.Find(session) is Standing.Seen or Standing.Bad)
            {
                return false;
            }

            part.Put(session, Standing.Seen);
            return true;
        }
    }

    /// <summary>A request of the session was bad; true when it is its first that was.</summary>
    public bool Fail(ulong session)
    {
        var part = PartOf(session);
        lock (part)
        {
            if (part.Find(session) is Standing.Bad)
            {
                return false;
            }

            part.Put(session, Standing.Bad);
            return true;
        }
    }

    /// <summary>The session's first request was nobody's: it has not been seen after all.</summary>
    public void Unsee(ulong session)
    {
        var part = PartOf(session);
        lock (part)
        {
            if (part.Find(session) is Standing.Seen)
            {
                part.Put(session, Standing.New);
            }
        }
    }

    // The upper bits are those that decide on the version.
    private Part PartOf(ulong session) => parts[session % Parts];

    private sealed class Part(int limit)
    {
        private readonly Dictionary<ulong, Standing> standings = [];
        private readonly Queue<ulong> inOrder = new();
        private long forgotten;

        public long Forgotten => Interlocked.Read(ref forgotten);
        public int Count => Volatile.Read(ref count);
        private int count;

        public Standing? Find(ulong session) => standings.TryGetValue(session, out var standing) ? standing : null;

        public void Put(ulong session, Standing standing)
        {
            if (!standings.ContainsKey(session))
            {
                if (inOrder.Count >= limit)
                {
                    standings.Remove(inOrder.Dequeue());
                    Interlocked.Increment(ref forgotten);
                }

                inOrder.Enqueue(session);
                Volatile.Write(ref count, inOrder.Count);
            }

            standings[session] = standing;
        }
    }
}
