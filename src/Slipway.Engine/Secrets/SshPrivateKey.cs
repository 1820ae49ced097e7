using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Engine.Secrets;

/// <summary>Looks at a private key as OpenSSH writes it (PROTOCOL.key): the part that says what it is stands in the open.</summary>
public static class SshPrivateKey
{
    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----", End = "-----END OPENSSH PRIVATE KEY-----";

    /// <param name="fingerprint"><c>SHA256:…</c> of its public half, as ssh-keygen prints it.</param>
    /// <returns>What is wrong with it, and the way out; null: it can be used.</returns>
    public static (string What, string WayOut)? Check(string text, out string? fingerprint)
    {
        fingerprint = null;
        var trimmed = text.Trim();
        if (!trimmed.StartsWith(Begin, StringComparison.Ordinal) || !trimmed.EndsWith(End, StringComparison.Ordinal))
        {
            return trimmed.StartsWith("-----BEGIN ", StringComparison.Ordinal)
                ? ("The key is not in OpenSSH's own format.", "Rewrite a copy of it: ssh-keygen -p -N '' -f KEY")
                : trimmed.StartsWith("ssh-", StringComparison.Ordinal) ? ("That is a public key.", "Give the private one, the file without .pub; the public one goes to the Git host.")
                : ("That is no private key.", "Make one with ssh-keygen -t ed25519 -N '' -f KEY, and give its public half to the Git host.");
        }

        try
        {
            var reader = new Reader(Convert.FromBase64String(trimmed[Begin.Length..^End.Length].ReplaceLineEndings("")));
            reader.Expect("openssh-key-v1\0"u8);
            var cipher = Encoding.ASCII.GetString(reader.Text());
            reader.Text();
            reader.Text();
            var keys = reader.Number();
            var publicHalf = reader.Text();
            if (cipher != "none")
            {
                return ("The key has a passphrase, and nobody is there to type it.", "Give a key without one, that may read this repository and nothing else: ssh-keygen -t ed25519 -N '' -f KEY");
            }

            fingerprint = FingerprintOf(publicHalf);
            return keys == 1 ? null : ("The file has several keys.", "Give a file with one.");
        }
        catch (Exception damaged) when (damaged is FormatException or ArgumentException)
        {
            return ("The key is damaged.", "Give the file as ssh-keygen wrote it, from its first line to its last.");
        }
    }

    /// <summary>Of a public key's bytes, as ssh-keygen prints it.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> publicKey) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(publicKey)).TrimEnd('=');

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _left = bytes;

        public void Expect(ReadOnlySpan<byte> start)
        {
            if (!_left.StartsWith(start))
            {
                throw new FormatException("It begins with something else.");
            }

            _left = _left[start.Length..];
        }

        public uint Number()
        {
            var number = BinaryPrimitives.ReadUInt32BigEndian(_left);
            _left = _left[sizeof(uint)..];
            return number;
        }

        public ReadOnlySpan<byte> Text()
        {
            var length = checked((int)Math.Min(Number(), int.MaxValue));
            var text = _left[..length];
            _left = _left[length..];
            return text;
        }
    }
}
