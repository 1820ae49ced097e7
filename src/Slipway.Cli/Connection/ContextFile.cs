using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;
using Slipway.Client.Http;

namespace Slipway.Cli.Connection;

/// <summary>What <c>slipway up</c> leaves for later commands in <c>~/.slipway/context.json</c> (or under SLIPWAY_HOME).</summary>
/// <param name="Server">The local server's address.</param>
/// <param name="TokenFile">Where its admin token is; the file belongs to its owner alone.</param>
internal sealed record ContextFile(Uri Server, string TokenFile)
{
    private static readonly TimeSpan PatienceWithOther = TimeSpan.FromSeconds(3);

    /// <summary>Null: there is no directory for it, because neither SLIPWAY_HOME nor HOME is set.</summary>
    public static string? PathIn(Shell shell)
    {
        if (shell.Variable("SLIPWAY_HOME") is { Length: > 0 } own)
        {
            return Path.Combine(shell.FullPath(own), "context.json");
        }

        return shell.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".slipway", "context.json") : null;
    }

    /// <summary>Null: there is none.</summary>
    public static ContextFile? Read(Shell shell)
    {
        if (PathIn(shell) is not { } path || !File.Exists(path))
        {
            return null;
        }

        try
        {
            var read = JsonSerializer.Deserialize(File.ReadAllBytes(path), ContextFileJson.Default.ContextFile);
            return read is { Server.IsAbsoluteUri: true } ? read : throw Damaged(path);
        }
        catch (JsonException)
        {
            throw Damaged(path);
        }
    }

    private static CliException Damaged(string path) => CliException.Usage(
        $"{path}, which says where the local server is, is not as `slipway up` writes it.", "The next `slipway up` writes it anew; until then name the server with --server URL and give a token with --token.");

    /// <summary>Becomes what later commands use, unless the server that they use now is another one and answers.</summary>
    public async Task<TakenOver> TakeOver(Shell shell, CancellationToken cancel)
    {
        var other = Existing(shell) is { } existing && existing.Server != Server ? existing : null;
        if (other is not null && await other.Answers(shell, cancel))
        {
            return new(other.Server, null);
        }

        Write(shell);
        return new(null, other?.Server);
    }

    /// <summary>Takes the file away at this server's end, unless another server has become what commands use.</summary>
    public void Remove(Shell shell)
    {
        if (PathIn(shell) is { } path && Existing(shell) == this)
        {
            File.Delete(path);
        }
    }

    /// <summary>What is there and can be read.</summary>
    private static ContextFile? Existing(Shell shell)
    {
        try
        {
            return Read(shell);
        }
        catch (CliException)
        {
            // Damaged: it serves nobody, and is written anew.
            return null;
        }
    }

    /// <summary>Whether the server takes its own token: anything else that listens there does not.</summary>
    private async Task<bool> Answers(Shell shell, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(PatienceWithOther, shell.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            using var client = new SlipwayClient(new SlipwayClientOptions { Server = Server, Token = (await File.ReadAllTextAsync(TokenFile, either.Token)).Trim(), Time = shell.Time });
            await client.WhoAmI(either.Token);
            return true;
        }
        catch (Exception exception) when (exception is ServerUnreachableException or SlipwayApiException or IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Replaces the file in one step: a reader sees the old one or the new one.</summary>
    public void Write(Shell shell)
    {
        var path = PathIn(shell) ?? throw CliException.Usage("There is no home directory to remember the server in.", "Set HOME or SLIPWAY_HOME.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var next = $"{path}.{Environment.ProcessId}";
        using (var file = new FileStream(next, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            JsonSerializer.Serialize(file, this, ContextFileJson.Default.ContextFile);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}

/// <summary>Which server later commands speak with.</summary>
/// <param name="Stays">The one that they spoke with before, and go on speaking with; null: it is the new one.</param>
/// <param name="Ended">The one that they spoke with before, which answers no more; null: there was none, or it stays.</param>
internal sealed record TakenOver(Uri? Stays, Uri? Ended);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ContextFile))]
internal sealed partial class ContextFileJson : JsonSerializerContext;
