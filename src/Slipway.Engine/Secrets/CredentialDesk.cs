using Slipway.Core.Access;
using Slipway.Core.Pipelines;
using Slipway.Engine.Pipelines;
using Slipway.Engine.Ports;
using Slipway.Engine.Releases;

namespace Slipway.Engine.Secrets;

/// <summary>A credential as somebody gives it. No record: printing one must not print it.</summary>
public sealed class GivenCredential
{
    public string? Token { get; init; }
    public string? User { get; init; }
    public string? PrivateKey { get; init; }
    public string? KnownHosts { get; init; }

    /// <summary>The fingerprint of a host key that the host shows and that is to be relied on.</summary>
    public string? HostKey { get; init; }
}

/// <summary>A credential that fits its repository, and has not been kept yet.</summary>
/// <param name="Fingerprint">Of a key; null: one is made for the token.</param>
public sealed record FittingCredential(SourceAccess Access, string? Fingerprint);

/// <summary>What people do with the credentials of repositories. One that does not open its repository is not kept.</summary>
public sealed class CredentialDesk(IStore store, Credentials credentials, SourceDesk sources, IHostKeys hostKeys)
{
    private const int ShortestToken = 8, LongestToken = 4096, LongestFile = 64 * 1024, LongestUser = 200;
    private const string DefaultUser = "git";

    public async Task<Outcome<(CredentialRecord Record, DateTimeOffset? LastUsedAt)>> ShowAsync(string service, CancellationToken cancel) =>
        await credentials.ShowAsync(service, cancel) is { } found ? found : await NoneAsync(service, cancel);

    /// <summary>Gives a service's repository a credential, which must let Slipway read it now.</summary>
    public async Task<Outcome<CredentialRecord>> SetAsync(string service, GivenCredential given, Actor by, CancellationToken cancel)
    {
        if (await sources.FindAsync(service, cancel) is not { } source)
        {
            return await sources.NoneAsync(service, cancel);
        }

        switch (await FitAsync(source.Spec.Repository, given, cancel))
        {
            case Outcome<FittingCredential>.Refused refused:
                return refused.Refusal;
            case Outcome<FittingCredential>.Done { Value: var fitting }:
                var spec = source.Spec;
                return await sources.LookAsync(spec.Repository, spec.Branch, spec.Path, fitting.Access, cancel) is Outcome<SourceSpec>.Refused unreadable ? unreadable.Refusal : await KeepAsync(service, fitting, by, cancel);
            default:
                throw new InvalidOperationException("An outcome is done or refused.");
        }
    }

    public Task<CredentialRecord> KeepAsync(string service, FittingCredential fitting, Actor by, CancellationToken cancel) => credentials.KeepAsync(service, fitting.Access, fitting.Fingerprint, by, cancel);

    /// <returns>Why not; null: it is gone.</returns>
    public async Task<Refusal?> RemoveAsync(string service, Actor by, CancellationToken cancel) => await credentials.RemoveAsync(service, by, cancel) ? null : await NoneAsync(service, cancel);

    /// <summary>Looks whether a credential is one for this repository; it is not tried yet.</summary>
    public async Task<Outcome<FittingCredential>> FitAsync(string repository, GivenCredential given, CancellationToken cancel)
    {
        if (RepositoryAddress.Problem(repository) is { } problem)
        {
            return Refusal.Invalid("invalidRepository", problem, "Give an address that `git clone` would take.");
        }

        if (RepositoryHost.Of(repository) is not { } place)
        {
            return Refusal.Invalid("credentialNeedless", $"{repository} is a folder of the server's own machine, and needs no credential.", "Leave it out.");
        }

        return (place.IsSsh, given) switch
        {
            (false, { Token: { } token, PrivateKey: null, KnownHosts: null, HostKey: null }) => FitToken(place, token, given.User ?? DefaultUser),
            (true, { PrivateKey: { } key, Token: null, User: null }) => await FitKeyAsync(place, key, given, cancel),
            (false, _) => Refusal.Invalid("wrongCredential", $"{place} is read over https, with a token and nothing else.", "Give a token (--token-file) and, if the host wants one, a user name (--user); or use the repository's ssh address."),
            (true, _) => Refusal.Invalid("wrongCredential", $"{place} is read over ssh, with a private key and nothing else.", "Give a private key (--key-file) and the host's keys (--known-hosts); or use the repository's https address."),
        };
    }

    private static Outcome<FittingCredential> FitToken(RepositoryHost place, string token, string user)
    {
        var trimmed = token.Trim();
        if (trimmed.Length is < ShortestToken or > LongestToken || trimmed.Any(char.IsControl))
        {
            return Refusal.Invalid("invalidToken", $"A token has {ShortestToken} to {LongestToken} characters on one line: a shorter one could not be kept out of logs.", "Give a file with the token and nothing else.");
        }

        return user.Length is 0 or > LongestUser || user.Any(c => char.IsControl(c) || c is ':' or ' ')
            ? Refusal.Invalid("invalidUser", $"A user name has 1 to {LongestUser} characters, none of them a colon or a space.", "Leave it out unless the Git host wants a certain one.")
            : new FittingCredential(new SourceAccess.Token(place, user, trimmed), null);
    }

    private async Task<Outcome<FittingCredential>> FitKeyAsync(RepositoryHost place, string key, GivenCredential given, CancellationToken cancel)
    {
        if (key.Length > LongestFile || given.KnownHosts?.Length > LongestFile)
        {
            return Refusal.Invalid("invalidKey", $"A key, and a file of known hosts, has at most {LongestFile} characters.", "Give the file as ssh-keygen wrote it.");
        }

        if (SshPrivateKey.Check(key, out var fingerprint) is (var what, var wayOut))
        {
            return Refusal.Invalid("invalidKey", what, wayOut);
        }

        if (given.KnownHosts is { } known)
        {
            return known.Split('\n').Any(line => line.Trim() is { Length: > 0 } text && !text.StartsWith('#'))
                ? new FittingCredential(new SourceAccess.Key(place, key, known), fingerprint)
                : Refusal.Invalid("invalidKnownHosts", "The file of known hosts is empty.", "Leave it out: then you are told which keys the host shows.");
        }

        try
        {
            var shown = await hostKeys.ShownByAsync(place, cancel);
            return shown.FirstOrDefault(hostKey => hostKey.Fingerprint == given.HostKey) is { } relied
                ? new FittingCredential(new SourceAccess.Key(place, key, relied.Line + "\n"), fingerprint)
                : Refusal.Invalid(
                    "unknownHost",
                    $"{(given.HostKey is null ? $"Nobody has said which host keys of {place.Host} to rely on" : $"{place.Host} does not show the key {given.HostKey}")}. It shows {string.Join(" and ", shown.Select(hostKey => $"{hostKey.Fingerprint} ({hostKey.Type})"))}.",
                    "Compare with what the host publishes, then name the right one with --host-key SHA256:…; or give lines of a known_hosts file with --known-hosts FILE.");
        }
        catch (SourceUnavailableException away)
        {
            return Refusal.Invalid("repositoryUnreadable", away.Message, away.NextStep);
        }
    }

    private async Task<Refusal> NoneAsync(string service, CancellationToken cancel) =>
        await store.ReadDocumentAsync(ServiceRecord.Collection, service, cancel) is null
            ? await Missing.ServiceAsync(store, service, cancel)
            : Refusal.NotFound($"The repository of '{service}' has no credential.", $"Give it one: {Credentials.SetCommand(service)}");
}
