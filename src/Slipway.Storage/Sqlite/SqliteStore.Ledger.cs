using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using Slipway.Core.Kernel;
using Slipway.Core.Ledger;
using Slipway.Engine.Ports;

namespace Slipway.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public Task<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long after, int limit, LedgerFilter? filter, CancellationToken cancel)
    {
        var head = LedgerHead;
        var types = filter?.Types ?? [];
        return ReadAsync<IReadOnlyList<LedgerEntry>>(connection =>
        {
            var parameters = new DynamicParameters(new { after, head, limit, service = filter?.Service, environment = filter?.Environment, promotion = filter?.Promotion });
            var byType = string.Join(" OR ", types.Select((t, i) =>
            {
                parameters.Add($"type{i}", t);
                return $"substr(type, 1, length(@type{i})) = @type{i}";
            }));
            return [.. connection.Query<EntryRow>(
                $"""
                SELECT idx, at, type, service, environment, version, promotion, actor, header, body, leaf FROM ledger_entry
                WHERE idx > @after AND idx <= @head
                {(filter?.Service is null ? "" : "AND service = @service")}
                {(filter?.Environment is null ? "" : "AND environment = @environment")}
                {(filter?.Promotion is null ? "" : "AND promotion = @promotion")}
                {(types.Count == 0 ? "" : $"AND ({byType})")}
                ORDER BY idx LIMIT @limit
                """,
                parameters).Select(r => r.Entry())];
        });
    }

    public Task<LedgerVerification> VerifyLedgerAsync(CancellationToken cancel) => ReadAsync(connection =>
    {
        var expected = 0L;
        var leaves = new List<byte[]>();
        foreach (var row in connection.Query<EntryRow>("SELECT idx, at, type, service, environment, version, promotion, actor, header, body, leaf, salt FROM ledger_entry WHERE idx IS NOT NULL ORDER BY idx", buffered: false))
        {
            cancel.ThrowIfCancellationRequested();
            expected++;
            if (row.Wrong(expected) is { } wrong)
            {
                return new LedgerVerification(expected, wrong, null);
            }

            leaves.Add(row.Leaf!);
        }

        if (connection.ExecuteScalar<long>("SELECT count(*) FROM ledger_tree WHERE level = 0") != expected)
        {
            return new LedgerVerification(expected, "entries after it were cut off", null);
        }

        var root = MerkleTree.RootOf(leaves);
        var stored = StoredRoot(connection, leaves.Count);
        return CryptographicOperations.FixedTimeEquals(root, stored)
            ? new LedgerVerification(expected, null, Convert.ToHexStringLower(root))
            : new LedgerVerification(expected, "the stored tree has another root than the entries", null);
    });

    public async Task BackupAsync(string file, CancellationToken cancel)
    {
        if (File.Exists(file))
        {
            throw new IOException($"{file} exists already. Choose another name.");
        }

        var partial = file + ".part";
        File.Delete(partial);

        // SQLite writes into a file that is there and empty.
        OwnFiles.Touch(partial);
        await ReadAsync(connection => connection.Execute("VACUUM INTO @partial", new { partial })).ConfigureAwait(false);
        using (var handle = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(partial, file, overwrite: false);
    }

    /// <summary>Puts a backup in place of the store in <paramref name="file"/>, which no server may have open. The installation's generation rises, so that what agents were told since then is outranked.</summary>
    /// <exception cref="BackupUnusableException">The backup is none, or it is damaged; nothing has changed.</exception>
    /// <exception cref="StoreUnavailableException">A server is running.</exception>
    /// <exception cref="IOException">There is a store already and <paramref name="force"/> is not set.</exception>
    public static async Task RestoreAsync(string backup, string file, bool force, TimeProvider time)
    {
        if (File.Exists(file) && !force)
        {
            throw new IOException($"{file} exists already. Move it away, or restore with --force.");
        }

        var partial = file + ".restored";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using (Lock(file))
        {
            File.Copy(backup, partial, overwrite: true);
        }

        try
        {
            CheckIsBackup(partial, backup);
            await RestoreCopyAsync(partial, backup, time).ConfigureAwait(false);
            using (Lock(file))
            {
                File.Delete(file + "-wal");
                File.Delete(file + "-shm");
                File.Move(partial, file, overwrite: true);
            }
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw new BackupUnusableException($"The backup {backup} is damaged.", fault);
        }
        finally
        {
            foreach (var leftover in (string[])["", "-wal", "-shm", ".lock"])
            {
                File.Delete(partial + leftover);
            }
        }
    }

    private static bool IsDamage(Exception fault) => fault switch
    {
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB } => true,
        StoreUnavailableException { InnerException: { } inner } => IsDamage(inner),
        // What the check at opening found.
        StoreUnavailableException => true,
        _ => false,
    };

    /// <summary>Without it, opening would make an empty store of a foreign database.</summary>
    private static void CheckIsBackup(string copy, string backup)
    {
        var magic = new byte[16];
        using (var file = File.OpenRead(copy))
        {
            if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.AsSpan().SequenceEqual("SQLite format 3\0"u8))
            {
                throw new BackupUnusableException($"{backup} is no backup of Slipway.");
            }
        }

        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        if (connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'ledger_entry')") < 2)
        {
            throw new BackupUnusableException($"{backup} is no backup of Slipway: it is another program's database.");
        }

        if (connection.ExecuteScalar<long>("PRAGMA user_version") is var version && version > NewestSchema)
        {
            throw new BackupUnusableException($"{backup} was made by a newer Slipway (schema {version}; this one knows up to {NewestSchema}). Restore it with that one.");
        }
    }

    private static async Task RestoreCopyAsync(string copy, string backup, TimeProvider time)
    {
        await using (var store = await OpenAsync(copy, time).ConfigureAwait(false))
        {
            var verified = await store.VerifyLedgerAsync(CancellationToken.None).ConfigureAwait(false);
            if (verified.Wrong is { } wrong)
            {
                throw new BackupUnusableException($"The ledger in {backup} does not verify at entry {verified.Entries}: {wrong}.");
            }

            var generation = store.Generation + 1;
            await store._writer.WriteAsync(
                connection =>
                {
                    connection.Execute("UPDATE meta SET value = @generation WHERE name = 'generation'", new { generation = generation.ToString(System.Globalization.CultureInfo.InvariantCulture) });
                    LedgerEntries.Insert(store._statements, [new Fact("installation.restored", new FactSubject(), Fact.Slipway, new System.Text.Json.Nodes.JsonObject { ["generation"] = generation })], store.Now);
                    return generation;
                },
                CancellationToken.None).ConfigureAwait(false);
        }
    }

    public Task<IReadOnlyDictionary<string, string>> DescribeAsync(CancellationToken cancel) => ReadAsync<IReadOnlyDictionary<string, string>>(connection => new Dictionary<string, string>
    {
        ["engine"] = $"SQLite {connection.ExecuteScalar<string>("SELECT sqlite_version()")}",
        ["journal"] = connection.ExecuteScalar<string>("PRAGMA journal_mode") ?? "",
        ["file"] = _file,
        ["bytes"] = new FileInfo(_file).Length.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["ledgerEntries"] = LedgerHead.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["processes"] = connection.ExecuteScalar<string>("SELECT count(*) FROM process") ?? "0",
        ["quarantined"] = connection.ExecuteScalar<string>("SELECT count(*) FROM process WHERE quarantined IS NOT NULL") ?? "0",
        ["commits"] = _writer.Commits.ToString(System.Globalization.CultureInfo.InvariantCulture),
    });

    /// <summary>The root from the stored subtrees: the peaks, from the right, joined as RFC 6962 does.</summary>
    private static byte[] StoredRoot(Microsoft.Data.Sqlite.SqliteConnection connection, long size)
    {
        byte[]? root = null;
        for (var level = 0; size >> level > 0; level++)
        {
            if ((size >> level) % 2 == 0)
            {
                continue;
            }

            var position = (size >> level) - 1;
            var peak = connection.ExecuteScalar<byte[]?>("SELECT hash FROM ledger_tree WHERE level = @level AND position = @position", new { level, position }) ?? [];
            root = root is null ? peak : MerkleTree.NodeHash(peak, root);
        }

        return root ?? MerkleTree.EmptyHash;
    }

    private sealed record EntryRow
    {
        public long Idx { get; init; }
        public long At { get; init; }
        public required string Type { get; init; }
        public string? Service { get; init; }
        public string? Environment { get; init; }
        public string? Version { get; init; }
        public string? Promotion { get; init; }
        public required string Actor { get; init; }
        public required string Header { get; init; }
        public string? Body { get; init; }
        public byte[]? Leaf { get; init; }
        public byte[]? Salt { get; init; }

        public LedgerEntry Entry() => new(Idx, Time(At), Type, Subject, Actor, Header, Body, Convert.ToHexStringLower(Leaf!));

        /// <summary>What is wrong with this entry; null: nothing.</summary>
        public string? Wrong(long expected)
        {
            if (Idx != expected)
            {
                return $"entry {expected} is missing";
            }

            if (Leaf is null || Salt is null || !CryptographicOperations.FixedTimeEquals(MerkleTree.LeafHash(Encoding.UTF8.GetBytes(Header)), Leaf))
            {
                return "its header was changed";
            }

            // Header and columns say the same, and the body is the one that the header was written for.
            var digest = Body is null ? BodyDigestOf(Header) : LedgerEntries.BodyDigest(Salt, Body);
            var again = LedgerEntries.HeaderOf(new Fact(Type, Subject, Actor, []), Time(At), digest);
            return again == Header ? null : "its body or its columns were changed";
        }

        private FactSubject Subject => new() { Service = Service, Environment = Environment, Version = Version, Promotion = Promotion };

        private static string BodyDigestOf(string header)
        {
            using var parsed = JsonDocument.Parse(header);
            return parsed.RootElement.GetProperty("body").GetString()!;
        }
    }
}
