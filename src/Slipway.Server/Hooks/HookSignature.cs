using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Slipway.Engine.Hooks;

namespace Slipway.Server.Hooks;

/// <summary>Signatures of deliveries, compared in a time that tells nothing.</summary>
internal static class HookSignature
{
    private const string Sha256 = "sha256=", Version1 = "v1,";

    /// <summary>Whether it has the form <c>sha256=</c> and 64 hexadecimal digits.</summary>
    public static bool IsSha256(string? header) =>
        header is not null && header.StartsWith(Sha256, StringComparison.Ordinal) && header.Length == Sha256.Length + (2 * HMACSHA256.HashSizeInBytes) && header.AsSpan(Sha256.Length).IndexOfAnyExcept(HexDigits) < 0;

    /// <summary>The HMAC-SHA256 of the body by the secret as text.</summary>
    /// <param name="header">One that <see cref="IsSha256"/> takes.</param>
    public static bool Sha256Fits(string header, ReadOnlySpan<byte> body, string secret) =>
        CryptographicOperations.FixedTimeEquals(Convert.FromHexString(header.AsSpan(Sha256.Length)), HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    /// <summary>As Standard Webhooks has it: <c>v1,BASE64</c>, several of them apart by spaces, of <c>id.timestamp.body</c> by the bytes of the secret.</summary>
    public static bool StandardFits(string? id, string? timestamp, string? header, ReadOnlySpan<byte> body, string secret)
    {
        if (id is null || header is null || TimeOf(timestamp) is null)
        {
            return false;
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret[KeptHooks.SecretPrefix.Length..]));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        var right = Encoding.ASCII.GetBytes(Convert.ToBase64String(hmac.GetHashAndReset()));
        return header.Split(' ').Any(one => one.StartsWith(Version1, StringComparison.Ordinal) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one[Version1.Length..]), right));
    }

    public static bool IsSame(string given, string secret) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(secret));

    /// <summary>Unix seconds; null: it is no time.</summary>
    public static DateTimeOffset? TimeOf(string? timestamp) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
