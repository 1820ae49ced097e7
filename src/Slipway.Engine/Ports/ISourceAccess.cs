using Slipway.Core.Pipelines;

namespace Slipway.Engine.Ports;

/// <summary>What lets Slipway read repositories.</summary>
public interface ISourceAccess
{
    /// <summary>What goes with a service's repository; null: nothing does.</summary>
    /// <exception cref="SourceUnavailableException">There is something, and it cannot be used for this repository.</exception>
    Task<SourceAccess?> FindAsync(string service, SourceSpec source, CancellationToken cancel);
}

/// <summary>A credential in the open, for as long as a call takes. No record: printing one must not print it.</summary>
public abstract class SourceAccess
{
    private SourceAccess(RepositoryHost place) => Place = place;

    /// <summary>The only place that gets to see it.</summary>
    public RepositoryHost Place { get; }

    /// <summary>For https.</summary>
    public sealed class Token(RepositoryHost place, string user, string secret) : SourceAccess(place)
    {
        public string User => user;

        public string Secret => secret;
    }

    /// <summary>For ssh.</summary>
    /// <param name="knownHosts">Lines of a known_hosts file: no other host key is relied on.</param>
    public sealed class Key(RepositoryHost place, string privateKey, string knownHosts) : SourceAccess(place)
    {
        public string PrivateKey => privateKey;

        public string KnownHosts => knownHosts;
    }
}

/// <summary>Asks ssh servers who they are.</summary>
public interface IHostKeys
{
    /// <summary>The keys that a host shows to anybody, which prove nothing.</summary>
    /// <exception cref="SourceUnavailableException">It shows none.</exception>
    Task<IReadOnlyList<HostKey>> ShownByAsync(RepositoryHost place, CancellationToken cancel);
}

/// <param name="Line">Of a known_hosts file.</param>
/// <param name="Type">Such as <c>ssh-ed25519</c>.</param>
/// <param name="Fingerprint"><c>SHA256:…</c>, as ssh-keygen prints it.</param>
public sealed record HostKey(string Line, string Type, string Fingerprint);
