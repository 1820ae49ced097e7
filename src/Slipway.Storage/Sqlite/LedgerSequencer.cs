using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Ledger;

namespace Slipway.Storage.Sqlite;

/// <summary>Gives ledger entries their dense index, in the order of commits, and extends the tree by their leaves. Runs last in each transaction of the one writer.</summary>
internal sealed class LedgerSequencer
{
    private long _head;

    public long Head => Interlocked.Read(ref _head);

    /// <summary>The index that the transaction under way will reach.</summary>
    private long _pending;

    public void Load(SqliteConnection connection)
    {
        _pending = connection.ExecuteScalar<long>("SELECT coalesce(max(idx), 0) FROM ledger_entry");
        Publish();
    }

    public void Sequence(Statements statements)
    {
        _pending = Head;
        var fresh = statements.Query("SELECT number, header FROM ledger_entry WHERE idx IS NULL ORDER BY number", row => (Number: row.GetInt64(0), Header: row.GetString(1)));
        foreach (var (number, header) in fresh)
        {
            var leaf = MerkleTree.LeafHash(Encoding.UTF8.GetBytes(header));
            statements.Execute("UPDATE ledger_entry SET idx = @index, leaf = @leaf WHERE number = @number", ("@index", _pending + 1), ("@leaf", leaf), ("@number", number));
            Extend(statements, _pending, leaf);
            _pending++;
        }
    }

    /// <summary>The transaction is durable: readers may see its entries.</summary>
    public void Publish() => Interlocked.Exchange(ref _head, _pending);

    private static void Extend(Statements statements, long position, byte[] hash)
    {
        for (var level = 0; ; level++)
        {
            statements.Execute("INSERT INTO ledger_tree (level, position, hash) VALUES (@level, @position, @hash)", ("@level", level), ("@position", position), ("@hash", hash));
            if (position % 2 == 0)
            {
                return;
            }

            var left = (byte[]?)statements.Scalar("SELECT hash FROM ledger_tree WHERE level = @level AND position = @left", ("@level", level), ("@left", position - 1))
                ?? throw new CryptographicException($"The ledger's tree lacks the subtree {level}/{position - 1}.");
            hash = MerkleTree.NodeHash(left, hash);
            position /= 2;
        }
    }
}
