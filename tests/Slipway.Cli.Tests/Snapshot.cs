using System.Runtime.CompilerServices;

namespace Slipway.Cli.Tests;

/// <summary>
/// Compares text with a checked-in file beside the test: <c>Snapshots/{class}.{name}.txt</c>. What differs is written next to it as <c>.received.txt</c>;
/// SLIPWAY_UPDATE_SNAPSHOTS=1 takes it over.
/// </summary>
internal static class Snapshot
{
    public static void Matches(string actual, [CallerMemberName] string name = "", [CallerFilePath] string file = "")
    {
        var folder = Path.Combine(FolderOf(file), "Snapshots");
        var approved = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}.{name}.txt");
        var received = Path.ChangeExtension(approved, ".received.txt");
        var text = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(approved, text);
            return;
        }

        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (text == expected)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(received, text);
        text.ShouldBe(expected, $"{received} differs from what is checked in; look at it, and take it over with SLIPWAY_UPDATE_SNAPSHOTS=1.");
    }

    /// <summary>The test project's own folder.</summary>
    private static string FolderOf(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        while (Directory.GetFiles(folder, "*.csproj").Length == 0)
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
