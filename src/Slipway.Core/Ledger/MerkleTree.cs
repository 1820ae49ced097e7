using System.Security.Cryptography;

namespace Slipway.Core.Ledger;

/// <summary>The hash tree of RFC 6962, section 2.1, with SHA-256: a leaf is hashed behind 0x00, a node behind 0x01.</summary>
public static class MerkleTree
{
    public static byte[] EmptyHash { get; } = SHA256.HashData([]);

    public static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        var prefixed = new byte[entry.Length + 1];
        entry.CopyTo(prefixed.AsSpan(1));
        return SHA256.HashData(prefixed);
    }

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var prefixed = new byte[1 + left.Length + right.Length];
        prefixed[0] = 1;
        left.CopyTo(prefixed.AsSpan(1));
        right.CopyTo(prefixed.AsSpan(1 + left.Length));
        return SHA256.HashData(prefixed);
    }

    /// <summary>The root over leaf hashes, in order.</summary>
    public static byte[] RootOf(IReadOnlyList<byte[]> leaves) => leaves.Count == 0 ? EmptyHash : Root(leaves, 0, leaves.Count);

    private static byte[] Root(IReadOnlyList<byte[]> leaves, int from, int count)
    {
        if (count == 1)
        {
            return leaves[from];
        }

        var split = 1;
        while (split * 2 < count)
        {
            split *= 2;
        }

        return NodeHash(Root(leaves, from, split), Root(leaves, from + split, count - split));
    }
}
