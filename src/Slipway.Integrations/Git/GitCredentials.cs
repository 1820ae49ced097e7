using System.Text;
using Slipway.Engine.Ports;

namespace Slipway.Integrations.Git;

/// <summary>
/// Lends a credential to one call of git: never on a command line, never in a URL, never beyond its place. A token goes by the environment of git, whose helper gives it to its
/// host alone; a key goes by a file of this user's, there for as long as the call takes.
/// </summary>
/// <param name="folder">For keys; what a crash left in it is removed at the first use.</param>
internal sealed class GitCredentials(string folder)
{
    private const string UserVariable = "SLIPWAY_GIT_USER", SecretVariable = "SLIPWAY_GIT_SECRET";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string Helper = $"!f() {{ test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"${UserVariable}\" \"${SecretVariable}\"; }}; f";
    private readonly Lazy<string> _keys = new(() =>
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute).FullName;
    });

    private long _counter;

    /// <param name="access">Null: nothing is lent.</param>
    /// <exception cref="IOException">The key cannot be written.</exception>
    public Loan Lend(GitCall call, SourceAccess? access) => access switch
    {
        null => new Loan(call, null),
        SourceAccess.Token token => new Loan(WithToken(call, token), null),
        SourceAccess.Key key => WithKey(call, key),
        _ => throw new InvalidOperationException($"Nobody lends a {access.GetType().Name}."),
    };

    private static GitCall WithToken(GitCall call, SourceAccess.Token token) => call with
    {
        // Only for that host: a redirection elsewhere, or a second repository, gets nothing. Redirections are not followed at all, for they take what was sent along.
        Configuration = [.. call.Configuration, $"credential.{token.Place}.helper={Helper}", "http.followRedirects=false"],
        Environment = new Dictionary<string, string>(call.Environment) { [UserVariable] = token.User, [SecretVariable] = token.Secret },
        Secrets = [.. call.Secrets, token.Secret, Uri.EscapeDataString(token.Secret), Convert.ToBase64String(Encoding.UTF8.GetBytes($"{token.User}:{token.Secret}"))],
    };

    private Loan WithKey(GitCall call, SourceAccess.Key key)
    {
        var own = Directory.CreateDirectory(Path.Combine(_keys.Value, $"{Interlocked.Increment(ref _counter)}"), OwnerOnly | UnixFileMode.UserExecute).FullName;
        try
        {
            var (identity, known) = (Path.Combine(own, "key"), Path.Combine(own, "known_hosts"));
            Write(identity, key.PrivateKey.Trim().ReplaceLineEndings("\n") + "\n");
            Write(known, key.KnownHosts.ReplaceLineEndings("\n") + "\n");
            string[] options =
            [
                "BatchMode=yes", "ConnectTimeout=20", "StrictHostKeyChecking=yes", $"UserKnownHostsFile={Quoted(known)}", "GlobalKnownHostsFile=/dev/null", "UpdateHostKeys=no", $"IdentityFile={Quoted(identity)}",
                "IdentitiesOnly=yes", "IdentityAgent=none", "PreferredAuthentications=publickey", "ForwardAgent=no", "ControlPath=none",
            ];
            var command = "ssh -F /dev/null " + string.Join(' ', options.Select(option => $"-o{Shell(option)}"));
            return new Loan(call with { Environment = new Dictionary<string, string>(call.Environment) { ["GIT_SSH_COMMAND"] = command }, Readable = [own] }, own);
        }
        catch
        {
            Directory.Delete(own, recursive: true);
            throw;
        }
    }

    private static void Write(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>As ssh reads the value of an option: in double quotes, with % doubled.</summary>
    private static string Quoted(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";

    /// <summary>As the shell reads a word.</summary>
    private static string Shell(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>A call with a credential; what was written for it goes with this.</summary>
    internal sealed class Loan(GitCall call, string? folder) : IDisposable
    {
        public GitCall Call => call;

        public void Dispose()
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
