using System.Text;
using System.Text.Json;
using Slipway.Client.Traffic;

namespace Slipway.Agent.Router;

/// <summary>Files of the router's data directory, written whole: a reader sees the old or the new one, also after a loss of power.</summary>
internal static class RouterFiles
{
    public const string StateName = "router.json", LockName = "router.lock", MetricsTokenName = "metrics-token", MetricsTargetName = "metrics-target.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateDirectory(string directory) => Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Held until disposed: one router per data directory.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    public static FileStream Lock(string directory) =>
        new(Path.Combine(directory, LockName), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });

    /// <summary>Null when there is none.</summary>
    /// <exception cref="JsonException">It is not a router's state.</exception>
    public static RouterState? ReadState(string directory)
    {
        var path = Path.Combine(directory, StateName);
        return File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RouterJson.Default.RouterState) ?? throw new JsonException($"{path} holds null.")
            : null;
    }

    public static void WriteState(string directory, RouterState state) =>
        Write(directory, StateName, JsonSerializer.SerializeToUtf8Bytes(state, RouterJson.Default.RouterState));

    /// <summary>Puts an unreadable state out of the way, for a person to look at.</summary>
    public static string SetStateAside(string directory)
    {
        var aside = Path.Combine(directory, StateName + ".unreadable");
        File.Move(Path.Combine(directory, StateName), aside, overwrite: true);
        return aside;
    }

    public static void WriteAdmin(string directory, RouterAdmin admin) =>
        Write(directory, RouterAdmin.FileName, JsonSerializer.SerializeToUtf8Bytes(admin, RouterJson.Default.RouterAdmin));

    /// <summary>For a Prometheus: where the metrics are, as its file_sd_configs reads it, and the token for them, as its credentials_file does. Both change with the router's start, and it reads both again by itself.</summary>
    public static void WriteMetrics(string directory, int port, string token)
    {
        Write(directory, MetricsTokenName, Encoding.ASCII.GetBytes(token));
        Write(directory, MetricsTargetName, Encoding.ASCII.GetBytes($"[{{\"targets\":[\"127.0.0.1:{port}\"]}}]\n"));
    }

    private static void Write(string directory, string name, byte[] content) => DurableFile.Replace(Path.Combine(directory, name), content, flush: true);
}
