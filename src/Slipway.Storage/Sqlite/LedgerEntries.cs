using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Ledger;

namespace Slipway.Storage.Sqlite;

/// <summary>
/// Writes facts as ledger entries. The header is canonical JSON and is what the leaf hash covers; it holds the digest of a random salt followed by the body, so that a
/// body can be retired later and every proof still holds.
/// </summary>
internal static class LedgerEntries
{
    public const int FormatVersion = 1;

    public static void Insert(Statements statements, IReadOnlyList<Fact> facts, DateTimeOffset at)
    {
        foreach (var fact in facts)
        {
            var salt = RandomNumberGenerator.GetBytes(16);
            var body = CanonicalJson.Write(fact.Body);
            statements.Execute(
                """
                INSERT INTO ledger_entry (at, type, service, environment, version, promotion, actor, header, body, salt)
                VALUES (@at, @type, @service, @environment, @version, @promotion, @actor, @header, @body, @salt)
                """,
                ("@at", at.ToUnixTimeMilliseconds()), ("@type", fact.Type), ("@service", fact.Subject.Service), ("@environment", fact.Subject.Environment), ("@version", fact.Subject.Version),
                ("@promotion", fact.Subject.Promotion), ("@actor", fact.Actor), ("@header", HeaderOf(fact, at, BodyDigest(salt, body))), ("@body", body), ("@salt", salt));
        }
    }

    public static string BodyDigest(byte[] salt, string body) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(body)]));

    public static string HeaderOf(Fact fact, DateTimeOffset at, string bodyDigest)
    {
        var header = new JsonObject
        {
            ["v"] = FormatVersion,
            ["at"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
            ["type"] = fact.Type,
            ["actor"] = fact.Actor,
            ["body"] = bodyDigest,
        };
        Add("service", fact.Subject.Service);
        Add("environment", fact.Subject.Environment);
        Add("version", fact.Subject.Version);
        Add("promotion", fact.Subject.Promotion);
        return CanonicalJson.Write(header);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                header[name] = value;
            }
        }
    }
}
