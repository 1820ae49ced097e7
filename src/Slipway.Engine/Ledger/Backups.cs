using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;
using Slipway.Engine.Ports;

namespace Slipway.Engine.Ledger;

/// <summary>Consistent copies of the store.</summary>
public sealed class Backups(IStore store)
{
    /// <summary>Writes a copy to an absolute path that is not there yet.</summary>
    public async Task<Outcome<string>> CreateAsync(Actor by, string file, RequestKey? key, CancellationToken cancel)
    {
        if (!Path.IsPathFullyQualified(file) || Path.GetFileName(file).Length == 0)
        {
            return Refusal.Invalid("invalidPath", "A backup goes to an absolute path of a file on the server's machine.", "Give a path that begins with '/'.");
        }

        var path = Path.GetFullPath(file);
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return Refusal.Invalid("invalidPath", $"There is no directory '{Path.GetDirectoryName(path)}' on the server's machine.", "Make it first, or choose another one.");
        }

        if (File.Exists(path) || Directory.Exists(path))
        {
            return await DoneBeforeAsync(path, key, cancel)
                ? path
                : Refusal.Conflict("alreadyExists", $"'{path}' is there already; a backup never overwrites.", "Choose another name, such as one with the date.");
        }

        await store.BackupAsync(path, cancel);
        var append = new Append { Facts = [new Fact("backup.created", new FactSubject(), by.Identity, new JsonObject { ["file"] = path })] };
        return await store.AppendOnceAsync(append, key, path, cancel) is OnceResult.KeyReused ? OnceResult.KeyReused.Refusal : path;
    }

    private async Task<bool> DoneBeforeAsync(string path, RequestKey? key, CancellationToken cancel) =>
        key is not null && await store.AppendOnceAsync(new Append(), key, "refused", cancel) is OnceResult.Repeated { Result: var result } && result == path;
}
