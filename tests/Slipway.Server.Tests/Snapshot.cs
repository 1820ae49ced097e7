namespace Slipway.Server.Tests;

/// <summary>Compares a text with a checked-in file; writes it instead when SLIPWAY_UPDATE_SNAPSHOTS=1.</summary>
internal static class Snapshot
{
    public static void Matches(string path, string text)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("SLIPWAY_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(file, text);
            return;
        }

        File.Exists(file).ShouldBeTrue($"{path} is not there; run the test with SLIPWAY_UPDATE_SNAPSHOTS=1");
        text.ShouldBe(File.ReadAllText(file), $"{path} differs; if that is meant, run the test with SLIPWAY_UPDATE_SNAPSHOTS=1");
    }

    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Slipway.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The repository's root is not above the tests.");
    }
}
