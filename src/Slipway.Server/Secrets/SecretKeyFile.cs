using System.Security.Cryptography;
using Slipway.Engine.Ports;

namespace Slipway.Server.Secrets;

/// <summary>The key of secrets as a file of the data directory, for its owner alone. It is in no backup: with both, whoever has a backup would have the secrets.</summary>
internal sealed class SecretKeyFile(string directory) : ISecretKey
{
    public const string Name = "secret-key";
    private const int KeyBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock making = new();
    private byte[]? key;

    public string Place { get; } = Path.Combine(Path.GetFullPath(directory), Name);

    public byte[]? Read()
    {
        lock (making)
        {
            return key ??= File.Exists(Place) ? Load() : null;
        }
    }

    public byte[] ReadOrMake()
    {
        lock (making)
        {
            return key ??= File.Exists(Place) ? Load() : Make();
        }
    }

    private byte[] Load()
    {
        try
        {
            if ((File.GetUnixFileMode(Place) & ~OwnerOnly) != 0)
            {
                File.SetUnixFileMode(Place, OwnerOnly);
            }

            var read = Convert.FromBase64String(File.ReadAllText(Place).Trim());
            return read.Length == KeyBytes ? read : throw new FormatException($"It has {read.Length} bytes.");
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StoreUnavailableException($"The key of secrets, {Place}, cannot be used: {unusable.Message} Put the right file back, or move it away and give the secrets again.", retryable: true, unusable);
        }
    }

    /// <summary>Whole or not at all, and durable: what is sealed with it is worth nothing without it.</summary>
    private byte[] Make()
    {
        var made = RandomNumberGenerator.GetBytes(KeyBytes);
        var temporary = Place + ".new";
        try
        {
            File.Delete(temporary);
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            using (var writer = new StreamWriter(file))
            {
                writer.WriteLine(Convert.ToBase64String(made));
                writer.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Place);
            return made;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The key of secrets cannot be written to {Place}: {fault.Message}", retryable: true, fault);
        }
    }
}
