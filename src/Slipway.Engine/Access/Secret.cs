using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Engine.Access;

/// <summary>Secrets that are handed out once and kept as hashes, and names drawn at random.</summary>
public static class Secret
{
    public const string TokenPrefix = "slp_";
    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>256 random bits in base64url behind a prefix that scanners for leaked secrets can look for.</summary>
    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Lower-case hex SHA-256. Enough for 256 random bits: there is nothing to guess, so nothing to slow down.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The document key of a hash; public, since a hash's beginning says nothing about 256 random bits.</summary>
    public static string KeyOf(string hash) => hash[..20];

    public static bool SameHash(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));

    /// <summary>A short name that people can type: <c>prefix-8 letters</c>.</summary>
    public static string NewName(string prefix) => prefix + "-" + RandomNumberGenerator.GetString(Letters, 8);
}
