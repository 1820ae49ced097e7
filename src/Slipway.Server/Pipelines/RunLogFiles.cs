using System.Globalization;
using Slipway.Engine.Ports;

namespace Slipway.Server.Pipelines;

/// <summary>The folders in which <see cref="JobLogs"/> keeps the logs of runs.</summary>
internal sealed class RunLogFiles(ServerOptions options) : IRunLogStore
{
    private long counter;

    private string Runs => Path.Combine(options.DataDirectory, "logs", "runs");

    /// <summary>Folders on their way out; what a crash left in it goes with the next look.</summary>
    private string Removed => Path.Combine(options.DataDirectory, "logs", "removed");

    public IEnumerable<(string Run, long Bytes)> List()
    {
        if (Directory.Exists(Removed))
        {
            Guard(() => Directory.Delete(Removed, recursive: true));
        }

        return Directory.Exists(Runs)
            ? new DirectoryInfo(Runs).EnumerateDirectories().Select(folder => (Uri.UnescapeDataString(folder.Name), folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)))
            : [];
    }

    public void Remove(string run) => Guard(() =>
    {
        var folder = new DirectoryInfo(Path.Combine(Runs, Uri.EscapeDataString(run)));
        if (!folder.Exists)
        {
            return;
        }

        // Aside first: what an agent appends meanwhile begins a folder of its own.
        Directory.CreateDirectory(Removed);
        var aside = Path.Combine(Removed, Interlocked.Increment(ref counter).ToString(CultureInfo.InvariantCulture));
        folder.MoveTo(aside);
        Directory.Delete(aside, recursive: true);
    });

    private static void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException("Logs cannot be removed: " + fault.Message, retryable: true, fault);
        }
    }
}
