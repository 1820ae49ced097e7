using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Environments;

/// <summary>The platform's definition as it was last in force, in the store: so a backup has it, and the ledger tells when it changed.</summary>
public sealed class KeptPlatform(IStore store)
{
    private const string Collection = "platform", Checks = "checks", Key = "definition", TextMember = "text";

    /// <param name="text">The file, in force now.</param>
    /// <param name="checks">The templates of checks in force now, by their files' names.</param>
    public async Task KeepAsync(string text, IReadOnlyDictionary<string, string> checks, IEnumerable<string> environments, CancellationToken cancel)
    {
        List<DocumentWrite> writes = [];
        List<Fact> facts = [];
        var before = await ReadAsync(store, cancel);
        if (before != text)
        {
            writes.Add(new DocumentWrite(Collection, Key, new JsonObject { [TextMember] = text }));
            facts.AddRange(before is null ? [] : [new Fact("platform.changed", new FactSubject(), Fact.Slipway, new JsonObject { ["environments"] = string.Join(", ", environments), ["digest"] = DigestOf(text) })]);
        }

        var known = await ReadChecksAsync(store, cancel);
        foreach (var (file, check) in checks.Where(c => known.GetValueOrDefault(c.Key) != c.Value))
        {
            writes.Add(new DocumentWrite(Checks, file, new JsonObject { [TextMember] = check }));
            facts.Add(CheckChanged(file, known.ContainsKey(file) ? "changed" : "added", DigestOf(check)));
        }

        foreach (var file in known.Keys.Where(f => !checks.ContainsKey(f)))
        {
            writes.Add(new DocumentWrite(Checks, file, null));
            facts.Add(CheckChanged(file, "removed", null));
        }

        if (writes.Count > 0)
        {
            await store.AppendAsync(new Append { Documents = writes, Facts = facts }, cancel);
        }
    }

    /// <summary>The templates of checks, by their files' names.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadChecksAsync(IStore store, CancellationToken cancel) =>
        (await store.ListDocumentsAsync(Checks, null, int.MaxValue, newestFirst: false, cancel)).ToDictionary(d => d.Key, d => d.Body[TextMember]?.GetValue<string>() ?? "", StringComparer.Ordinal);

    /// <summary>Null: none was kept yet.</summary>
    public static async Task<string?> ReadAsync(IStore store, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(Collection, Key, cancel))?.Body[TextMember]?.GetValue<string>();

    private static Fact CheckChanged(string file, string how, string? digest) =>
        new("check.changed", new FactSubject(), Fact.Slipway, new JsonObject { ["file"] = file, ["how"] = how, ["digest"] = digest });

    private static string DigestOf(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
