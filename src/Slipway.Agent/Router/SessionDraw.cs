using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>
/// Which version set a lane's sessions are on. A session's place u in [0, 1) is the first 64 bits of SHA-256(id ‖ SHA-256(lane, comparison)) / 2^64. Canaries take the places from 0
/// up, baselines those from 1 down, stable what is between: when a canary's weight rises, sessions of stable go over to it and none comes back. Every router draws the same.
/// </summary>
internal sealed class SessionDraw
{
    private const int IdBytes = 16, IdLength = 2 * IdBytes;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789abcdef");

    // By percent; empty when no version set has weight.
    private readonly ServingSet[] places;
    private readonly byte[] seed;
    private readonly SessionMemory memory;
    private readonly string attributes;

    /// <param name="memories">Keeps the memory while the comparison goes on.</param>
    public SessionDraw(RouterLane lane, IReadOnlyList<ServingSet> sets, RouterSticky sticky, LaneMemory memories)
    {
        places = [.. sets.Where(s => s.Weight > 0).OrderBy(Order).SelectMany(s => Enumerable.Repeat(s, s.Weight))];

        // Without a canary nothing is being tried: sessions keep the places that they have whichever stable versions share them.
        var canary = sets.FirstOrDefault(s => s is { Weight: > 0, Tally.Key.Arm: "canary" })?.Name ?? "";
        seed = SHA256.HashData(Encoding.UTF8.GetBytes($"{lane.Lane}\n{canary}"));

        // One version set with all the traffic is compared with nothing beside it, only with what was before: its sessions are counted anew, or those that were seen during the
        // comparison would count only when they are bad.
        var divided = places.Length > 0 && places[0] != places[^1];
        memory = memories.Sessions(divided ? $"canary {canary}" : $"alone {(places.Length > 0 ? places[0].Name : "")}");
        attributes = string.Create(CultureInfo.InvariantCulture, $"; Max-Age={(long)sticky.MaxAge.TotalSeconds}; Path=/; HttpOnly; SameSite=Lax");
    }

    /// <summary>The version set of the request's session, or of a new one when it has none; null when no version set has weight.</summary>
    public (ServingSet? Set, Session? Session) Draw(HttpRequest request)
    {
        if (places.Length == 0)
        {
            return default;
        }

        Span<byte> message = stackalloc byte[IdBytes + SHA256.HashSizeInBytes];
        var id = message[..IdBytes];
        string? setCookie = null;
        if (!TryReadId(request.Headers.Cookie, id))
        {
            RandomNumberGenerator.Fill(id);
            setCookie = $"{RouterSticky.Cookie}={Convert.ToHexStringLower(id)}{attributes}{(IsHttps(request) ? "; Secure" : "")}";
        }

        seed.CopyTo(message[IdBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, hash);
        var place = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return (places[(int)Math.BigMul(place, (ulong)places.Length, out _)], new Session(memory, place, setCookie));
    }

    private static int Order(ServingSet set) => set.Tally.Key.Arm switch { "canary" => 0, "baseline" => 2, _ => 1 };

    // The first cookie of the name that is one of ours; a client may send others of the name, from another path or made up.
    private static bool TryReadId(StringValues cookies, Span<byte> id)
    {
        foreach (var cookie in new RequestCookies(cookies))
        {
            if (cookie.Name.SequenceEqual(RouterSticky.Cookie) && cookie.Value.Length == IdLength && !cookie.Value.ContainsAnyExcept(IdCharacters)
                && Convert.FromHexString(cookie.Value, id, out _, out _) == OperationStatus.Done)
            {
                return true;
            }
        }

        return false;
    }

    // Of several proxies the first one saw the client.
    private static bool IsHttps(HttpRequest request)
    {
        var said = request.Headers["X-Forwarded-Proto"].ToString().AsSpan();
        var comma = said.IndexOf(',');
        return request.IsHttps || (comma < 0 ? said : said[..comma]).Trim().Equals("https", StringComparison.OrdinalIgnoreCase);
    }
}
