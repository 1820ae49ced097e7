using System.ComponentModel;
using System.Diagnostics;

namespace Slipway.Agent.Jobs;

/// <summary>
/// Removes what steps have left. By the rm program: names that are no UTF-8 and paths longer than the system takes at once, which a step can make and the runtime cannot name, are nothing special to it.
/// </summary>
internal static class FolderRemoval
{
    // Folders may have lost their write permission (Go's module cache has none); chmod -R follows no links.
    private const string Script = """rm -rf -- "$1" 2>/dev/null || { chmod -R u+rwX -- "$1" 2>/dev/null; rm -rf -- "$1"; }""";

    /// <exception cref="IOException">Something is left.</exception>
    public static async Task RemoveAsync(string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }
        try
        {
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Script, "slipway-remove", folder]) { RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            var said = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                throw new IOException($"{folder} cannot be removed: {said.Trim().Split('\n')[0]}");
            }
        }
        catch (Win32Exception none)
        {
            throw new IOException($"{folder} cannot be removed: {none.Message}", none);
        }
    }
}
