namespace Slipway.Core.Pipelines;

/// <summary>A repository's host and how it is reached: what a credential is given for.</summary>
/// <param name="Scheme"><c>https</c> or <c>ssh</c>.</param>
/// <param name="Host">Lower case.</param>
/// <param name="User">For ssh: who signs in there; null: nobody is named.</param>
public sealed record RepositoryHost(string Scheme, string Host, int Port, string? User)
{
    private const int HttpsPort = 443, SshPort = 22;

    public bool IsSsh => Scheme == "ssh";

    /// <summary>As a URL without a path, and without what goes by itself: <c>https://git.example.org</c>, <c>ssh://git@git.example.org:2222</c>.</summary>
    public override string ToString() => $"{Scheme}://{(User is null ? "" : User + "@")}{Host}{(Port == (IsSsh ? SshPort : HttpsPort) ? "" : $":{Port}")}";

    /// <param name="repository">An address that <see cref="RepositoryAddress"/> finds nothing wrong with.</param>
    /// <returns>Null: it is a folder of the server's own machine.</returns>
    public static RepositoryHost? Of(string repository)
    {
        if (RepositoryAddress.IsLocal(repository))
        {
            return null;
        }

        var isUrl = repository.Contains("://", StringComparison.Ordinal);
        var scheme = repository.StartsWith("https://", StringComparison.Ordinal) ? "https" : "ssh";
        // Of host:path only the host counts; it takes no port.
        var authority = isUrl ? repository[(scheme.Length + "://".Length)..].Split('/')[0] : repository.Split(':')[0];
        var at = authority.LastIndexOf('@');
        var (host, port) = isUrl && authority.IndexOf(':', at + 1) is > 0 and var colon
            ? (authority[(at + 1)..colon], int.Parse(authority.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture))
            : (authority[(at + 1)..], scheme == "https" ? HttpsPort : SshPort);
        return new RepositoryHost(scheme, host.ToLowerInvariant(), port, at > 0 ? authority[..at] : null);
    }
}
