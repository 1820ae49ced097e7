using Slipway.Core.Access;
using Slipway.Engine.Access;

namespace Slipway.Server.Access;

/// <summary>Tokens of the installation itself, in files that only its user can read: made at the first start, renewed before they end.</summary>
internal sealed class TokenFile(LocalIdentities identities, Tokens tokens, TimeProvider time)
{
    public const string Admin = "admin-token", LocalAgent = "agent-token", LocalAgentName = "local";
    private static readonly TimeSpan Life = TimeSpan.FromDays(90), RenewBefore = TimeSpan.FromDays(30);

    public async Task EnsureAllAsync(string dataDirectory, CancellationToken cancel)
    {
        await EnsureAsync(Path.Combine(dataDirectory, Admin), "admin", Role.Admin, null, cancel);
        await EnsureAsync(Path.Combine(dataDirectory, LocalAgent), Tokens.AgentIdentity(LocalAgentName), Role.Agent, LocalAgentName, cancel);
    }

    private async Task EnsureAsync(string path, string identity, Role role, string? agent, CancellationToken cancel)
    {
        if (File.Exists(path)
            && await tokens.VerifyAsync((await File.ReadAllTextAsync(path, cancel)).Trim(), cancel) is { } caller
            && caller.ExpiresAt > time.GetUtcNow() + RenewBefore)
        {
            return;
        }

        await IssueAsync(path, identity, "admin", role, Path.GetFileName(path), Life, agent, cancel);
    }

    /// <summary>Makes a token and puts it into a file, whole or not at all.</summary>
    /// <returns>Its secret.</returns>
    public async Task<string> IssueAsync(string path, string identity, string person, Role role, string tokenName, TimeSpan life, string? agent, CancellationToken cancel)
    {
        var issued = await identities.IssueAsync(identity, person, role, tokenName, life, agent, cancel);
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var file = new FileStream(temporary, options))
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteLineAsync(issued.Secret.AsMemory(), cancel);
            await writer.FlushAsync(cancel);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return issued.Secret;
    }
}
