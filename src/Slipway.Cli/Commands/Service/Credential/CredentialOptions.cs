using System.CommandLine;
using Slipway.Cli.CommandLine;
using Slipway.Client.Api;

namespace Slipway.Cli.Commands.Service.Credential;

/// <summary>The options by which a credential is given: by files, for what stands on a command line is seen by everybody on the machine.</summary>
internal sealed class CredentialOptions
{
    public Option<string?> Token { get; } = new("--token-file") { HelpName = "FILE", Description = "For https: a file with a token and nothing else" };
    public Option<string?> User { get; } = new("--user") { HelpName = "U", Description = "The user name that goes with the token, for hosts that want a certain one" };
    public Option<string?> Key { get; } = new("--key-file") { HelpName = "FILE", Description = "For ssh: a private key without a passphrase" };
    public Option<string?> KnownHosts { get; } = new("--known-hosts") { HelpName = "FILE", Description = "For ssh: the host's keys, as lines of a known_hosts file" };
    public Option<string?> HostKey { get; } = new("--host-key") { HelpName = "SHA256:…", Description = "Instead: the fingerprint of the key that the host shows; without both you are told which it shows" };

    public Symbol[] All => [Token, User, Key, KnownHosts, HostKey];

    /// <summary>Null: none was given.</summary>
    public async Task<SetCredential?> Read(Invocation run)
    {
        if (!Array.Exists([Token, User, Key, KnownHosts, HostKey], run.Has))
        {
            return null;
        }

        if (run.Get(Token) is null == run.Get(Key) is null)
        {
            throw CliException.Usage("A credential is a token (--token-file) or a key (--key-file), one of both.");
        }

        return new SetCredential
        {
            Token = (await Text(run, Token))?.Trim(), User = run.Get(User), PrivateKey = await Text(run, Key), KnownHosts = await Text(run, KnownHosts), HostKey = run.Get(HostKey),
        };
    }

    private static async Task<string?> Text(Invocation run, Option<string?> option)
    {
        const int Largest = 64 * 1024;
        if (run.Get(option) is not { } name)
        {
            return null;
        }

        var file = new FileInfo(run.Shell.FullPath(name));
        return !file.Exists ? throw CliException.Usage($"{option.Name}: there is no file {name}.")
            : file.Length > Largest ? throw CliException.Usage($"{option.Name}: {name} has {file.Length} bytes; at most {Largest} make sense.")
            : await File.ReadAllTextAsync(file.FullName, run.Cancel);
    }
}
