using Slipway.Client.Api;

namespace Slipway.Client.Http;

// Access, agents and running the installation itself.
public sealed partial class SlipwayClient
{
    public Task<WhoAmI> WhoAmI(CancellationToken cancel = default) => Get("whoami", ApiClientJson.Default.WhoAmI, cancel);

    public Task<Page<TokenView>> Tokens(string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"tokens{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageTokenView, cancel);

    public Task<CreatedToken> CreateToken(CreateToken body, CancellationToken cancel = default) =>
        Post("tokens", body, ApiClientJson.Default.CreateToken, ApiClientJson.Default.CreatedToken, cancel);

    public Task RevokeToken(string id, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"tokens/{E(id)}", () => null, cancel);

    /// <summary>A link that signs a browser in, once.</summary>
    /// <param name="page">A path of the web app; null: the board.</param>
    public Task<SignInLink> CreateSignInLink(string? page = null, CancellationToken cancel = default) =>
        Post("sign-in-links", new CreateSignInLink { Page = page }, ApiClientJson.Default.CreateSignInLink, ApiClientJson.Default.SignInLink, cancel);

    public Task<Page<AgentView>> Agents(string? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get($"agents{Query(("after", after), ("limit", limit?.ToString()))}", ApiClientJson.Default.PageAgentView, cancel);

    /// <summary>The token that one agent connects with.</summary>
    public Task<CreatedToken> EnrolAgent(EnrolAgent body, CancellationToken cancel = default) =>
        Post("agents", body, ApiClientJson.Default.EnrolAgent, ApiClientJson.Default.CreatedToken, cancel);

    public Task<AgentView> DrainAgent(string name, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Post, $"agents/{E(name)}/drain", () => null), ApiClientJson.Default.AgentView, cancel);

    public Task<AgentView> UndrainAgent(string name, CancellationToken cancel = default) =>
        Read(Change(HttpMethod.Delete, $"agents/{E(name)}/drain", () => null), ApiClientJson.Default.AgentView, cancel);

    public Task RemoveAgent(string name, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"agents/{E(name)}", () => null, cancel);

    public Task<DoctorView> Doctor(CancellationToken cancel = default) => Get("doctor", ApiClientJson.Default.DoctorView, cancel);

    /// <summary>Writes a consistent copy of the store to a new file on the server's machine.</summary>
    public async Task<BackupView> CreateBackup(string absoluteFile, CancellationToken cancel = default)
    {
        // A large store takes its time, and is fsynced at the end.
        using var response = await Try(
            Change(HttpMethod.Post, "backups", () => Json(new BackupRequest { File = absoluteFile }, ApiClientJson.Default.BackupRequest)),
            TimeSpan.FromMinutes(30), HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await Body(response, ApiClientJson.Default.BackupView, cancel).ConfigureAwait(false);
    }

    /// <summary>Entries above an index, in order.</summary>
    public Task<Page<LedgerEntryView>> LedgerEntries(LedgerFilter filter, long? after = null, int? limit = null, CancellationToken cancel = default) =>
        Get(
            $"ledger/entries{Query(("after", after?.ToString()), ("limit", limit?.ToString()), ("service", filter.Service), ("environment", filter.Environment), ("promotion", filter.Promotion))}",
            ApiClientJson.Default.PageLedgerEntryView, cancel);

    /// <summary>Has the server check every entry against its hashes; a long ledger takes its time.</summary>
    public async Task<LedgerVerificationView> VerifyLedger(CancellationToken cancel = default)
    {
        using var response = await Try(
            () => new HttpRequestMessage(HttpMethod.Get, Prefix + "ledger/verification"), TimeSpan.FromMinutes(30), HttpCompletionOption.ResponseContentRead, cancel).ConfigureAwait(false);
        return await Body(response, ApiClientJson.Default.LedgerVerificationView, cancel).ConfigureAwait(false);
    }
}
