using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Slipway.Engine.Hooks;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Secrets;

/// <summary>A secret as it is kept: AES-256-GCM.</summary>
/// <param name="Key">Tells the key that it was sealed with from another one.</param>
/// <param name="Nonce">Base64.</param>
/// <param name="Text">Base64 of the encrypted bytes and their tag.</param>
public sealed record SealedSecret(string Key, string Nonce, string Text);

/// <summary>Seals and opens secrets.</summary>
public sealed class SecretBox(ISecretKey key)
{
    private const int TagBytes = 16, NonceBytes = 12, FingerprintDigits = 12;

    /// <summary>Where the key is, for people.</summary>
    public string KeyPlace => key.Place;

    /// <summary>Whether a key was made: whether there is, or was, anything to open with it.</summary>
    public bool HasKey => key.Read() is not null;

    /// <param name="context">What it is for: it opens for nothing else, so that nobody moves it elsewhere in the store.</param>
    public SealedSecret Seal(string secret, string context)
    {
        var own = key.ReadOrMake();
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        var plain = Encoding.UTF8.GetBytes(secret);
        var text = new byte[plain.Length + TagBytes];
        using var aes = new AesGcm(own, TagBytes);
        aes.Encrypt(nonce, plain, text.AsSpan(0, plain.Length), text.AsSpan(plain.Length), Encoding.UTF8.GetBytes(context));
        CryptographicOperations.ZeroMemory(plain);
        return new SealedSecret(NameOf(own), Convert.ToBase64String(nonce), Convert.ToBase64String(text));
    }

    /// <summary>Null: it was sealed with another key, for something else, or was changed.</summary>
    public string? Open(SealedSecret secret, string context)
    {
        if (key.Read() is not { } own || NameOf(own) != secret.Key)
        {
            return null;
        }

        try
        {
            var (nonce, text) = (Convert.FromBase64String(secret.Nonce), Convert.FromBase64String(secret.Text));
            var plain = new byte[text.Length - TagBytes];
            using var aes = new AesGcm(own, TagBytes);
            aes.Decrypt(nonce, text.AsSpan(0, plain.Length), text.AsSpan(plain.Length), plain, Encoding.UTF8.GetBytes(context));
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception changed) when (changed is CryptographicException or FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Digits that tell a secret from another one, and say nothing of it to who does not have the key.</summary>
    public string FingerprintOf(string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(key.ReadOrMake(), Encoding.UTF8.GetBytes("fingerprint\0" + secret)))[..FingerprintDigits];

    private static string NameOf(byte[] own) => Convert.ToHexStringLower(HMACSHA256.HashData(own, "name"u8))[..FingerprintDigits];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CredentialRecord))]
[JsonSerializable(typeof(CredentialUse))]
[JsonSerializable(typeof(HookRecord))]
[JsonSerializable(typeof(HookDelivery))]
internal sealed partial class SecretsJson : JsonSerializerContext;
