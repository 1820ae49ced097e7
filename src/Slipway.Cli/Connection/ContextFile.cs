using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Cli.CommandLine;
using Slipway.Cli.Terminal;

namespace Slipway.Cli.Connection;

/// <summary>What <c>slipway up</c> leaves for later commands in <c>~/.slipway/context.json</c> (or under SLIPWAY_HOME).</summary>
/// <param name="Server">The local server's address.</param>
/// <param name="TokenFile">Where its admin token is; the file belongs to its owner alone.</param>
internal sealed record ContextFile(Uri Server, string TokenFile)
{
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
            return read is { Server.IsAbsoluteUri: true } ? read : throw new JsonException("the server's address is missing");
        }
        catch (JsonException exception)
        {
            throw CliException.Usage($"{path} is not readable: {exception.Message}", "remove it; slipway up writes a new one");
        }
    }

    /// <summary>Replaces the file in one step: a reader sees the old one or the new one.</summary>
    public void Write(Shell shell)
    {
        var path = PathIn(shell) ?? throw CliException.Usage("There is no home directory to remember the server in.", "set HOME or SLIPWAY_HOME");
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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ContextFile))]
internal sealed partial class ContextFileJson : JsonSerializerContext;
