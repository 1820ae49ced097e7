namespace Slipway.Client.Api;

/// <summary>What lets Slipway read a repository: a token for https, or a private key for ssh. It is never shown again.</summary>
public sealed record SetCredential
{
    /// <summary>For https: a token or password of 8 to 4096 characters, on one line.</summary>
    public string? Token { get; init; }

    /// <summary>The user name that goes with the token; null: <c>git</c>, which hosts that go by the token alone do not mind.</summary>
    public string? User { get; init; }

    /// <summary>For ssh: a private key without a passphrase, in OpenSSH's format.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>For ssh: the host's keys as lines of a known_hosts file.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>For ssh instead of <see cref="KnownHosts"/>: the fingerprint (<c>SHA256:…</c>) of a key that the host shows and that is then relied on.</summary>
    public string? HostKey { get; init; }

    // Without the members: what is in here must not get into a log by way of a message.
    public override string ToString() => nameof(SetCredential);
}

public enum CredentialKindView { Token, Key }

/// <summary>What is known of a repository's credential, without it.</summary>
public sealed record CredentialView
{
    public required string Service { get; init; }
    public required CredentialKindView Kind { get; init; }

    /// <summary>The user name that goes with a token.</summary>
    public string? User { get; init; }

    /// <summary>The only place that gets to see it, such as <c>https://git.example.org</c>.</summary>
    public required string Place { get; init; }

    /// <summary>Of a key as ssh-keygen prints it; of a token digits that tell it from another one.</summary>
    public required string Fingerprint { get; init; }
    public required DateTimeOffset SetAt { get; init; }
    public required string SetBy { get; init; }

    /// <summary>To about ten minutes; null: never yet.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
