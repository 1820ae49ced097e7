using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Environments;

/// <summary>The platform's definition as it was last in force, in the store: so a backup has it, and the ledger tells when it changed.</summary>
public sealed class KeptPlatform(IStore store)
{
    private const string Collection = "platform", Key = "definition", TextMember = "text";

    /// <param name="text">The file, in force now.</param>
    public async Task KeepAsync(string text, IEnumerable<string> environments, CancellationToken cancel)
    {
        var before = await ReadAsync(store, cancel);
        if (before == text)
        {
            return;
        }

        await store.AppendAsync(
            new Append
            {
                Documents = [new DocumentWrite(Collection, Key, new JsonObject { [TextMember] = text })],
                Facts = before is null ? [] : [new Fact("platform.changed", new FactSubject(), Fact.Slipway, new JsonObject { ["environments"] = string.Join(", ", environments), ["digest"] = DigestOf(text) })],
            },
            cancel);
    }

    /// <summary>Null: none was kept yet.</summary>
    public static async Task<string?> ReadAsync(IStore store, CancellationToken cancel) =>
        (await store.ReadDocumentAsync(Collection, Key, cancel))?.Body[TextMember]?.GetValue<string>();

    private static string DigestOf(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
