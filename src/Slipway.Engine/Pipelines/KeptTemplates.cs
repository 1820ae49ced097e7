using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Core.Pipelines.Templates;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Pipelines;

/// <summary>The platform folder's templates as they were last good, in the store: so that they hold over a restart, a backup has them, and the ledger tells when they changed.</summary>
public sealed class KeptTemplates(IStore store)
{
    private const string Collection = "templates", TextMember = "text";
    private const int Most = 10_000;

    /// <summary>By path.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IStore store, CancellationToken cancel) =>
        (await store.ListDocumentsAsync(Collection, null, Most, newestFirst: false, cancel)).ToDictionary(d => d.Key, d => d.Body[TextMember]?.GetValue<string>() ?? "", StringComparer.Ordinal);

    public Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancel) => ReadAsync(store, cancel);

    /// <summary>Keeps what is in force, and no more what is gone from the folder.</summary>
    public async Task KeepAsync(TemplateCatalog catalog, CancellationToken cancel)
    {
        var before = await ReadAsync(store, cancel);
        List<DocumentWrite> writes = [];
        List<Fact> facts = [];
        foreach (var (path, text) in catalog.InForce.Where(f => before.GetValueOrDefault(f.Key) != f.Value))
        {
            writes.Add(new DocumentWrite(Collection, path, new JsonObject { [TextMember] = text }));
            facts.Add(Changed(path, before.ContainsKey(path) ? "changed" : "added", "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))));
        }

        foreach (var path in before.Keys.Where(p => !catalog.InForce.ContainsKey(p)))
        {
            writes.Add(new DocumentWrite(Collection, path, null));
            facts.Add(Changed(path, "removed", null));
        }

        if (writes.Count > 0)
        {
            await store.AppendAsync(new Append { Documents = writes, Facts = facts }, cancel);
        }
    }

    private static Fact Changed(string path, string how, string? digest) =>
        new("template.changed", new FactSubject(), Fact.Slipway, new JsonObject { ["file"] = path, ["how"] = how, ["digest"] = digest });
}
